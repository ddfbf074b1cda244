/** Pure text of how a run ended: what failed and why, or what can be done now; the last line is the verdict. */
import { failedStages, type RunState, type StageState } from '../pipeline/run/run-state.ts';
import { renderFailure } from './failure-block.ts';
import { formatSeconds } from './quantities.ts';
import type { Style } from './style.ts';
import { wrapToWidth } from './terminal-text.ts';

const PRACTICE = 'practice source: not Hyperledger Fabric';

function nextSteps(command: string): readonly (readonly [command: string, does: string])[] {
  switch (command) {
    case 'down':
    case 'clean':
    case 'rebuild':
      return [];
    case 'build':
      return [['fabric-wizard up --yes', 'start a network of these images and prove them']];
    default:
      return [
        ['fabric-wizard status', 'what runs'],
        ['fabric-wizard logs', 'what the nodes say'],
        ['fabric-wizard smoke', 'prove the chaincode again'],
        ['eval "$(fabric-wizard env org1)"', 'talk to it from this shell'],
        ['fabric-wizard down', 'stop it'],
      ];
  }
}

function tally(stages: readonly StageState[]): string {
  const counts = (['built', 'cached', 'skipped'] as const).map((outcome) => ({
    outcome,
    n: stages.filter((stage) => stage.outcome === outcome).length,
  }));
  return counts.flatMap(({ outcome, n }) => (n > 0 ? [`${n} ${outcome}`] : [])).join(', ');
}

/** Empty for a real Fabric, else a blank and a mark that nobody overlooks. */
export function practiceMark(
  { practice }: Pick<RunState, 'practice'>,
  { warn, strong, symbol }: Style,
): string {
  return practice ? ` ${warn(strong(`${symbol.warn} ${PRACTICE}`))}` : '';
}

function renderNextSteps(command: string, { strong, dim }: Style): readonly string[] {
  const steps = nextSteps(command);
  const width = Math.max(0, ...steps.map(([step]) => step.length));
  return steps.map(([step, does]) => `  ${strong(step.padEnd(width))}  ${dim(does)}`);
}

function verdict(state: RunState, style: Style): string {
  const { good, bad, warn, symbol } = style;
  const time = formatSeconds(state.seconds ?? 0);
  const counts = tally(state.stages);
  const result = {
    done: good(`${symbol.good} done in ${time}${counts ? `: ${counts}` : ''}`),
    failed: bad(`${symbol.bad} failed after ${time}, exit code ${state.exitCode}`),
    cancelled: warn(`${symbol.warn} cancelled after ${time}; the next run continues from here`),
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
    missed.length > 0 ? wrapToWidth(`not reached: ${missed.join(', ')}`, columns, '  ').map(style.dim) : [],
    state.outcome === 'done' ? renderNextSteps(state.command, style) : [],
    wrapToWidth(verdict(state, style), columns, '  '),
  ].filter((block) => block.length > 0);
  const lines = blocks.flatMap((block) => ['', ...block]);
  return state.startedAt === undefined ? lines.slice(1) : lines;
}
