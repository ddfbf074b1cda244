/** Starts the network in place as it was made: its compose file and images are those of its last `up`. */
import { CancelledError, WizardFailure } from '../core/failure.ts';
import type { ComposePort } from '../engine/compose-port.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { networkDir } from '../host/state-folder.ts';
import { openUsersDatabase } from '../network/couchdb.ts';
import { couchdbNodes, type NetworkSpec, networkNodes } from '../network/network-spec.ts';
import { nodeReady } from '../network/node-ready.ts';

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
): Promise<void> {
  const lines: string[] = [];
  const { project } = spec;
  const onLine = (line: string) => lines.push(line);
  try {
    await compose.up({ dir: networkDir(stateDir), project, services, signal, onLine });
  } catch (error) {
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'command') throw error;
    throw new WizardFailure({ ...error.failure, tail: lines.slice(-10) });
  }
}

/**
 * Starts the nodes and waits until each is ready. CouchDBs are first: a peer that cannot reach its own exits.
 * @throws WizardFailure; CancelledError
 */
export async function startNetwork(context: StartContext): Promise<void> {
  const { docker, spec, signal } = context;
  const network = { docker, project: spec.project, spec, signal };
  const couchdbs = couchdbNodes(spec);
  if (couchdbs.length > 0) {
    await composeUp(
      context,
      couchdbs.map(({ name }) => name),
    );
    await Promise.all(
      couchdbs.map(async (node) => {
        await nodeReady(network, { node, role: 'couchdb' });
        await openUsersDatabase(node);
      }),
    );
  }
  if (signal.aborted) throw new CancelledError();
  await composeUp(context, undefined);
  await Promise.all(networkNodes(spec).map((member) => nodeReady(network, member)));
}
