/** `status`: shows the network and changes nothing. */

import { isDeepStrictEqual } from 'node:util';
import { EXIT } from '../pipeline/core/failure.ts';
import { UNREACHABLE } from '../pipeline/core/machine-trouble.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import type { DockerPort } from '../pipeline/engine/docker-port.ts';
import type { ContainerInfo } from '../pipeline/engine/engine-types.ts';
import { LABEL } from '../pipeline/engine/labels.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { copyState } from '../pipeline/journal/read-copy-state.ts';
import { STATE_KEYS } from '../pipeline/journal/state-keys.ts';
import { readFact, recordedState } from '../pipeline/journal/wizard-state.ts';
import { type DownNode, downNodes, recordedSpec } from '../pipeline/network/down-nodes.ts';
import { madeWithNewest, staleChaincode } from '../pipeline/network/inventory.ts';
import { askMachines } from '../pipeline/network/machine-state.ts';
import { metricsUrl } from '../pipeline/network/metrics-files.ts';
import { otherEngine } from '../pipeline/network/network-engine.ts';
import { allPeers, machineOf, type NetworkSpec } from '../pipeline/network/network-spec.ts';
import { contentOf, nodeContent } from '../pipeline/network/node-content.ts';
import { nodeContainers } from '../pipeline/network/peer-cli.ts';
import { tunnelsTo } from '../pipeline/network/tunnel.ts';
import { renderTunnels } from '../report/connect-text.ts';
import { machineJson, renderMachines } from '../report/machines-text.ts';
import { renderOtherEngine } from '../report/other-engine-text.ts';
import {
  renderCopy,
  renderDown,
  renderOutdated,
  renderStaleChaincode,
  renderStatus,
  type StatusRow,
} from '../report/tables.ts';
import { projectOf } from './load-config.ts';
import { tellNetworkAbove } from './network-above.ts';
import { columnsOf, printJson, styleFor, type Terminal, writeToStdout } from './terminal.ts';

async function containersOf(
  terminal: Terminal,
  project: string | undefined,
): Promise<{ docker: DockerPort; containers: ContainerInfo[] }> {
  const docker = await currentDocker();
  await docker.version();
  const nodes = await nodeContainers({ docker, project: await projectOf(terminal.dir, project) });
  return {
    docker,
    containers: [...nodes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, container]) => container),
  };
}

function nodeOf(container: ContainerInfo): string {
  return container.labels[LABEL.node] ?? container.name;
}

/**
 * The name that the node's image had when the node was made, and whether the node is what that name stands
 * for now; not known of images that were not built here.
 */
async function imageOf(
  docker: DockerPort,
  container: ContainerInfo,
  { project, swapped }: { readonly project: string; readonly swapped: Parameters<typeof nodeContent>[1] },
): Promise<Pick<StatusRow, 'image' | 'current' | 'builtBy'>> {
  const image = (await docker.containerImage(container.id))?.name ?? container.image;
  const named = await docker.inspectImage(image);
  const is = nodeContent(container, swapped);
  const should = named && contentOf(named.labels);
  const known = named?.id === container.imageId || (is && should && isDeepStrictEqual(is, should));
  const builtBy = named?.labels[LABEL.project];
  const byOther = known === false && builtBy !== undefined && builtBy !== project;
  return { image, current: known, ...(byOther ? { builtBy } : {}) };
}

/** The address of a node for a browser, if it has one. */
function urlOf(spec: NetworkSpec | undefined, node: string): Pick<StatusRow, 'url'> {
  if (!spec) return {};
  if (spec.metrics?.name === node) return { url: metricsUrl(spec.metrics) };
  const port = [...spec.orderers, ...allPeers(spec)].find(({ name }) => name === node)?.operationsPort;
  return port === undefined ? {} : { url: `http://127.0.0.1:${port}` };
}

/** Nodes of the network that should have a container and have none, and those on machines that do not answer. */
function absentNodes(spec: NetworkSpec | undefined, down: readonly DownNode[]): StatusRow[] {
  return down
    .filter(({ state }) => state === undefined || state === UNREACHABLE)
    .map(({ node, state }) => ({
      node,
      ...machineName(spec && machineOf(spec, node)),
      state: state ?? 'missing',
      status: '',
      image: '',
      current: undefined,
      ports: [],
    }));
}

function machineName(machine: string | undefined): Pick<StatusRow, 'machine'> {
  return machine === undefined ? {} : { machine };
}

export async function status(terminal: Terminal, flag: string | undefined): Promise<number> {
  const { docker, containers } = await containersOf(terminal, flag);
  const project = await projectOf(terminal.dir, flag);
  const state = await readState(terminal.dir);
  const swapped = readFact(state, STATE_KEYS.swapped) ?? {};
  const ccenv = readFact(state, STATE_KEYS.ccenv);
  const spec = recordedSpec(recordedState(state), project);
  const peers = [...(spec ? allPeers(spec).map(({ name }) => name) : []), ...containers.map(nodeOf)];
  const stale = ccenv ? await staleChaincode(docker, project, peers, madeWithNewest(ccenv)) : [];
  const present = await Promise.all(
    containers.map(async (container) => ({
      node: nodeOf(container),
      ...machineName(container.machine),
      state: container.state,
      status: container.status,
      ...(await imageOf(docker, container, { project, swapped })),
      ...urlOf(spec, nodeOf(container)),
      imageId: container.imageId,
      container: container.name,
      ports: container.ports
        .filter((port) => port.public !== undefined)
        .map((port) => `${port.ip}:${port.public}`)
        .sort(),
    })),
  );
  const copy = await copyState(terminal.dir);
  const other = await otherEngine(docker, recordedState(state));
  const machines = await askMachines(docker, spec);
  const nodes = new Map(containers.map((each) => [nodeOf(each), each]));
  const down = downNodes(spec, nodes, docker.unreachable);
  const rows: readonly StatusRow[] = [...present, ...absentNodes(spec, down)];
  const ok = !other && down.length === 0;
  const reached = spec && rows.length > 0 && !other ? tunnelsTo(docker.address, spec) : [];
  const tunnels = reached.filter(({ machine }) => !docker.unreachable.includes(machine ?? ''));
  if (terminal.json)
    printJson({
      ok: rows.length > 0 && ok,
      nodes: rows,
      staleChaincode: stale,
      ...(machines.length > 0 ? { machines: machines.map(machineJson) } : {}),
      ...(copy ? { snapshot: copy } : {}),
      ...(spec?.identities && rows.length > 0 ? { identities: spec.identities } : {}),
      ...(tunnels.length > 0 ? { tunnels: tunnels.map(({ command }) => command) } : {}),
      ...(other ? { otherEngine: { endpoint: other.endpoint, selected: other.selected } } : {}),
    });
  else {
    const style = styleFor(terminal, process.stdout);
    const columns = columnsOf(process.stdout);
    writeToStdout(
      `${[
        renderStatus(rows, style, columns),
        ...(machines.length > 0 ? ['', ...renderMachines(machines, style, columns)] : []),
        ...(copy ? renderCopy(copy, style, columns) : renderDown(rows, style, columns)),
        ...renderOutdated(rows, style, columns),
        ...(spec?.identities && rows.length > 0 ? ['', style.t('status.identities')] : []),
        ...renderStaleChaincode(stale, style),
        ...(tunnels.length > 0 ? ['', ...renderTunnels(tunnels, style)] : []),
        ...renderOtherEngine(other, style, columns),
      ].join('\n')}\n`,
    );
    if (rows.length === 0) await tellNetworkAbove(terminal);
  }
  return ok ? EXIT.done : EXIT.stageFailed;
}
