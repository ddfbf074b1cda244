/** All actions of the screen behind it: type to filter, Enter does one as its key would. */
import { useState } from 'react';
import { wrapToWidth } from '../report/terminal-text.ts';
import { Choice } from '../ui/choice.tsx';
import { EDITING_KEYS, edited, fieldOf, fieldWindow, typed } from '../ui/field-state.ts';
import { useGlobalKeys, useKeyAccess } from '../ui/input.tsx';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { moved } from '../ui/list-window.ts';
import { useTheme } from '../ui/theme.tsx';
import { AppFrame } from './app-frame.tsx';
import { paletteActions, paletteOptions, WIDE_COLUMNS } from './screen-actions.ts';
import { useAppState, useNavigation } from './use-app.ts';

const PAGE = 8;

export function PaletteScreen() {
  const theme = useTheme();
  const { t, style } = theme;
  const { cover } = useNavigation();
  const access = useKeyAccess();
  const globals = useGlobalKeys();
  // The keys of the screen depend on it.
  useAppState((state) => state);
  const [field, setField] = useState(fieldOf(''));
  const [picked, setPicked] = useState(0);
  const actions = paletteActions(access.screen(), globals, field.text);
  const chosen = Math.min(picked, Math.max(0, actions.length - 1));
  const action = actions[chosen];
  const bindings: readonly Binding[] = [
    {
      keys: ['enter'],
      label: t('key.do'),
      when: action !== undefined && action.reason === undefined,
      act: () => {
        if (!action) return;
        cover(undefined);
        access.send(action.keys[0]);
      },
    },
    { keys: ['escape'], label: t('key.back'), act: () => cover(undefined) },
    {
      keys: ['down', 'up', 'pageup', 'pagedown'],
      label: t('key.pick'),
      act: ({ name }) => setPicked(moved(chosen, name, actions.length, PAGE)),
    },
    { keys: EDITING_KEYS, act: (press) => setField((before) => edited(before, press) ?? before) },
  ];
  const onText = (text: string) => {
    setPicked(0);
    setField((before) => typed(before, text));
  };
  return (
    <AppFrame title={t('palette.title')} bindings={bindings} onText={onText}>
      {({ columns, rows }) => {
        const { before, at, after } = fieldWindow(field, Math.max(1, columns - 2));
        const line = `:${before}${style.invert(at)}${after}`;
        if (actions.length === 0) return <Lines lines={[line, style.dim(t('palette.none'))]} />;
        const hidden = columns < WIDE_COLUMNS ? action?.reason : undefined;
        const reason = hidden === undefined ? [] : wrapToWidth(hidden, columns, '');
        return (
          <>
            <Lines lines={[line]} />
            <Choice
              options={paletteOptions(actions, theme)}
              chosen={chosen}
              focused
              columns={columns}
              rows={rows - 1 - reason.length}
            />
            <Lines lines={reason.map(style.warn)} />
          </>
        );
      }}
    </AppFrame>
  );
}
