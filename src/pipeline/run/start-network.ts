/** Starts the network in place as it was made: its compose file and images are those of its last `up`. */
import { CancelledError, WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import type { ComposePort } from '../engine/compose-port.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { networkDir } from '../host/state-folder.ts';
import { openUsersDatabase } from '../network/couchdb.ts';
import { readNetwork } from '../network/kept-networks.ts';
import { startMetrics } from '../network/metrics-start.ts';
import { couchdbNodes, type NetworkSpec, neededNodes, neededServices } from '../network/network-spec.ts';
import { fillVolumes } from '../network/network-volumes.ts';
import { nodeReady } from '../network/node-ready.ts';
import { nodeLogs } from '../network/peer-cli.ts';

export interface StartContext {
  readonly docker: DockerPort;
  readonly compose: ComposePort;
  readonly stateDir: string;
  readonly spec: NetworkSpec;
  readonly signal: AbortSignal;
}

async function composeUp(
  { compose, stateDir, spec, signal }: StartContext,
  services: readonly string[] | undefined,
  scope: 'some' | 'needed',
): Promise<void> {
  const lines: string[] = [];
  const { project } = spec;
  const onLine = (line: string) => lines.push(line);
  try {
    await compose.up({ dir: networkDir(stateDir), project, services, scope, signal, onLine });
  } catch (error) {
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'command') throw error;
    throw new WizardFailure({ ...error.failure, tail: lines.slice(-10) });
  }
}

/**
 * Starts the nodes and waits until each is ready. CouchDBs are first: a peer that cannot reach its own exits.
 * @returns the warning if the network has a Prometheus and it does not run
 * @throws WizardFailure; CancelledError
 */
export async function startNetwork(context: StartContext): Promise<Phrase | undefined> {
  const { docker, spec, signal } = context;
  const network = { docker, project: spec.project, spec, signal };
  const dir = networkDir(context.stateDir);
  const { crypto } = (await readNetwork(dir)) ?? {};
  if (crypto) await fillVolumes({ docker, dir, spec, instance: crypto.instance, signal });
  const couchdbs = couchdbNodes(spec);
  if (couchdbs.length > 0) {
    await composeUp(
      context,
      couchdbs.map(({ name }) => name),
      'some',
    );
    await Promise.all(
      couchdbs.map(async (node) => {
        await nodeReady(network, { node, role: 'couchdb' });
        await openUsersDatabase(network, node, () => nodeLogs(network, [node.name]));
      }),
    );
  }
  if (signal.aborted) throw new CancelledError();
  await composeUp(context, neededServices(spec), 'needed');
  await Promise.all(neededNodes(spec).map((member) => nodeReady(network, member)));
  const { metrics } = spec;
  return metrics && startMetrics(network, metrics, () => composeUp(context, [metrics.name], 'some'));
}
