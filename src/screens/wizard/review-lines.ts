/** PURE: the plan before it runs, what it costs, and what is kept. */
import { answeredChoices, choicesForFile } from '../../pipeline/config/answers.ts';
import { CONFIG_FILE, keyOf } from '../../pipeline/config/config-choices.ts';
import type { Plan } from '../../pipeline/core/plan.ts';
import { renderTime } from '../../report/plan-text.ts';
import { formatBytes } from '../../report/quantities.ts';
import { wrapCommand } from '../../report/terminal-text.ts';
import { broken, type Canvas, sentence } from './canvas.ts';
import type { Equivalent, WizardState } from './wizard-state.ts';

function keptText({ answers, preview }: WizardState, { theme }: Canvas): string {
  const kept = [...choicesForFile(answeredChoices(answers, preview.defaults)).keys()].map(keyOf);
  return kept.length === 0
    ? theme.t('review.keeps-none', { file: CONFIG_FILE })
    : theme.t('review.keeps', { file: CONFIG_FILE, keys: kept.join(', ') });
}

/** From this height on all of it is in sight; on a lower screen, what counts most. */
const ROOMY_ROWS = 14;
const FEWEST_LINES = 4;

/** What is true of the plan as a whole; always in sight. */
export function summaryLines(state: WizardState, plan: Plan, canvas: Canvas): string[] {
  const { t, style } = canvas.theme;
  const { source, room } = state;
  const cached = plan.stages.filter(({ action }) => action === 'cached').length;
  const counts = { count: String(cached), all: String(plan.stages.length) };
  const first = t('review.cached', counts);
  const second = room === undefined ? undefined : t('review.room', { free: formatBytes(room) });
  const practice = source.kind === 'here' && source.source.practice;
  const lines = [
    ...(practice ? sentence(`${style.symbol.warn} ${t('review.practice')}`, canvas, 2).map(style.warn) : []),
    ...renderTime(plan, style, canvas.columns).slice(0, 2),
    ...sentence(second === undefined ? first : t('list.two', { first, second }), canvas, 2),
    ...sentence(keptText(state, canvas), canvas, 2).map(style.dim),
  ];
  return lines.slice(0, canvas.rows < ROOMY_ROWS ? FEWEST_LINES : lines.length);
}

/** To be copied: the command in lines that a shell takes as they are, and what the file says. */
export function equivalentLines({ command, file }: Equivalent, canvas: Canvas): string[] {
  const { theme, columns } = canvas;
  const { t, style } = theme;
  const lines = file.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const keys = lines.length > 0 ? lines : [`# ${t('welcome.all-default')}`];
  return [
    ...sentence(t('review.command'), canvas, 1).map(style.strong),
    ...wrapCommand(command, columns, '  '),
    '',
    ...sentence(t('review.file', { file: CONFIG_FILE }), canvas, 1).map(style.strong),
    ...keys.flatMap((line) => broken(line, columns, '  ')),
  ];
}
