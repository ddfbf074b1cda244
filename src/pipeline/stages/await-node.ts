/** Starts services with compose, and waits until nodes are ready. */
import type { StageContext } from '../context/run-context.ts';
import { networkDir } from '../host/state-folder.ts';
import { composeUp } from '../network/compose-up.ts';
import type { NetworkNode } from '../network/network-spec.ts';
import { nodeReady } from '../network/node-ready.ts';

/** Seconds that a stopping node has to close its ledger before the engine kills it. */
export const GRACE_SECONDS = 10;

/** Runs `docker compose up` for these services, and reports it. @throws WizardFailure `command`; CancelledError */
export async function composeServices(
  { compose, stateDir, project, spec, signal, report }: StageContext,
  services: readonly string[] | undefined,
  scope: 'some' | 'needed',
): Promise<void> {
  if (!compose) throw new Error('no compose');
  const dir = networkDir(stateDir);
  const reporting = { onLine: report.log, onCommand: report.command };
  await composeUp(compose, { dir, project, spec, services, scope, signal, ...reporting });
}

/** Waits for a node, and reports it. @throws WizardFailure, CancelledError: see `nodeReady` */
export async function awaitNode(context: StageContext, member: NetworkNode): Promise<void> {
  await nodeReady(context, member);
  context.report.nodeHealth(member, 'ready');
}
