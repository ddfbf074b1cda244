/** The wizard's forms: build, base images, network. */
import { useEffect, useState } from 'react';
import { textOf } from '../../pipeline/config/answers.ts';
import { CHOICES } from '../../pipeline/config/config-choices.ts';
import { EDITING_KEYS, edited, type FieldState, fieldOf, typed } from '../../ui/field-state.ts';
import { minBodyRows } from '../../ui/frame-size.ts';
import type { Binding, Press } from '../../ui/keys.ts';
import { Lines } from '../../ui/lines.tsx';
import { moved } from '../../ui/list-window.ts';
import { type Size, useSize, useTheme } from '../../ui/theme.tsx';
import type { ListField, Route } from '../navigation.ts';
import { unless } from '../unavailable.ts';
import { useApp, useNavigation } from '../use-app.ts';
import { formBody } from './form-body.ts';
import type { FormView } from './form-lines.ts';
import { otherPortBase } from './port-lines.ts';
import {
  type AskedField,
  type FormId,
  hasDefault,
  nextOption,
  offeredQuestions,
  optionOf,
  type Question,
} from './questions.ts';
import { useWizard } from './use-wizard.ts';
import { WizardFrame } from './wizard-frame.tsx';
import { brokenFields } from './wizard-state.ts';

const NEXT: Readonly<Record<FormId, Route>> = {
  build: { id: 'base' },
  base: { id: 'network' },
  network: { id: 'review' },
};

const PAGE = 5;

/** Choices that are lists. */
const LISTS: readonly ListField[] = ['organisations', 'channels'];

/** The row that stands for the questions that are folded away. */
const FOLDED = 'folded';

type Row = AskedField | typeof FOLDED;

interface FormRows {
  /** The questions that are shown. */
  readonly questions: readonly Question[];
  /** Number of questions that are folded away. */
  readonly folded: number;
  /** Shows all questions. @returns the first one that was folded away */
  readonly unfold: () => Row;
}

/** The rows of a form. Questions that are not basic and have their default are folded away at first. */
function useFormRows(form: FormId, at: AskedField | undefined): FormRows {
  const { state } = useWizard();
  const { answers, issues, source } = state;
  const release = source.kind === 'ready' ? source.source.release : undefined;
  const offered = offeredQuestions(form, { answers, release });
  // Decided once: a row must not go away while its text is edited.
  const [initial] = useState(
    () =>
      new Set(
        offered
          .filter((each) => each.basic || each.field === at || !hasDefault(each, answers))
          .map(({ field }) => field),
      ),
  );
  const [unfolded, setUnfolded] = useState(false);
  const isShown = ({ field }: Question) => unfolded || initial.has(field) || issues[field] !== undefined;
  const questions = offered.filter(isShown);
  return {
    questions,
    folded: offered.length - questions.length,
    unfold: () => {
      setUnfolded(true);
      return offered.find((question) => !isShown(question))?.field ?? FOLDED;
    },
  };
}

interface Cursor {
  /** The focused row. */
  readonly row: Row;
  readonly field: FieldState;
  /** Rows; undefined: scroll to the row that the field changes. */
  readonly scrolled: number | undefined;
}

interface FormCursor extends Cursor {
  /** Index of the focused row. */
  readonly focus: number;
  /** Undefined on the row of the folded questions. */
  readonly question: Question | undefined;
  readonly rows: readonly Row[];
  /** Focuses a row and puts the cursor after its text. */
  readonly moveTo: (row: Row | undefined) => void;
  /** Moves to the first field with an issue; false if there is none. */
  readonly moveToIssue: () => boolean;
  /** Changes the text of the focused field, and the answer with it. */
  readonly change: (field: FieldState) => void;
  readonly scrollTo: (row: number) => void;
}

/** The cursor of a form. It begins at the given field, else at the first one with an issue, else at the first one. */
function useFormCursor(
  form: FormId,
  { questions, folded }: FormRows,
  at: AskedField | undefined,
): FormCursor {
  const { wizard, state } = useWizard();
  const rows: readonly Row[] = [
    ...questions.map(({ field }) => field),
    ...(folded > 0 ? ([FOLDED] as const) : []),
  ];
  const cursorAt = (row: Row): Cursor => ({
    row,
    field: fieldOf(row === FOLDED ? '' : textOf(state.answers, row)),
    scrolled: undefined,
  });
  const [broken] = brokenFields(state, form);
  const [cursor, setCursor] = useState(() => cursorAt(at ?? broken ?? rows[0] ?? FOLDED));
  const focus = Math.max(0, rows.indexOf(cursor.row));
  const question = questions[focus];
  const moveTo = (row: Row | undefined) => {
    if (row !== undefined) setCursor(cursorAt(row));
  };
  return {
    ...cursor,
    focus,
    question,
    rows,
    moveTo,
    moveToIssue: () => {
      moveTo(broken);
      return broken !== undefined;
    },
    change: (next) => {
      setCursor({ ...cursor, field: next });
      if (question && next.text !== cursor.field.text) wizard.perform('answer', question.field, next.text);
    },
    scrollTo: (row) => setCursor({ ...cursor, scrolled: row }),
  };
}

/** The key that moves the network to other ports while some of its ports are in use. */
function usePortKey(form: FormId, { question, change }: FormCursor): readonly Binding[] {
  const { t } = useTheme();
  const { wizard, state } = useWizard();
  const port = otherPortBase(state.ports);
  if (form !== 'network' || port === undefined) return [];
  const act = () => {
    if (question?.field === 'portBase') change(fieldOf(port));
    else wizard.perform('answer', 'portBase', port);
  };
  return [{ keys: ['ctrl+f'], label: t('key.other-ports', { port }), act }];
}

