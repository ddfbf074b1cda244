/** Selects the source: one of the candidates, or a typed path or tag. */
import { useEffect, useRef, useState } from 'react';
import { textOf } from '../../pipeline/config/answers.ts';
import { Choice } from '../../ui/choice.tsx';
import { EDITING_KEYS, edited, type FieldState, fieldOf, fieldWindow, typed } from '../../ui/field-state.ts';
import type { Binding } from '../../ui/keys.ts';
import { Lines } from '../../ui/lines.tsx';
import { moved } from '../../ui/list-window.ts';
import { type Size, useTheme } from '../../ui/theme.tsx';
import { useApp, useNavigation } from '../use-app.ts';
import { withMore } from './canvas.ts';
import { detailLines, sourceOptions } from './source-lines.ts';
import { useWizard } from './use-wizard.ts';
import { WizardFrame } from './wizard-frame.tsx';

const PAGE = 5;
const INDENT = '    ';
/** Rows for the details of the selected source. */
const DETAIL_ROWS = 5;

export function SourceScreen() {
  const theme = useTheme();
  const { t, style } = theme;
  const app = useApp();
  const { wizard, state } = useWizard();
  const { push, back } = useNavigation();
  const { candidates, source } = state;
  const answered = textOf(state.answers, 'source') || 'auto';
  const [picked, setPicked] = useState<number>();
  const [field, setField] = useState<FieldState>(() => fieldOf(state.typed.choice));
  // Only a selection that was made here opens the next screen.
  const selecting = useRef<string>(undefined);

  const count = (candidates?.length ?? 0) + 1;
  const isPath = (index: number) => index === count - 1;
  const found = candidates?.findIndex(({ choice }) => choice === answered) ?? -1;
  // A typed path is not among the candidates; it is shown in the field for typed text.
  const chosen = picked ?? (found >= 0 ? found : answered === 'auto' ? 0 : count - 1);
  const typing = candidates !== undefined && isPath(chosen);
  const candidate = candidates?.[chosen];
  const choice = typing ? field.text.trim() : (candidate?.choice ?? answered);
  const finding = typing ? state.typed.finding : candidate?.finding;
  const loading = source.kind === 'loading';

  useEffect(() => {
    if (selecting.current === undefined) return;
    if (source.kind === 'loading') return;
    selecting.current = undefined;
    // A fallback must be confirmed by another Enter.
    if (source.kind === 'ready' && source.source.fallback === undefined) push({ id: 'build' });
  }, [source, push]);

  const next = () => {
    if (choice === '' || loading || finding?.kind === 'unusable') return;
    selecting.current = choice;
    wizard.perform('selectSource', choice);
  };
  const change = (newField: FieldState) => {
    setField(newField);
    if (newField.text !== field.text) wizard.perform('previewSource', newField.text.trim());
  };
  const bindings: Binding[] = [
    { keys: ['enter'], label: t('key.next'), when: !loading, act: next },
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
      when: !loading,
      act: ({ name }) => setPicked(moved(chosen, name, count, PAGE)),
    },
    {
      keys: [...EDITING_KEYS],
      when: typing && !loading,
      act: (press) => change(edited(field, press) ?? field),
    },
    // `q` is text in a field, so the footer offers Ctrl-C.
    { keys: ['ctrl+c'], label: t('key.quit'), when: typing, act: () => app.interrupt() },
    { keys: ['?'], label: t('key.help'), act: () => app.showTopic('source') },
  ];
  const onText = (text: string) => {
    if (text === '?' && field.text === '') app.showTopic('source');
    else if (!loading) change(typed(field, text));
  };

  const body = (size: Size) => {
    if (candidates === undefined) return <Lines lines={[style.dim(t('source.looking'))]} />;
    const options = sourceOptions(state, theme);
    const { before, at, after } = fieldWindow(field, Math.max(1, size.columns - INDENT.length));
    const typedLine = typing ? [`${INDENT}${before}${style.invert(at)}${after}`] : [];
    const listRows = Math.max(2, Math.min(options.length, size.rows - DETAIL_ROWS - 2));
    const canvas = { columns: size.columns, rows: size.rows - listRows - 1 - typedLine.length, theme };
    const details = detailLines(state, { choice, finding }, canvas);
    return (
      <>
        <Choice options={options} chosen={chosen} focused columns={size.columns} rows={listRows} />
        <Lines
          lines={[
            ...typedLine,
            '',
            ...withMore(details.slice(0, canvas.rows), details.length - canvas.rows, theme),
          ]}
        />
      </>
    );
  };
  return (
    <WizardFrame screen="source" bindings={bindings} onText={typing ? onText : undefined}>
      {body}
    </WizardFrame>
  );
}
