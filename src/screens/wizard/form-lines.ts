/** PURE: the fields of a form as rows, and the note on the focused field. */
import type { AnswerIssue, AnswerIssues } from '../../pipeline/config/answer-checks.ts';
import { type Answers, type Defaults, originOf, textOf } from '../../pipeline/config/answers.ts';
import { padToWidth, textWidth } from '../../report/terminal-text.ts';
import { type FieldState, fieldWindow } from '../../ui/field-state.ts';
import { listWindow, moreMark } from '../../ui/list-window.ts';
import type { Theme } from '../../ui/theme.tsx';
import { type Canvas, fitted, sentence } from './canvas.ts';
import { portsMark, takenPortsText } from './port-lines.ts';
import { type AskedField, optionOf, type Question } from './questions.ts';
import type { PortsState } from './wizard-state.ts';

export interface FormView {
  readonly questions: readonly Question[];
  readonly answers: Answers;
  readonly issues: AnswerIssues;
  readonly defaults: Defaults;
  readonly ports: PortsState;
  /** Number of questions that are folded into the last row. */
  readonly folded: number;
  /** Index of the focused row. */
  readonly focus: number;
  /** Edit state of its text. */
  readonly field: FieldState;
}

/** Narrower terminals show a value's origin only in the note. */
const ORIGIN_COLUMNS = 60;
const MAX_LABEL = 18;
const GAP = 2;
/** Keeps the origin close to its value on wide terminals. */
const MAX_VALUE = 80;
/** Columns of a port number and the cursor. */
const PORT_COLUMNS = 6;

const EMPTY_DEFAULTS = {
  chaintool: 'none.chaintool',
  chaincode: 'none.chaincode',
  goTags: 'none.goTags',
} as const;

/** The value that an empty field stands for. */
function defaultShown({ defaults }: FormView, field: AskedField, { t }: Theme): string {
  const text = String(defaults[field] ?? '');
  return text === '' && field in EMPTY_DEFAULTS
    ? t(EMPTY_DEFAULTS[field as keyof typeof EMPTY_DEFAULTS])
    : text;
}

function optionName(option: string, { t }: Theme): string {
  return option === 'true' || option === 'false' ? t(`option.${option}`) : option;
}

/** All options with the selected one in brackets; only the selected one if they do not all fit. */
function optionsShown(
  view: FormView,
  question: Question,
  focused: boolean,
  room: number,
  theme: Theme,
): string {
  const { style } = theme;
  const text = textOf(view.answers, question.field);
  const chosen = optionOf(question, text, String(view.defaults[question.field] ?? ''));
  const shown = (question.options ?? []).map((option) =>
    option === chosen ? `[${optionName(option, theme)}]` : ` ${optionName(option, theme)} `,
  );
  const line = shown.join('');
  if (textWidth(line) > room) return fitted(`[${optionName(chosen, theme)}]`, room, theme);
  return shown.map((option) => (option[0] === '[' && focused ? style.strong(option) : option)).join('');
}

/** A value; for the port base, with the result of the port check. */
function valueCell(view: FormView, index: number, room: number, theme: Theme): string {
  const field = view.questions[index]?.field;
  const isPorts = field === 'portBase' && !view.issues.portBase && view.ports.kind !== 'none';
  if (!isPorts) return valueShown(view, index, room, theme);
  const value = padToWidth(valueShown(view, index, PORT_COLUMNS, theme), PORT_COLUMNS);
  return `${value} ${portsMark(view.ports, room - PORT_COLUMNS - 1, theme)}`;
}

function valueShown(view: FormView, index: number, room: number, theme: Theme): string {
  const { style } = theme;
  const question = view.questions[index];
  if (!question) return style.dim(fitted(foldedText(view, theme), room, theme));
  const focused = index === view.focus;
  if (question.options) return optionsShown(view, question, focused, room, theme);
  const text = textOf(view.answers, question.field);
  const byDefault = fitted(defaultShown(view, question.field, theme), room, theme);
  if (focused) {
    const { before, at, after } = fieldWindow(view.field, Math.max(1, room));
    if (view.field.text !== '') return `${before}${style.invert(at)}${after}`;
    // The first typed letter replaces the default.
    const [first = ' ', ...rest] = byDefault;
    return style.invert(first) + style.dim(rest.join(''));
  }
  if (text.trim() === '') return style.dim(byDefault);
  const shown = fitted(text, room, theme);
  return view.issues[question.field] ? style.bad(shown) : shown;
}