/** A function that selects the next or previous option of the focused field. */
function useOptions({ question }: FormCursor): (step: 1 | -1) => void {
  const { wizard, state } = useWizard();
  const { answers, preview } = state;
  return (step) => {
    if (!question) return;
    const byDefault = String(preview.defaults[question.field]);
    const chosen = optionOf(question, textOf(answers, question.field), byDefault);
    const option = nextOption(question, chosen, step);
    wizard.perform('answer', question.field, option === byDefault ? '' : option);
  };
}

interface FormBody {
  readonly linesIn: (size: Size) => readonly string[];
  /** Scrolls by pages. */
  readonly binding: Binding;
}

function useFormBody(form: FormId, { questions, folded }: FormRows, cursor: FormCursor): FormBody {
  const theme = useTheme();
  const { t } = theme;
  const size = useSize();
  const { state } = useWizard();
  const { answers, issues, ports, preview } = state;
  const { focus, field, scrolled } = cursor;
  const view: FormView = {
    ...{ questions, folded, answers, issues, ports, focus, field },
    defaults: preview.defaults,
  };
  const bodyIn = (size: Size) => formBody(form, view, state, scrolled, { ...size, theme });
  const { from, last } = bodyIn({ columns: size.columns, rows: minBodyRows(size) });
  const act = ({ name }: Press) => {
    const target = from + (name === 'pagedown' ? PAGE : -PAGE);
    cursor.scrollTo(Math.max(0, Math.min(last, target)));
  };
  return {
    linesIn: (size) => bodyIn(size).lines,
    binding: {
      keys: ['pagedown', 'pageup'],
      label: t('key.scroll'),
      ...unless(last > 0 ? undefined : t('why.all-shown')),
      act,
    },
  };
}

/** The key that shows the entries of a list as rows. */
function useListKey({ question }: FormCursor): readonly Binding[] {
  const { t } = useTheme();
  const { push, replace } = useNavigation();
  const field = LISTS.find((each) => each === question?.field);
  if (field === undefined) return [];
  const act = () => {
    replace({ id: 'network', at: field });
    push({ id: 'list', field });
  };
  return [{ keys: ['ctrl+o'], label: t('key.list'), act }];
}

interface FormScreenProps {
  readonly form: FormId;
  /** The field with the cursor; absent: the first one. */
  readonly at?: AskedField | undefined;
}

export function FormScreen({ form, at }: FormScreenProps) {
  const { t } = useTheme();
  const app = useApp();
  const { wizard, state } = useWizard();
  const { push, back, help, cover } = useNavigation();
  const formRows = useFormRows(form, at);
  const cursor = useFormCursor(form, formRows, at);
  const { focus, field, question, rows, change } = cursor;
  const selectOption = useOptions(cursor);
  const isLast = focus === rows.length - 1;
  const next = () => {
    if (question && state.issues[question.field]) return;
    if (!isLast) cursor.moveTo(rows[focus + 1]);
    else if (!cursor.moveToIssue()) push(NEXT[form]);
  };
  const unfold = () => cursor.moveTo(formRows.unfold());
  const body = useFormBody(form, formRows, cursor);
  const move = (name: string) => cursor.moveTo(rows[moved(focus, name, rows.length, PAGE)]);
  useEffect(() => {
    if (form === 'network') wizard.perform('checkPorts');
  }, [form, wizard]);

  const isOption = question?.options !== undefined;
  const isText = question !== undefined && !isOption;
  const showActions = () => cover({ id: 'palette' });
  const explain = () => help(question?.topic);
  const bindings: readonly Binding[] = [
    { keys: ['enter'], label: t(isLast ? 'key.continue' : 'key.next'), act: next },
    { keys: ['escape'], label: t('key.back'), act: back },
    { keys: ['down', 'tab'], label: t('key.field'), act: () => move('down') },
    { keys: ['up', 'shift+tab'], act: () => move('up') },
    ...usePortKey(form, cursor),
    ...useListKey(cursor),
    { keys: ['right'], label: t('key.unfold'), when: question === undefined, act: unfold },
    { keys: ['right'], label: t('key.change'), when: isOption, act: () => selectOption(1) },
    { keys: ['left'], when: isOption, act: () => selectOption(-1) },
    {
      keys: [...EDITING_KEYS],
      when: isText,
      act: (press) => change(edited(field, press) ?? field),
    },
    body.binding,
    // `q` is text in a field, so the footer offers Ctrl-C.
    { keys: ['ctrl+c'], label: t('key.quit'), act: () => app.interrupt() },
    { keys: [':'], label: t('key.actions'), minor: true, when: !isText, inText: true, act: showActions },
    { keys: ['?'], label: t('key.help'), inText: true, act: explain },
  ];
  // Only paths may contain a question mark, and then not as the first character.
  const onText = (text: string) => {
    const isPath = question !== undefined && CHOICES[question.field].path !== undefined;
    if (text === '?' && (!isPath || field.text === '')) explain();
    // Image names contain colons.
    else if (text === ':' && !isText) showActions();
    else if (isText) change(typed(field, text));
    else if (text === ' ' && question) selectOption(1);
    else if (text === ' ') unfold();
  };

  return (
    <WizardFrame screen={form} bindings={bindings} onText={onText}>
      {(size) => <Lines lines={body.linesIn(size)} />}
    </WizardFrame>
  );
}
