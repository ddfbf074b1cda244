/** Waits until nodes are ready. */
import type { StageContext } from '../context/run-context.ts';
import type { NetworkNode } from '../network/network-spec.ts';
import { nodeReady } from '../network/node-ready.ts';

/** Seconds that a stopping node has to close its ledger before the engine kills it. */
export const GRACE_SECONDS = 10;

/** Waits for a node, and reports it. @throws WizardFailure, CancelledError: see `nodeReady` */
export async function awaitNode(context: StageContext, member: NetworkNode): Promise<void> {
  await nodeReady(context, member);
  context.report.nodeHealth(member, 'ready');
}