function foldedText({ folded }: FormView, { t }: Theme): string {
  return t('form.folded', { count: String(folded) });
}

function originShown({ answers }: FormView, field: AskedField, { t, style }: Theme): string {
  const origin = originOf(answers, field);
  const text = t(`origin.${origin}`);
  return origin === 'default' ? style.dim(text) : text;
}

/** One row for each field; if not all fit, those around the focused one. */
export function formLines(view: FormView, canvas: Canvas): string[] {
  const { columns, rows, theme } = canvas;
  const { style, t, unicode } = theme;
  const more = view.folded > 0 ? [t('form.more')] : [];
  const labels = [...view.questions.map(({ field }) => t(`field.${field}`)), ...more];
  const labelWidth = Math.min(MAX_LABEL, Math.max(0, ...labels.map(textWidth)));
  const origins = view.questions.map(({ field }) => originShown(view, field, theme));
  const originWidth = columns < ORIGIN_COLUMNS ? 0 : Math.max(0, ...origins.map(textWidth)) + GAP;
  const room = Math.max(4, Math.min(MAX_VALUE, columns - 2 - labelWidth - GAP - originWidth));
  const window = listWindow(labels.length, view.focus, rows);
  const { from, to } = window;
  const marker = (index: number) => {
    if (index === view.focus) return style.strong(style.symbol.pointer);
    const question = view.questions[index];
    if (question && view.issues[question.field]) return style.bad(style.symbol.bad);
    return style.dim(moreMark(index, window, labels.length, unicode));
  };
  return labels.slice(from, to).map((text, i) => {
    const index = from + i;
    const label = padToWidth(fitted(text, labelWidth, theme), labelWidth);
    const value = valueCell(view, index, room, theme);
    const head = `${marker(index)} ${index === view.focus ? style.strong(label) : label}${' '.repeat(GAP)}`;
    if (originWidth === 0) return head + value;
    return `${head}${padToWidth(value, room)}${' '.repeat(GAP)}${origins[index] ?? ''}`;
  });
}

/** One sentence: the issue, and which values are valid. */
function issueText({ issue, cause }: AnswerIssue, field: AskedField, { t }: Theme): string {
  const ports = cause === 'ports';
  const fix = ports ? t('fix.ports') : (issue.fix ?? t(`fix.${field}`));
  return t(ports ? 'wrong.ports' : 'wrong.value', { message: issue.message, fix });
}

/** Note on the focused field: its issue if it has one, else its help. */
export function noteLines(view: FormView, canvas: Canvas): string[] {
  const { theme, rows, columns } = canvas;
  const { style, t } = theme;
  const field = view.questions[view.focus]?.field;
  if (field === undefined) return sentence(t('form.folded-help'), canvas, rows).map(style.dim);
  const issue = view.issues[field];
  if (issue)
    return sentence(`${style.symbol.bad} ${issueText(issue, field, theme)}`, canvas, rows).map(style.bad);
  const taken = field === 'portBase' ? takenPortsText(view.ports, theme) : undefined;
  if (taken !== undefined) return sentence(taken, canvas, rows).map(style.bad);
  const help = field === 'base' ? t(`base.${baseOf(view)}`) : t(`help.${field}`);
  const origin = t(`origin.${originOf(view.answers, field)}`);
  const note = columns < ORIGIN_COLUMNS ? t('plain.because', { what: origin, why: help }) : help;
  return sentence(note, canvas, rows).map(style.dim);
}

function baseOf({ answers, defaults }: FormView): 'auto' | 'local' | 'pull' | 'debian' {
  const text = textOf(answers, 'base') || String(defaults.base);
  return (['auto', 'local', 'pull', 'debian'] as const).find((mode) => mode === text) ?? 'auto';
}
