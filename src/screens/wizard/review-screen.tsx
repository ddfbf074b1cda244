/** The plan before it runs; Enter runs it and keeps the answers. */
import { useEffect, useRef, useState } from 'react';
import { renderFailure } from '../../report/failure-block.ts';
import { renderStages } from '../../report/plan-text.ts';
import { leastBodyRows } from '../../ui/frame-size.ts';
import type { Binding } from '../../ui/keys.ts';
import { Lines } from '../../ui/lines.tsx';
import { useSize, useTheme } from '../../ui/theme.tsx';
import { useScroll } from '../../ui/use-scroll.ts';
import type { Work } from '../app-state.ts';
import { useApp, useNavigation, useShown } from '../use-app.ts';
import { type Canvas, withMore } from './canvas.ts';
import { equivalentLines, summaryLines } from './review-lines.ts';
import { useWizard } from './use-wizard.ts';
import { WizardFrame } from './wizard-frame.tsx';
import { brokenForm } from './wizard-state.ts';

function workLines(work: Work, { columns, theme }: Canvas): readonly string[] {
  const { style, t } = theme;
  switch (work.kind) {
    case 'planned':
      return renderStages(work.plan, style, columns);
    case 'refused':
      return renderFailure(work.failure, { style, columns });
    case 'preparing': {
      const now = work.starts
        ? style.warn(`${style.symbol.pointer} ${t('review.starts')}`)
        : style.dim(t('review.planning'));
      return [now, ...work.said];
    }
    default:
      return [style.dim(t('review.idle'))];
  }
}

export function ReviewScreen() {
  const theme = useTheme();
  const { t } = theme;
  const size = useSize();
  const app = useApp();
  const { wizard, state } = useWizard();
  const { to, replace, back } = useNavigation();
  const work = useShown((app) => app.work);
  const [command, setCommand] = useState(false);
  const { equivalent } = state;
  const broken = brokenForm(state);

  // Whoever came straight from the first screen may have a file with something wrong in it.
  useEffect(() => {
    if (broken) replace({ id: broken });
  }, [broken, replace]);
  useEffect(() => {
    if (!broken) app.prepare({ command: 'up' });
    return app.dismiss;
  }, [broken, app]);

  const showCommand = () => {
    if (!command) wizard.compare();
    setCommand(!command);
  };
  const running = work.kind === 'running';
  // Whatever else may run behind this screen leads nowhere from here.
  const wished = useRef(false);
  const run = () => {
    wished.current = true;
    app.start();
  };
  useEffect(() => {
    if (running && wished.current) to({ id: 'run' });
  }, [running, to]);
  const waits = work.kind === 'preparing' && work.starts;
  const goBack = () => {
    if (command) return setCommand(false);
    if (!waits) return back();
    wished.current = false;
    app.hold();
  };
  const canvas = { columns: size.columns, rows: leastBodyRows(size), theme };
  const below = work.kind === 'planned' && !command ? ['', ...summaryLines(state, work.plan, canvas)] : [];
  const scroll = useScroll(
    command && equivalent ? equivalentLines(equivalent, canvas) : workLines(work, canvas),
    work.kind === 'preparing' && !command ? 'end' : 'top',
    t('key.scroll'),
    below.length,
  );
  const bindings: Binding[] = [
    {
      keys: ['enter'],
      label: t('key.start'),
      when: (work.kind === 'planned' || (work.kind === 'preparing' && !waits)) && !command,
      act: run,
    },
    {
      keys: ['r'],
      label: t('key.again'),
      when: work.kind === 'refused' || work.kind === 'idle',
      act: () => app.prepare({ command: 'up' }),
    },
    {
      keys: ['escape'],
      label: t(waits && !command ? 'key.wait' : 'key.back'),
      act: goBack,
    },
    { keys: ['p'], label: t('key.command'), act: showCommand },
    scroll.binding,
  ];
  return (
    <WizardFrame screen="review" bindings={bindings}>
      {({ rows }) => {
        const room = rows - below.length;
        return <Lines lines={[...withMore(scroll.view(room), scroll.below(room), theme), ...below]} />;
      }}
    </WizardFrame>
  );
}
