/** Edits a choice that is a list: each entry is a row. */
import { useState } from 'react';
import { textOf } from '../../pipeline/config/answers.ts';
import { entryTexts, separated } from '../../pipeline/config/entries.ts';
import {
  beforeCursor,
  EDITING_KEYS,
  edited,
  type FieldState,
  fieldOf,
  fieldWindow,
  typed,
} from '../../ui/field-state.ts';
import type { Binding } from '../../ui/keys.ts';
import { Lines } from '../../ui/lines.tsx';
import { listWindow, moreMark, moved } from '../../ui/list-window.ts';
import { useTheme } from '../../ui/theme.tsx';
import type { Route } from '../navigation.ts';
import { useApp, useNavigation } from '../use-app.ts';
import { type Canvas, fitted } from './canvas.ts';
import { noteLines } from './form-lines.ts';
import { FORMS } from './questions.ts';
import { useWizard } from './use-wizard.ts';
import { WizardFrame } from './wizard-frame.tsx';

const PAGE = 5;
const NOTE_ROWS = 3;

interface List {
  /** Texts of the entries; the last one is empty, for a new entry. */
  readonly texts: readonly string[];
  readonly focus: number;
  readonly field: FieldState;
}

/** Focuses an entry and puts the cursor after its text. */
function at(texts: readonly string[], focus: number): List {
  return { texts, focus, field: fieldOf(texts[focus] ?? '') };
}

/** The entries that have a text, and a row for a new one. */
function withNew(texts: readonly string[]): readonly string[] {
  return [...texts.filter((text) => text.trim() !== ''), ''];
}

/** The list after the focused entry was edited: a comma in it begins another row. */
function changed({ texts, focus }: List, next: FieldState): List {
  const rows = separated(next.text);
  if (rows.length === 1) {
    const all = texts.with(focus, next.text);
    return { texts: focus === texts.length - 1 ? withNew(all) : all, focus, field: next };
  }
  const before = separated(beforeCursor(next));
  const own = before.length - 1;
  const kept = rows.flatMap((row, index) => (index === own || row.trim() !== '' ? [row.trim()] : []));
  const index = rows.slice(0, own).filter((row) => row.trim() !== '').length;
  const all = texts.toSpliced(focus, 1, ...kept);
  const field = { text: kept[index] ?? '', cursor: fieldOf((before[own] ?? '').trimStart()).cursor };
  return { texts: all.at(-1) === '' ? all : [...all, ''], focus: focus + index, field };
}

/** The rows of the list; if not all fit, those around the focused one. */
function listLines({ texts, focus, field }: List, { columns, rows, theme }: Canvas): string[] {
  const { style, t, unicode } = theme;
  const window = listWindow(texts.length, focus, rows);
  return texts.slice(window.from, window.to).map((text, i) => {
    const index = window.from + i;
    const room = columns - 2;
    if (index === focus) {
      const { before, at: under, after } = fieldWindow(field, room);
      return `${style.strong(style.symbol.pointer)} ${before}${style.invert(under)}${after}`;
    }
    const shown = text === '' ? style.dim(fitted(t('list.new'), room, theme)) : fitted(text, room, theme);
    return `${style.dim(moreMark(index, window, texts.length, unicode))} ${shown}`;
  });
}

export function ListScreen({ field: asked }: Omit<Extract<Route, { id: 'list' }>, 'id'>) {
  const theme = useTheme();
  const { t } = theme;
  const app = useApp();
  const { wizard, state } = useWizard();
  const { back, help } = useNavigation();
  const [list, setList] = useState(() => at(withNew(entryTexts(textOf(state.answers, asked))), 0));
  const { texts, focus, field } = list;
  const questions = FORMS.network.filter((question) => question.field === asked);

  const answer = (next: readonly string[]) =>
    wizard.perform('answer', asked, next.filter((text) => text.trim() !== '').join(', '));
  const change = (next: FieldState) => {
    const after = changed(list, next);
    setList(after);
    if (next.text !== field.text) answer(after.texts);
  };
  const moveTo = (index: number) => setList(at(texts, index));
  const remove = () => {
    const left = withNew(texts.toSpliced(focus, 1));
    setList(at(left, Math.min(focus, left.length - 1)));
    answer(left);
  };
  const isNew = focus === texts.length - 1;
  const bindings: readonly Binding[] = [
    {
      keys: ['enter'],
      label: t(isNew ? 'key.back' : 'key.next'),
      act: () => (isNew ? back() : moveTo(focus + 1)),
    },
    { keys: ['escape'], label: t('key.back'), act: back },
    {
      keys: ['down', 'tab'],
      label: t('key.entry'),
      act: () => moveTo(moved(focus, 'down', texts.length, PAGE)),
    },
    { keys: ['up', 'shift+tab'], act: () => moveTo(moved(focus, 'up', texts.length, PAGE)) },
    { keys: ['ctrl+u'], label: t('key.remove-entry'), when: !isNew, act: remove },
    { keys: [...EDITING_KEYS], act: (press) => change(edited(field, press) ?? field) },
    { keys: ['ctrl+c'], label: t('key.quit'), act: () => app.interrupt() },
    { keys: ['?'], label: t('key.help'), inText: true, act: () => help(questions[0]?.topic) },
  ];
  const onText = (text: string) => (text === '?' ? help(questions[0]?.topic) : change(typed(field, text)));

  return (
    <WizardFrame screen={asked} bindings={bindings} onText={onText}>
      {(size) => {
        const canvas = { ...size, theme };
        const { answers, issues, ports, preview } = state;
        const view = { questions, folded: 0, answers, issues, ports, focus: 0, field };
        const note = noteLines({ ...view, defaults: preview.defaults }, { ...canvas, rows: NOTE_ROWS });
        const rows = Math.max(1, size.rows - NOTE_ROWS - 1);
        return <Lines lines={[...listLines(list, { ...canvas, rows }), '', ...note]} />;
      }}
    </WizardFrame>
  );
}
