/** Selects the source: one of the candidates, or a typed path or tag. */
import { useEffect, useRef, useState } from 'react';
import { textOf } from '../../pipeline/config/answers.ts';
import { Choice } from '../../ui/choice.tsx';
import { EDITING_KEYS, edited, type FieldState, fieldOf, fieldWindow, typed } from '../../ui/field-state.ts';
import type { Binding } from '../../ui/keys.ts';
import { Lines } from '../../ui/lines.tsx';
import { moved } from '../../ui/list-window.ts';
import { type Size, type Theme, useTheme } from '../../ui/theme.tsx';
import { unless } from '../unavailable.ts';
import { useApp, useNavigation } from '../use-app.ts';
import { withMore } from './canvas.ts';
import { type ChosenSource, detailLines, sourceOptions } from './source-lines.ts';
import { useWizard } from './use-wizard.ts';
import { WizardFrame } from './wizard-frame.tsx';
import type { SourceState, WizardState } from './wizard-state.ts';

const PAGE = 5;
const INDENT = '    ';
/** Rows for the details of the selected source. */
const DETAIL_ROWS = 5;

/** The row of the list that is selected. */
interface Selection extends ChosenSource {
  readonly index: number;
  /** The row is the field for a path or tag. */
  readonly typing: boolean;
}

/** @param picked index that the user moved to; undefined: the row of the answer */
function selectionOf(state: WizardState, picked: number | undefined, text: string): Selection {
  const { candidates, typed } = state;
  const answered = textOf(state.answers, 'source') || 'auto';
  const last = candidates?.length ?? 0;
  const found = candidates?.findIndex(({ choice }) => choice === answered) ?? -1;
  // A typed path is not among the candidates; it is shown in the field for typed text.
  const index = picked ?? (found >= 0 ? found : answered === 'auto' ? 0 : last);
  if (candidates !== undefined && index === last)
    return { index, typing: true, choice: text.trim(), finding: typed.finding };
  const candidate = candidates?.[index];
  return { index, typing: false, choice: candidate?.choice ?? answered, finding: candidate?.finding };
}

/** A function that selects a source. The next screen opens when the source is ready. */
function useSelecting(source: SourceState): (choice: string) => void {
  const { wizard } = useWizard();
  const { push } = useNavigation();
  // Only a selection that was made here opens the next screen.
  const selecting = useRef(false);
  useEffect(() => {
    if (!selecting.current || source.kind === 'loading') return;
    selecting.current = false;
    // A fallback must be confirmed by another Enter.
    if (source.kind === 'ready' && source.source.fallback === undefined) push({ id: 'build' });
  }, [source, push]);
  return (choice) => {
    selecting.current = true;
    wizard.perform('selectSource', choice);
  };
}

function fieldLine(field: FieldState, columns: number, { style }: Theme): string {
  const { before, at, after } = fieldWindow(field, Math.max(1, columns - INDENT.length));
  return `${INDENT}${before}${style.invert(at)}${after}`;
}

interface BodyProps extends Size {
  readonly state: WizardState;
  readonly selection: Selection;
  readonly field: FieldState;
}

/** The list of sources, and details of the selected one. */
function SourceBody({ state, selection, field, columns, rows }: BodyProps) {
  const theme = useTheme();
  const { index, typing } = selection;
  if (state.candidates === undefined) return <Lines lines={[theme.style.dim(theme.t('source.looking'))]} />;
  const options = sourceOptions(state, theme);
  const typedLine = typing ? [fieldLine(field, columns, theme)] : [];
  const listRows = Math.max(2, Math.min(options.length, rows - DETAIL_ROWS - 2));
  const room = rows - listRows - 1 - typedLine.length;
  const details = detailLines(state, selection, { columns, rows: room, theme });
  const shown = withMore(details.slice(0, room), details.length - room, theme);
  return (
    <>
      <Choice options={options} chosen={index} focused columns={columns} rows={listRows} />
      <Lines lines={[...typedLine, '', ...shown]} />
    </>
  );
}

export function SourceScreen() {
  const { t } = useTheme();
  const app = useApp();
  const { wizard, state } = useWizard();
  const { back, help } = useNavigation();
  const { candidates, source } = state;
  const [picked, setPicked] = useState<number>();
  const [field, setField] = useState<FieldState>(() => fieldOf(state.typed.choice));
  const selection = selectionOf(state, picked, field.text);
  const { choice, finding, typing } = selection;
  const loading = source.kind === 'loading';
  const select = useSelecting(source);
  const unread = loading ? t('why.source-loading') : undefined;

  const next = () => {
    if (choice !== '' && finding?.kind !== 'unusable') select(choice);
  };
  const change = (newField: FieldState) => {
    setField(newField);
    if (newField.text !== field.text) wizard.perform('previewSource', newField.text.trim());
  };
  const bindings: readonly Binding[] = [
    { keys: ['enter'], label: t('key.next'), ...unless(unread), act: next },
    {
      keys: ['escape'],
      label: t(loading ? 'key.cancel' : 'key.back'),
      act: () => (loading ? wizard.perform('cancelSource') : back()),
    },
    {
      keys: typing
        ? ['up', 'down', 'pageup', 'pagedown']
        : ['down', 'up', 'pageup', 'pagedown', 'home', 'end'],
      label: t('key.pick'),
      ...unless(unread),
      act: ({ name }) => setPicked(moved(selection.index, name, (candidates?.length ?? 0) + 1, PAGE)),
    },
    {
      keys: [...EDITING_KEYS],
      when: typing && !loading,
      act: (press) => change(edited(field, press) ?? field),
    },
    // `q` is text in a field, so the footer offers Ctrl-C.
    { keys: ['ctrl+c'], label: t('key.quit'), when: typing, act: () => app.interrupt() },
    { keys: ['?'], label: t('key.help'), act: () => help('source') },
  ];
  const onText = (text: string) => {
    if (text === '?' && field.text === '') help('source');
    else if (!loading) change(typed(field, text));
  };

  return (
    <WizardFrame screen="source" bindings={bindings} onText={typing ? onText : undefined}>
      {(body) => <SourceBody {...body} state={state} selection={selection} field={field} />}
    </WizardFrame>
  );
}
