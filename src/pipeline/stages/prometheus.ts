/** Starts the Prometheus of the network. No other stage waits for it, and a network works without it. */
import type { StageContext } from '../context/run-context.ts';
import { decideBy, defineStage } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import { startMetrics } from '../network/metrics-start.ts';
import { METRICS, type NodeSpec } from '../network/network-spec.ts';
import { nodeContainers } from '../network/peer-cli.ts';
import { composeServices } from './await-node.ts';
import { composeStage } from './compose.ts';
import { metricsStage } from './metrics.ts';
import { makesNetwork } from './plan-scope.ts';
import { startStage } from './start.ts';

/** Starts the container, or resumes it. @throws WizardFailure `command` with what compose printed; CancelledError */
async function startContainer(context: StageContext, { name }: NodeSpec): Promise<void> {
  const { docker, report } = context;
  const container = (await nodeContainers(context)).get(name);
  // Compose either takes a paused container for a running one or refuses to start it.
  if (container?.state === 'paused') await docker.unpauseContainer(container.id);
  try {
    await composeServices(context, [name], 'some');
  } catch (error) {
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'command') throw error;
    throw new WizardFailure({ ...error.failure, tail: report.tail() });
  }
}

export const prometheusStage = defineStage({
  id: 'prometheus',
  topic: { group: 'network-stages', aliases: [], see: ['metrics', 'start'] },
  needs: [startStage, composeStage, metricsStage],
  isIncluded: ({ observed: { metrics, network }, goal }) =>
    metrics !== undefined &&
    (makesNetwork({ goal }) || (goal.until === 'rebuild' && network.running && metrics.present)),
  decide: ({ observed: { metrics, network }, runs }) =>
    decideBy(
      [
        [runs(startStage), { key: 'cause.started' }],
        [runs(metricsStage), { key: 'cause.metrics-new' }],
        // A new channel changes no container.
        [runs(composeStage) && network.compose !== 'same', { key: 'cause.compose-new' }],
        [metrics?.runs === false, { key: 'cause.down', nodes: [METRICS] }],
      ],
      { key: 'cause.all-run' },
    ),
  execute: async (context, inputs) => {
    const { spec, report } = context;
    const node = spec.metrics;
    if (!node || !inputs.of(metricsStage))
      return { outcome: 'cached', detail: { key: 'detail.no-prometheus' } };
    const member = { node, role: 'metrics' } as const;
    report.nodeHealth(member, 'starting');
    const warning = await startMetrics(context, node, () => startContainer(context, node));
    if (warning) {
      report.warn('prometheus-down', warning);
      return { outcome: 'built', detail: { key: 'detail.prometheus-down' } };
    }
    report.nodeHealth(member, 'ready');
    return { outcome: 'built', detail: { key: 'detail.answering', count: 1 } };
  },
});
