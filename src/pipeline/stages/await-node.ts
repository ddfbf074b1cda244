/** Waits until nodes are ready. */
import type { StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import { until } from '../core/waiting.ts';
import type { NetworkNode } from '../network/network-spec.ts';
import { askNode } from '../network/node-port.ts';
import { nodeContainers, nodeLogs } from '../network/peer-cli.ts';

/** Seconds that a stopping node has to close its ledger before the engine kills it. */
export const GRACE_SECONDS = 10;

const DEADLINE_MS = 60_000;
/** States that a container does not leave by itself. */
const HALTED = new Set(['exited', 'dead', 'paused']);

/**
 * Polls the node until it is ready, and reports it.
 * @throws WizardFailure `timeout`; `check` if the node has ended or is paused
 */
export async function awaitNode(context: StageContext, member: NetworkNode): Promise<void> {
  const { node } = member;
  await until({
    what:
      member.role === 'gateway'
        ? { key: 'wait.gateway' }
        : { key: 'wait.port', node: node.name, port: member.node.port },
    deadlineMs: DEADLINE_MS,
    signal: context.signal,
    poll: async () => {
      const container = (await nodeContainers(context)).get(node.name);
      if (container && HALTED.has(container.state)) {
        throw new WizardFailure({
          kind: 'check',
          what: node.name,
          expected: { key: 'state.running' },
          got: container.status,
          nodes: await nodeLogs(context, [node.name]),
        });
      }
      return askNode(context, member, container?.id, context.signal);
    },
    evidence: () => nodeLogs(context, [node.name]),
  });
  context.report.nodeHealth(member, 'ready');
}
