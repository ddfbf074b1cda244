/** What is built: one of the sources that are offered, or a path or tag that is typed. */
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
import { aboutLines, sourceOptions } from './source-lines.ts';
import { useWizard } from './use-wizard.ts';
import { WizardFrame } from './wizard-frame.tsx';

const PAGE = 5;
const INDENT = '    ';
/** Rows for what the chosen source is. */
const DETAIL_ROWS = 5;

export function SourceScreen() {
  const theme = useTheme();
  const { t, style } = theme;
  const app = useApp();
  const { wizard, state } = useWizard();
  const { to, back } = useNavigation();
  const { candidates, source } = state;
  const answered = textOf(state.answers, 'source') || 'auto';
  const [picked, setPicked] = useState<number>();
  const [field, setField] = useState<FieldState>(() => fieldOf(state.typed.choice));
  // Only what was asked for here leads on from here.
  const taking = useRef<string>(undefined);

  const count = (candidates?.length ?? 0) + 1;
  const isPath = (index: number) => index === count - 1;
  const found = candidates?.findIndex(({ choice }) => choice === answered) ?? -1;
  // What was typed here before is no candidate, and stands where it was typed.
  const chosen = picked ?? (found >= 0 ? found : answered === 'auto' ? 0 : count - 1);
  const typing = candidates !== undefined && isPath(chosen);
  const candidate = candidates?.[chosen];
  const choice = typing ? field.text.trim() : (candidate?.choice ?? answered);
  const finding = typing ? state.typed.finding : candidate?.finding;
  const getting = source.kind === 'getting';

  useEffect(() => {
    if (taking.current === undefined) return;
    if (source.kind === 'getting') return;
    taking.current = undefined;
    // What nobody asked for is said first, and taken by the next Enter.
    if (source.kind === 'here' && source.source.fallback === undefined) to({ id: 'build' });
  }, [source, to]);

  const next = () => {
    if (choice === '' || getting || finding?.kind === 'unusable') return;
    taking.current = choice;
    wizard.take(choice);
  };
  const change = (now: FieldState) => {
    setField(now);
    if (now.text !== field.text) wizard.consider(now.text.trim());
  };
  const bindings: Binding[] = [
    { keys: ['enter'], label: t('key.next'), when: !getting, act: next },
    { keys: ['escape'], label: t(getting ? 'key.cancel' : 'key.back'), act: () => wizard.stop() || back() },
    {
      keys: typing
        ? ['up', 'down', 'pageup', 'pagedown']
        : ['down', 'up', 'pageup', 'pagedown', 'home', 'end'],
      label: t('key.pick'),
      when: !getting,
      act: ({ name }) => setPicked(moved(chosen, name, count, PAGE)),
    },
    {
      keys: [...EDITING_KEYS],
      when: typing && !getting,
      act: (press) => change(edited(field, press) ?? field),
    },
    // `q` may be a letter of a path.
    { keys: ['ctrl+c'], label: t('key.quit'), when: typing, act: () => app.interrupt() },
    { keys: ['?'], label: t('key.help'), act: () => app.explain('source') },
  ];
  const onText = (text: string) => {
    if (text === '?' && field.text === '') app.explain('source');
    else if (!getting) change(typed(field, text));
  };

  const body = (size: Size) => {
    if (candidates === undefined) return <Lines lines={[style.dim(t('source.looking'))]} />;
    const options = sourceOptions(state, theme);
    const { before, at, after } = fieldWindow(field, Math.max(1, size.columns - INDENT.length));
    const typedLine = typing ? [`${INDENT}${before}${style.invert(at)}${after}`] : [];
    const listRows = Math.max(2, Math.min(options.length, size.rows - DETAIL_ROWS - 2));
    const canvas = { columns: size.columns, rows: size.rows - listRows - 1 - typedLine.length, theme };
    const about = aboutLines(state, { choice, finding }, canvas);
    return (
      <>
        <Choice options={options} chosen={chosen} focused columns={size.columns} rows={listRows} />
        <Lines
          lines={[
            ...typedLine,
            '',
            ...withMore(about.slice(0, canvas.rows), about.length - canvas.rows, theme),
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
