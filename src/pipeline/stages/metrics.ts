/** Provides the Prometheus image of the network. A network works without it, so a run goes on if there is none. */
import { tmpdir } from 'node:os';
import type { StageContext } from '../context/run-context.ts';
import { cached, defineResultStage, run } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { shortId } from '../engine/short-id.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import { debianMetricsImage } from '../images/debian-images.ts';
import { DEBIAN_METRICS, type MetricsImage, PUBLISHED_METRICS } from '../images/metrics-image.ts';
import { troubleOf } from '../network/metrics-start.ts';
import { makesNetwork } from './plan-scope.ts';
import { pullImage } from './pull-image.ts';
import { sourceStage } from './source.ts';

type Attempt = () => Promise<MetricsImage>;

function attemptsOf(context: StageContext): readonly Attempt[] {
  const { config, docker, settings, sharedBuilds, signal, report } = context;
  const pull = async (ref: string) => {
    await pullImage(context, ref);
    return { ref, present: true };
  };
  const build = async () => {
    const options = { docker, goArch: settings.goArch, workDir: tmpdir(), sharedBuilds };
    await debianMetricsImage(DEBIAN_METRICS, options, { ...report, signal });
    return { ref: DEBIAN_METRICS, present: true };
  };
  const { base, metricsImage } = config;
  if (base === 'local') return [];
  if (metricsImage !== undefined) return [() => pull(metricsImage)];
  return [...(base === 'debian' ? [] : [() => pull(PUBLISHED_METRICS)]), ...(base === 'pull' ? [] : [build])];
}

/** The result is the image of the network's Prometheus; undefined if the network has none. */
export const metricsStage = defineResultStage({
  id: 'metrics',
  topic: {
    group: 'network-stages',
    aliases: ['Grafana', 'CORE_METRICS_PROVIDER', 'ORDERER_METRICS_PROVIDER', 'operations'],
    see: ['compose', 'prometheus'],
  },
  needs: [sourceStage],
  isIncluded: (input) => makesNetwork(input) && input.observed.metrics !== undefined,
  decide: ({ observed: { metrics } }) => {
    const what = metrics?.ref ?? '';
    return metrics?.present ? cached({ key: 'cause.present', what }) : run({ key: 'cause.missing', what });
  },
  cost: () => ({ seconds: 20, cores: 0.5, memoryMb: 200, engineBytes: 200e6 }),
  checks: ['engine', 'context', 'disk'],
  knownResult: (_, { metrics }): MetricsImage | undefined => (metrics?.present ? metrics : undefined),
  execute: async (context) => {
    const { config, docker, report } = context;
    let reason: Text = { key: 'base.absent' };
    for (const attempt of attemptsOf(context)) {
      try {
        const result = await attempt();
        const id = (await docker.inspectImage(result.ref))?.id ?? '';
        return { outcome: 'built', detail: `${result.ref} ${shortId(id)}`, result };
      } catch (error) {
        if (!(error instanceof WizardFailure)) throw error;
        reason = troubleOf(error.failure);
        if (typeof reason === 'string') report.log(reason);
      }
    }
    const command = dockerCommand('pull', config.metricsImage ?? PUBLISHED_METRICS);
    report.warn('no-prometheus', { key: 'warning.no-prometheus', reason, command });
    const detail: Phrase = { key: 'detail.no-prometheus' };
    return { outcome: 'built', detail, result: undefined };
  },
});
