/** The screens that are lists of fields: build, base images, network. */
import { useEffect, useState } from 'react';
import { textOf } from '../../pipeline/choices/answers.ts';
import { CHOICES } from '../../pipeline/choices/config-choices.ts';
import { type Size, useFace, useSize } from '../../ui/face.tsx';
import { EDITING_KEYS, edited, type FieldState, fieldOf, typed } from '../../ui/field-state.ts';
import { leastBodyRows } from '../../ui/frame-size.ts';
import type { Binding, Press } from '../../ui/keys.ts';
import { Lines } from '../../ui/lines.tsx';
import { moved } from '../../ui/list-window.ts';
import type { Place } from '../places.ts';
import { useDesk, useNavigation } from '../use-app.ts';
import { formBody } from './form-body.ts';
import type { FormView } from './form-lines.ts';
import { FORMS, type FormId, nextOption, optionOf } from './questions.ts';
import { useWizard } from './use-wizard.ts';
import { WizardFrame } from './wizard-frame.tsx';
import { brokenFields } from './wizard-state.ts';

const NEXT: Readonly<Record<FormId, Place>> = {
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
  const face = useFace();
  const size = useSize();
  const { say } = face;
  const desk = useDesk();
  const { wizard, state } = useWizard();
  const { to, back } = useNavigation();
  const { answers, prospect } = state;
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
    const byDefault = String(prospect.defaults[question.field]);
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
    defaults: prospect.defaults,
    focus,
    field,
  };
  const bodyIn = (size: Size) => formBody(form, view, state, scrolled, { ...size, face });
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
    { keys: ['enter'], label: say('key.next'), act: next },
    { keys: ['escape'], label: say('key.back'), act: back },
    { keys: ['down', 'tab'], label: say('key.field'), act: () => move('down') },
    { keys: ['up', 'shift+tab'], act: () => move('up') },
    { keys: ['right'], label: say('key.change'), when: isOption, act: () => turn(1) },
    { keys: ['left'], when: isOption, act: () => turn(-1) },
    { keys: [...EDITING_KEYS], when: !isOption, act: (press) => change(edited(field, press) ?? field) },
    { keys: ['pagedown', 'pageup'], label: say('key.scroll'), when: last > 0, act: scroll },
    // `q` may be a letter of a value.
    { keys: ['ctrl+c'], label: say('key.quit'), act: () => desk.interrupt() },
    // Drawn here and handled below: what writes goes to the field first.
    { keys: ['?'], label: say('key.help'), act: () => desk.explain(question.topic) },
  ];
  /** No value has a question mark in it, but for what a path may be called. */
  const onText = (text: string) => {
    if (text === '?' && (CHOICES[question.field].path === undefined || field.text === ''))
      desk.explain(question.topic);
    else if (!isOption) change(typed(field, text));
    else if (text === ' ') turn(1);
  };

  return (
    <WizardFrame screen={form} bindings={bindings} onText={onText}>
      {(body) => <Lines lines={bodyIn(body).lines} />}
    </WizardFrame>
  );
}
