/** Selects a preset, whose choices become answers; the plan follows. A preset that the release cannot have stays here. */
import { useState } from 'react';
import { PRESETS } from '../../pipeline/config/presets.ts';
import { Choice } from '../../ui/choice.tsx';
import type { Binding } from '../../ui/keys.ts';
import { Lines } from '../../ui/lines.tsx';
import { moved } from '../../ui/list-window.ts';
import { useTheme } from '../../ui/theme.tsx';
import { AppFrame } from '../app-frame.tsx';
import { unless } from '../unavailable.ts';
import { useNavigation } from '../use-app.ts';
import { presetLines, presetOptions, whyNot } from './preset-lines.ts';
import { useWizard } from './use-wizard.ts';

export function PresetScreen() {
  const theme = useTheme();
  const { t } = theme;
  const { wizard, state } = useWizard();
  const { push, back } = useNavigation();
  const [chosen, setChosen] = useState(0);
  const preset = PRESETS[chosen] ?? 'raft';
  const why = whyNot(state, preset);
  const bindings: readonly Binding[] = [
    {
      keys: ['enter'],
      label: t('key.next'),
      ...unless(why && theme.translate(why)),
      act: () => {
        wizard.perform('applyPreset', preset);
        push({ id: 'review' });
      },
    },
    { keys: ['escape'], label: t('key.back'), act: back },
    {
      keys: ['down', 'up', 'home', 'end'],
      label: t('key.pick'),
      act: ({ name }) => setChosen(moved(chosen, name, PRESETS.length, PRESETS.length)),
    },
  ];
  return (
    <AppFrame title={t('preset.title')} bindings={bindings}>
      {({ columns, rows }) => (
        <>
          <Choice
            options={presetOptions(state, theme)}
            chosen={chosen}
            focused
            columns={columns}
            rows={PRESETS.length}
          />
          <Lines
            lines={['', ...presetLines(state, preset, { columns, rows: rows - PRESETS.length - 1, theme })]}
          />
        </>
      )}
    </AppFrame>
  );
}
