/** PURE: summary of a plan before it runs, and the equivalent command and file. */
import { answeredChoices, choicesForFile, nonDefaultChoices } from '../../pipeline/config/answers.ts';
import { type ChoiceField, CONFIG_FILE, keyOf } from '../../pipeline/config/config-choices.ts';
import { type Plan, stagesToRun } from '../../pipeline/core/plan.ts';
import { renderTime } from '../../report/plan-text.ts';
import { formatBytes } from '../../report/quantities.ts';
import { wrapCommand } from '../../report/terminal-text.ts';
import { broken, type Canvas, sentence } from './canvas.ts';
import type { Equivalent, WizardState } from './wizard-state.ts';

/** Which choices are saved in the file, and which ones are set by flags and the last run: together, those of the command. */
function savedText({ answers, preview }: WizardState, { theme }: Canvas): string {
  const { t } = theme;
  const choices = answeredChoices(answers, preview.defaults);
  const saved = choicesForFile(choices);
  const others = [...nonDefaultChoices(choices, preview.defaults).keys()].filter(
    (field) => !saved.has(field),
  );
  const names = (fields: Iterable<ChoiceField>) => [...fields].map(keyOf).join(', ');
  const texts = [
    ...(saved.size > 0 ? [t('review.keeps', { file: CONFIG_FILE, keys: names(saved.keys()) })] : []),
    ...(others.length > 0 ? [t('review.flags', { keys: names(others) })] : []),
  ];
  return texts.length === 0
    ? t('review.keeps-none', { file: CONFIG_FILE })
    : texts.reduce((first, second) => t('list.two', { first, second }));
}

/** Lower screens show only the most important lines of the summary. */
const ROOMY_ROWS = 14;
const MIN_LINES = 4;

/** Time, disk space and number of stages of the whole plan; always visible. */
export function summaryLines(state: WizardState, plan: Plan, canvas: Canvas): string[] {
  const { t, style } = canvas.theme;
  const { source, room } = state;
  const counts = { count: String(stagesToRun(plan).size), all: String(plan.stages.length) };
  const first = t('review.to-run', counts);
  const second = room === undefined ? undefined : t('review.room', { free: formatBytes(room) });
  const practice = source.kind === 'ready' && source.source.practice;
  const lines = [
    ...(practice ? sentence(`${style.symbol.warn} ${t('review.practice')}`, canvas, 2).map(style.warn) : []),
    ...renderTime(plan, style, canvas.columns).slice(0, 2),
    ...sentence(second === undefined ? first : t('list.two', { first, second }), canvas, 2),
    ...sentence(savedText(state, canvas), canvas, 2).map(style.dim),
  ];
  return lines.slice(0, canvas.rows < ROOMY_ROWS ? MIN_LINES : lines.length);
}

/** The command, wrapped so that a shell accepts it, and the settings in the file. */
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
