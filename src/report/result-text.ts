/** Pure text of how a run ended: what failed and why, or what can be done now; the last line is the verdict. */
import { failedStages, type RunState, type StageState } from '../pipeline/core/run-state.ts';
import { renderFailure } from './failure-block.ts';
import type { LabelKey } from './language/labels.ts';
import { formatSeconds } from './quantities.ts';
import type { Style } from './style.ts';
import { wrapToWidth } from './terminal-text.ts';

function nextSteps(command: string): readonly (readonly [command: string, does: LabelKey])[] {
  switch (command) {
    case 'down':
    case 'clean':
    case 'rebuild':
      return [];
    case 'build':
      return [['fabric-wizard up --yes', 'next.up']];
    default:
      return [
        ['fabric-wizard status', 'next.status'],
        ['fabric-wizard logs', 'next.logs'],
        ['fabric-wizard smoke', 'next.smoke'],
        ['eval "$(fabric-wizard env org1)"', 'next.env'],
        ['fabric-wizard down', 'next.down'],
      ];
  }
}

function tally(stages: readonly StageState[], { t }: Style): string {
  const counts = (['built', 'cached', 'skipped'] as const).map((outcome) => ({
    outcome,
    n: stages.filter((stage) => stage.outcome === outcome).length,
  }));
  return counts
    .flatMap(({ outcome, n }) => (n > 0 ? [t(`tally.${outcome}`, { count: n })] : []))
    .join(t('list.between'));
}

/** Empty for a real Fabric, else a blank and a mark that nobody overlooks. */
export function practiceMark(
  { practice }: Pick<RunState, 'practice'>,
  { warn, strong, symbol, t }: Style,
): string {
  return practice ? ` ${warn(strong(`${symbol.warn} ${t('result.practice')}`))}` : '';
}

function renderNextSteps(command: string, { strong, dim, t }: Style): readonly string[] {
  const steps = nextSteps(command);
  const width = Math.max(0, ...steps.map(([step]) => step.length));
  return steps.map(([step, does]) => `  ${strong(step.padEnd(width))}  ${dim(t(does))}`);
}

function verdict(state: RunState, style: Style): string {
  const { good, bad, warn, symbol, t } = style;
  const time = formatSeconds(state.seconds ?? 0);
  const counts = tally(state.stages, style);
  const done = t('result.done', { time });
  const code = state.exitCode ?? 0;
  const result = {
    done: good(`${symbol.good} ${counts ? t('plain.because', { what: done, why: counts }) : done}`),
    failed: bad(`${symbol.bad} ${t('result.failed', { time, code })}`),
    cancelled: warn(`${symbol.warn} ${t('result.cancelled', { time })}`),
  };
  return `${result[state.outcome ?? 'cancelled']}${practiceMark(state, style)}`;
}

/**
 * Lines without line breaks, a blank one before each block; none before the first where the run never began.
 * @param state of a run that has ended
 */
export function renderResult(
  state: RunState,
  options: { readonly style: Style; readonly columns?: number },
): readonly string[] {
  const { style, columns = Number.POSITIVE_INFINITY } = options;
  const missed = state.stages.filter(({ status }) => status === 'not-reached').map(({ id }) => id);
  const blocks = [
    ...failedStages(state).map((stage) =>
      stage.failure ? renderFailure(stage.failure, { ...options, stage }) : [],
    ),
    state.failure ? renderFailure(state.failure, options) : [],
    missed.length > 0
      ? wrapToWidth(style.t('result.not-reached', { stages: missed.join(', ') }), columns, '  ').map(
          style.dim,
        )
      : [],
    state.outcome === 'done' ? renderNextSteps(state.command, style) : [],
    wrapToWidth(verdict(state, style), columns, '  '),
  ].filter((block) => block.length > 0);
  const lines = blocks.flatMap((block) => ['', ...block]);
  return state.startedAt === undefined ? lines.slice(1) : lines;
}
