/** `status --format`, and the key of the dashboard: the topology of the network as a picture. */
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import type { Topology } from '../pipeline/core/topology.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { STATE_KEYS } from '../pipeline/journal/state-keys.ts';
import { readFact, recordedState } from '../pipeline/journal/wizard-state.ts';
import { downNodes, recordedSpec } from '../pipeline/network/down-nodes.ts';
import { nodeContainers } from '../pipeline/network/peer-cli.ts';
import { SAVED_NETWORK } from '../pipeline/network/saved-network.ts';
import { topologyOf } from '../pipeline/network/topology.ts';
import { renderDot, renderMermaid } from '../report/topology-graphs.ts';
import { renderTopology } from '../report/topology-text.ts';
import { commandWith } from './command-with.ts';
import { projectOf } from './load-config.ts';
import { columnsOf, styleFor, type Terminal, writeToStdout } from './terminal.ts';
import { noNetwork } from './usage-failure.ts';

export const FORMATS = ['drawing', 'mermaid', 'dot'] as const;

/** Width of a drawing that is not for a terminal. */
const COLUMNS = 80;

interface TopologyNow {
  readonly topology: Topology;
  /** Whether nodes are down, also the CLI, which the picture does not have. */
  readonly isDown: boolean;
}

/** @throws WizardFailure `usage` if the folder has no such network */
export async function topologyHere(dir: string, project: string | undefined): Promise<TopologyNow> {
  const state = await readState(dir);
  const spec =
    project === undefined
      ? readFact(state, SAVED_NETWORK)?.spec
      : recordedSpec(recordedState(state), project);
  if (!spec) throw noNetwork(dir);
  const docker = await currentDocker();
  const nodes = await nodeContainers({ docker, project: spec.project });
  const topology = topologyOf(spec, (name) => nodes.get(name)?.state === 'running', {
    deployed: readFact(state, STATE_KEYS.deployed) ?? {},
    kept: readFact(state, STATE_KEYS.keptChaincode),
  });
  return { topology, isDown: downNodes(spec, nodes, docker.unreachable).length > 0 };
}

/** @returns the exit code of `status`: 1 if a node does not run */
export async function topology(
  terminal: Terminal,
  flag: string | undefined,
  format: string,
): Promise<number> {
  const known = FORMATS.find((each) => each === format);
  if (!known)
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.unknown-format', format, formats: FORMATS.join(', ') },
      next: FORMATS.map((each) => commandWith(format, each) ?? `fabric-wizard status --format ${each}`),
    });
  const { topology: found, isDown } = await topologyHere(terminal.dir, await projectOf(terminal.dir, flag));
  const style = styleFor(terminal, process.stdout);
  const size = { columns: columnsOf(process.stdout) ?? COLUMNS, rows: Number.POSITIVE_INFINITY };
  const texts = {
    drawing: () => `${renderTopology(found, style, size).join('\n')}\n`,
    mermaid: () => renderMermaid(found),
    dot: () => renderDot(found),
  };
  writeToStdout(texts[known]());
  return isDown ? EXIT.stageFailed : EXIT.done;
}
