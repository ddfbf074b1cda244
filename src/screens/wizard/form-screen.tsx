/** The screens that are lists of fields: build, base images, network. */
import { useEffect, useState } from 'react';
import { textOf } from '../../pipeline/config/answers.ts';
import { CHOICES } from '../../pipeline/config/config-choices.ts';
import { EDITING_KEYS, edited, type FieldState, fieldOf, typed } from '../../ui/field-state.ts';
import { leastBodyRows } from '../../ui/frame-size.ts';
import type { Binding, Press } from '../../ui/keys.ts';
import { Lines } from '../../ui/lines.tsx';
import { moved } from '../../ui/list-window.ts';
import { type Size, useSize, useTheme } from '../../ui/theme.tsx';
import type { Route } from '../navigation.ts';
import { useApp, useNavigation } from '../use-app.ts';
import { formBody } from './form-body.ts';
import type { FormView } from './form-lines.ts';
import { FORMS, type FormId, nextOption, optionOf } from './questions.ts';
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
  /** Index of the question. */
  readonly focus: number;
  readonly field: FieldState;
  /** Rows; undefined: to what the field changes. */
  readonly scrolled: number | undefined;
}

export function FormScreen({ form }: { readonly form: FormId }) {
  const theme = useTheme();
  const size = useSize();
  const { t } = theme;
  const app = useApp();
  const { wizard, state } = useWizard();
  const { to, back } = useNavigation();
  const { answers, preview } = state;
  const questions = FORMS[form];

  const cursorAt = (focus: number): Cursor => {
    const question = questions[focus];
    return { focus, field: fieldOf(question ? textOf(answers, question.field) : ''), scrolled: undefined };
  };
  /** The first field that is broken, else the first of all. */
  const start = () => {
    const broken = brokenFields(state, form)[0];
    return Math.max(
      0,
      questions.findIndex(({ field }) => field === broken),
    );
  };
  const [cursor, setCursor] = useState(() => cursorAt(start()));
  const { focus, field, scrolled } = cursor;
  const question = questions[focus];
  if (!question) throw new Error(`${form} has no field ${focus}`);

  const change = (next: FieldState) => {
    setCursor({ focus, field: next, scrolled });
    if (next.text !== field.text) wizard.answer(question.field, next.text);
  };
  const turn = (step: 1 | -1) => {
    const byDefault = String(preview.defaults[question.field]);
    const chosen = optionOf(question, textOf(answers, question.field), byDefault);
    const beside = nextOption(question, chosen, step);
    wizard.answer(question.field, beside === byDefault ? '' : beside);
  };
  const next = () => {
    if (brokenFields(state, form).length === 0) to(NEXT[form]);
    else setCursor(cursorAt(start()));
  };
  const move = (name: string) => setCursor(cursorAt(moved(focus, name, questions.length, PAGE)));
  const view: FormView = {
    questions,
    answers,
    issues: state.issues,
    ports: state.ports,
    defaults: preview.defaults,
    focus,
    field,
  };
  const bodyIn = (size: Size) => formBody(form, view, state, scrolled, { ...size, theme });
  const { from, last } = bodyIn({ columns: size.columns, rows: leastBodyRows(size) });
  const scroll = ({ name }: Press) => {
    const to = from + (name === 'pagedown' ? PAGE : -PAGE);
    setCursor({ ...cursor, scrolled: Math.max(0, Math.min(last, to)) });
  };

  useEffect(() => {
    if (form === 'network') wizard.askPorts();
  }, [form, wizard]);

  const isOption = question.options !== undefined;
  const bindings: Binding[] = [
    { keys: ['enter'], label: t('key.next'), act: next },
    { keys: ['escape'], label: t('key.back'), act: back },
    { keys: ['down', 'tab'], label: t('key.field'), act: () => move('down') },
    { keys: ['up', 'shift+tab'], act: () => move('up') },
    { keys: ['right'], label: t('key.change'), when: isOption, act: () => turn(1) },
    { keys: ['left'], when: isOption, act: () => turn(-1) },
    { keys: [...EDITING_KEYS], when: !isOption, act: (press) => change(edited(field, press) ?? field) },
    { keys: ['pagedown', 'pageup'], label: t('key.scroll'), when: last > 0, act: scroll },
    // `q` may be a letter of a value.
    { keys: ['ctrl+c'], label: t('key.quit'), act: () => app.interrupt() },
    // Drawn here and handled below: what writes goes to the field first.
    { keys: ['?'], label: t('key.help'), act: () => app.explain(question.topic) },
  ];
  /** No value has a question mark in it, but for what a path may be called. */
  const onText = (text: string) => {
    if (text === '?' && (CHOICES[question.field].path === undefined || field.text === ''))
      app.explain(question.topic);
    else if (!isOption) change(typed(field, text));
    else if (text === ' ') turn(1);
  };

  return (
    <WizardFrame screen={form} bindings={bindings} onText={onText}>
      {(body) => <Lines lines={bodyIn(body).lines} />}
    </WizardFrame>
  );
}
