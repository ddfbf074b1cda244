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
import type { Route } from '../navigation.ts';
import { useApp, useNavigation } from '../use-app.ts';
import { formBody } from './form-body.ts';
import type { FormView } from './form-lines.ts';
import { FORMS, type FormId, nextOption, optionOf, type Question } from './questions.ts';
import { useWizard } from './use-wizard.ts';
import { WizardFrame } from './wizard-frame.tsx';
import { brokenFields } from './wizard-state.ts';

const NEXT: Readonly<Record<FormId, Route>> = {
  build: { id: 'base' },
  base: { id: 'network' },
  network: { id: 'review' },
};

const PAGE = 5;

interface Cursor {
  /** Index of the focused question. */
  readonly focus: number;
  readonly field: FieldState;
  /** Rows; undefined: scroll to the row that the field changes. */
  readonly scrolled: number | undefined;
}

interface FormCursor extends Cursor {
  readonly question: Question;
  /** Focuses a question and puts the cursor after its text. */
  readonly moveTo: (index: number) => void;
  /** Moves to the first field with an issue; false if there is none. */
  readonly moveToIssue: () => boolean;
  /** Changes the text of the focused field, and the answer with it. */
  readonly change: (field: FieldState) => void;
  readonly scrollTo: (row: number) => void;
}

/** The cursor of a form. It begins at the first field with an issue, else at the first field. */
function useFormCursor(form: FormId): FormCursor {
  const { wizard, state } = useWizard();
  const questions = FORMS[form];
  const cursorAt = (focus: number): Cursor => {
    const question = questions[focus];
    return {
      focus,
      field: fieldOf(question ? textOf(state.answers, question.field) : ''),
      scrolled: undefined,
    };
  };
  const issueIndex = () => {
    const [broken] = brokenFields(state, form);
    return questions.findIndex(({ field }) => field === broken);
  };
  const [cursor, setCursor] = useState(() => cursorAt(Math.max(0, issueIndex())));
  const { focus, field } = cursor;
  const question = questions[focus];
  if (!question) throw new Error(`form ${form} has no field ${focus}`);
  const moveTo = (index: number) => setCursor(cursorAt(index));
  return {
    ...cursor,
    question,
    moveTo,
    moveToIssue: () => {
      const index = issueIndex();
      if (index >= 0) moveTo(index);
      return index >= 0;
    },
    change: (next) => {
      setCursor({ ...cursor, field: next });
      if (next.text !== field.text) wizard.perform('answer', question.field, next.text);
    },
    scrollTo: (row) => setCursor({ ...cursor, scrolled: row }),
  };
}

export function FormScreen({ form }: { readonly form: FormId }) {
  const theme = useTheme();
  const size = useSize();
  const { t } = theme;
  const app = useApp();
  const { wizard, state } = useWizard();
  const { push, back } = useNavigation();
  const cursor = useFormCursor(form);
  const { focus, field, question, change } = cursor;
  const { answers, preview } = state;
  const questions = FORMS[form];

  const selectOption = (step: 1 | -1) => {
    const byDefault = String(preview.defaults[question.field]);
    const chosen = optionOf(question, textOf(answers, question.field), byDefault);
    const option = nextOption(question, chosen, step);
    wizard.perform('answer', question.field, option === byDefault ? '' : option);
  };
  const next = () => {
    if (!cursor.moveToIssue()) push(NEXT[form]);
  };
  const move = (name: string) => cursor.moveTo(moved(focus, name, questions.length, PAGE));
  const view: FormView = {
    questions,
    answers,
    issues: state.issues,
    ports: state.ports,
    defaults: preview.defaults,
    focus,
    field,
  };
  const bodyIn = (size: Size) => formBody(form, view, state, cursor.scrolled, { ...size, theme });
  const { from, last } = bodyIn({ columns: size.columns, rows: minBodyRows(size) });
  const scroll = ({ name }: Press) => {
    const target = from + (name === 'pagedown' ? PAGE : -PAGE);
    cursor.scrollTo(Math.max(0, Math.min(last, target)));
  };

  useEffect(() => {
    if (form === 'network') wizard.perform('checkPorts');
  }, [form, wizard]);

  const isOption = question.options !== undefined;
  const bindings: readonly Binding[] = [
    { keys: ['enter'], label: t('key.next'), act: next },
    { keys: ['escape'], label: t('key.back'), act: back },
    { keys: ['down', 'tab'], label: t('key.field'), act: () => move('down') },
    { keys: ['up', 'shift+tab'], act: () => move('up') },
    { keys: ['right'], label: t('key.change'), when: isOption, act: () => selectOption(1) },
    { keys: ['left'], when: isOption, act: () => selectOption(-1) },
    { keys: [...EDITING_KEYS], when: !isOption, act: (press) => change(edited(field, press) ?? field) },
    { keys: ['pagedown', 'pageup'], label: t('key.scroll'), when: last > 0, act: scroll },
    // `q` is text in a field, so the footer offers Ctrl-C.
    { keys: ['ctrl+c'], label: t('key.quit'), act: () => app.interrupt() },
    // For the footer only: `onText` handles the key, because typed text goes to the field first.
    { keys: ['?'], label: t('key.help'), act: () => app.showTopic(question.topic) },
  ];
  // Only paths may contain a question mark, and then not as the first character.
  const onText = (text: string) => {
    if (text === '?' && (CHOICES[question.field].path === undefined || field.text === ''))
      app.showTopic(question.topic);
    else if (!isOption) change(typed(field, text));
    else if (text === ' ') selectOption(1);
  };

  return (
    <WizardFrame screen={form} bindings={bindings} onText={onText}>
      {(body) => <Lines lines={bodyIn(body).lines} />}
    </WizardFrame>
  );
}
