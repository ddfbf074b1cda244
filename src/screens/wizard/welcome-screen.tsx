/** The first screen: its choices, the project's status, and whether the machine is ready. */
import { useEffect, useState } from 'react';
import { Choice } from '../../ui/choice.tsx';
import type { Binding } from '../../ui/keys.ts';
import { Lines } from '../../ui/lines.tsx';
import { moved } from '../../ui/list-window.ts';
import { type Size, useSize, useTheme } from '../../ui/theme.tsx';
import { useScroll } from '../../ui/use-scroll.ts';
import { AppFrame } from '../app-frame.tsx';
import { unless } from '../unavailable.ts';
import { useApp, useNavigation } from '../use-app.ts';
import { withMore } from './canvas.ts';
import { useWizard } from './use-wizard.ts';
import {
  aboutLines,
  nextRepair,
  type WelcomeChoice,
  welcomeChoices,
  welcomeLines,
  welcomeOptions,
} from './welcome-lines.ts';

const PAGE = 5;

export function WelcomeScreen() {
  const theme = useTheme();
  const { t } = theme;
  const size = useSize();
  const app = useApp();
  const { wizard, state } = useWizard();
  const { push, help } = useNavigation();
  const choices = welcomeChoices(state);
  const [picked, setPicked] = useState<WelcomeChoice>();
  useEffect(() => wizard.perform('scan'), [wizard]);

  // Choices appear while the scan runs; the selection must not move.
  const chosen = Math.max(0, choices.indexOf(picked ?? choices[0] ?? 'begin'));
  const repair = nextRepair(state);
  const next = () => {
    const choice = choices[chosen];
    if (choice === 'network') return push({ id: 'dashboard' });
    if (choice === 'preset') return push({ id: 'preset' });
    if (choice === 'fresh') wizard.perform('resetAnswers');
    push({ id: choice === 'same' || choice === 'plan' ? 'review' : 'source' });
  };
  const options = welcomeOptions(state, theme);
  const canvas = { columns: size.columns, rows: size.rows, theme };
  const lines = welcomeLines(state, Date.now(), canvas);
  // Nothing stands above the lines if the choices could not be loaded.
  const gap = options.length > 0 ? [''] : [];
  const about = state.loaded && !state.returning ? aboutLines(canvas) : [];
  const above = about.length + options.length + gap.length;
  const scroll = useScroll(lines, 'top', above);
  const bindings: Binding[] = [
    {
      keys: ['enter'],
      label: t('key.next'),
      ...unless(choices.length > 0 ? undefined : t('why.no-choice')),
      act: next,
    },
    {
      keys: ['down', 'up', 'home', 'end'],
      label: t('key.pick'),
      ...unless(choices.length > 1 ? undefined : t('why.no-choice')),
      act: ({ name }) => setPicked(choices[moved(chosen, name, choices.length, PAGE)]),
    },
    {
      keys: ['f'],
      label: repair === undefined ? t('key.repair-first') : t('key.repair', { code: repair }),
      ...unless(
        state.repair && !state.repair.ended ? t('why.repair-runs') : undefined,
        repair === undefined ? t('why.no-repair') : undefined,
      ),
      act: () => repair !== undefined && wizard.perform('repair', repair),
    },
    {
      keys: ['r'],
      label: t('key.again'),
      ...unless(state.doctor.running && state.loadFailure === undefined ? t('why.checking') : undefined),
      act: () => wizard.perform('scan'),
    },
    { ...scroll.binding, keys: ['pagedown', 'pageup'] },
    { keys: ['?'], label: t('key.help'), act: () => help('images') },
  ];
  const body = ({ columns, rows }: Size) => {
    const room = rows - above;
    return (
      <>
        <Lines lines={about} />
        <Choice options={options} chosen={chosen} focused columns={columns} rows={options.length} />
        <Lines lines={[...gap, ...withMore(scroll.view(room), scroll.below(room), theme)]} />
      </>
    );
  };
  return (
    <AppFrame title={app.version} state={state.dir} bindings={bindings}>
      {body}
    </AppFrame>
  );
}
