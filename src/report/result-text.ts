/** Text of a finished run: its failures or the next commands. The last line is the outcome. */
import { failedStages, type RunState, type StageState } from '../pipeline/core/run-state.ts';
import type { Connection } from '../pipeline/network/connection.ts';
import { renderAdded, renderConnection } from './connect-text.ts';
import { renderFailure } from './failure-block.ts';
import type { LabelKey } from './language/labels.ts';
import { outcomeWord } from './outcome-text.ts';
import { formatSeconds } from './quantities.ts';
import type { Style } from './style.ts';
import { wrapToWidth } from './terminal-text.ts';

/** Whether a rebuild had no nodes to restart. */
function restartedNothing({ command, stages }: RunState): boolean {
  const cause = stages.find(({ id }) => id === 'start')?.cause;
  return command === 'rebuild' && typeof cause === 'object' && cause.key === 'cause.no-network';
}

const CHAINCODE = 'fabric-wizard chaincode';

type Step = readonly [command: string, purpose: LabelKey];

/** How to call what the run has deployed; empty if that is nothing. */
function callSteps({ deployed: [name] }: RunState): readonly Step[] {
  if (name === undefined) return [];
  return [
    [`${CHAINCODE} invoke ${name} FUNCTION ARGUMENT…`, 'next.invoke'],
    [`${CHAINCODE} query ${name} FUNCTION ARGUMENT…`, 'next.query'],
  ];
}

/** Whether the run has left a network that can be used. */
export function hasNetwork({ command, outcome }: RunState): boolean {
  return outcome === 'done' && (command === 'up' || command === 'smoke');
}

function nextSteps(state: RunState, connection?: Connection): readonly Step[] {
  const calls = callSteps(state);
  switch (state.command) {
    case 'down':
    case 'clean':
    case 'test':
      return [];
    case 'rebuild':
      return restartedNothing(state) ? [['fabric-wizard up --yes', 'next.up']] : [];
    case 'build':
      return [['fabric-wizard up --yes', 'next.up']];
    case 'chaincode deploy':
      return [...calls, [`${CHAINCODE} list`, 'next.chaincodes']];
    default:
      return [
        ['fabric-wizard status', 'next.status'],
        ['fabric-wizard logs', 'next.logs'],
        ...(calls.length > 0 ? calls : ([['fabric-wizard smoke', 'next.smoke']] as const)),
        // The connection names the command for it.
        ...(connection ? [] : ([['eval "$(fabric-wizard env)"', 'next.env']] as const)),
        ['fabric-wizard down', 'next.down'],
      ];
  }
}

function tally(stages: readonly StageState[], { t }: Style): string {
  const words = stages.filter(({ outcome }) => outcome !== undefined).map(outcomeWord);
  return (['built', 'current', 'not-needed'] as const)
    .map((word) => ({ word, count: words.filter((each) => each === `stage.${word}`).length }))
    .flatMap(({ word, count }) => (count > 0 ? [t(`tally.${word}`, { count })] : []))
    .join(t('list.between'));
}

/** Returns a blank and a warning for the practice source, empty for real Fabric. */
export function practiceMark(
  { practice }: Pick<RunState, 'practice'>,
  { warn, strong, symbol, t }: Style,
): string {
  return practice ? ` ${warn(strong(`${symbol.warn} ${t('result.practice')}`))}` : '';
}

function renderNextSteps(
  state: RunState,
  { strong, dim, command, t }: Style,
  connection?: Connection,
): readonly string[] {
  const steps = nextSteps(state, connection).map(([step, purpose]) => [command(step), purpose] as const);
  const width = Math.max(0, ...steps.map(([step]) => step.length));
  return steps.map(([step, purpose]) => `  ${strong(step.padEnd(width))}  ${dim(t(purpose))}`);
}

function outcomeText(state: RunState, style: Style): string {
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

/** Says that the nodes run new programs that no image has yet; nothing if the run has built every image. */
export function renderAhead(
  { stages }: Pick<RunState, 'stages'>,
  { style, columns = Number.POSITIVE_INFINITY }: { readonly style: Style; readonly columns?: number },
): readonly string[] {
  const isSwapped = stages.some(({ id, outcome }) => id === 'swap' && outcome === 'built');
  const missing = stages.filter(
    ({ id, action, status }) => id.startsWith('image.') && action === 'run' && status !== 'done',
  );
  if (!isSwapped || missing.length === 0) return [];
  const images = missing.map(({ id }) => id.replace('image.', '')).join(style.t('list.between'));
  return wrapToWidth(style.t('result.ahead', { count: missing.length, images }), columns, '').map(style.warn);
}

/**
 * Returns lines without line breaks, with an empty line before each block, but not before the first block if
 * the run did not start.
 * @param state state of a finished run
 */
export function renderResult(
  state: RunState,
  options: {
    readonly style: Style;
    readonly columns?: number;
    /** Of the network that the run is about. */
    readonly connection?: Connection;
  },
): readonly string[] {
  const { style, connection, columns = Number.POSITIVE_INFINITY } = options;
  const notReached = state.stages.filter(({ status }) => status === 'not-reached').map(({ id }) => id);
  const blocks = [
    ...failedStages(state).map((stage) =>
      stage.failure ? renderFailure(stage.failure, { ...options, stage }) : [],
    ),
    state.failure ? renderFailure(state.failure, options) : [],
    renderAhead(state, options),
    notReached.length > 0
      ? wrapToWidth(style.t('result.not-reached', { stages: notReached.join(', ') }), columns, '  ').map(
          style.dim,
        )
      : [],
    state.outcome === 'done' && restartedNothing(state)
      ? wrapToWidth(style.t('result.no-network'), columns, '').map(style.warn)
      : [],
    connection && hasNetwork(state) ? renderConnection(connection, style) : [],
    connection && state.outcome === 'done' ? renderAdded(connection, style) : [],
    state.outcome === 'done' ? renderNextSteps(state, style, connection) : [],
    wrapToWidth(outcomeText(state, style), columns, '  '),
  ].filter((block) => block.length > 0);
  const lines = blocks.flatMap((block) => ['', ...block]);
  return state.startedAt === undefined ? lines.slice(1) : lines;
}
