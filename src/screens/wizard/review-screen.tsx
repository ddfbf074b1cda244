/** Shows the plan before it runs; Enter saves the answers and runs it. */
import { useEffect, useRef, useState } from 'react';
import { isCurrent } from '../../pipeline/core/plan.ts';
import { renderFailure } from '../../report/failure-block.ts';
import { renderReplacement, renderStages } from '../../report/plan-text.ts';
import { minBodyRows } from '../../ui/frame-size.ts';
import type { Binding } from '../../ui/keys.ts';
import { Lines } from '../../ui/lines.tsx';
import { useSize, useTheme } from '../../ui/theme.tsx';
import { useScroll } from '../../ui/use-scroll.ts';
import type { Work } from '../app-state.ts';
import { portBaseInstead } from '../last-failure.ts';
import type { Route } from '../navigation.ts';
import { startBinding, warningLines } from '../plan-lines.ts';
import { useApp, useAppState, useNavigation } from '../use-app.ts';
import { type Canvas, withMore } from './canvas.ts';
import type { FormId } from './questions.ts';
import { equivalentLines, summaryLines } from './review-lines.ts';
import { useWizard } from './use-wizard.ts';
import { WizardFrame } from './wizard-frame.tsx';
import { brokenForm } from './wizard-state.ts';

function workLines(work: Work, { columns, theme }: Canvas): readonly string[] {
  const { style, t } = theme;
  switch (work.kind) {
    case 'planned':
      return [
        ...renderReplacement(work.plan, style, columns),
        ...warningLines(work.warnings, theme, columns),
        ...renderStages(work.plan, style, columns, 'run-first'),
      ];
    case 'refused':
      return renderFailure(work.failure, { style, columns, wrapsCommands: true });
    case 'preparing': {
      const status = work.startsWhenReady
        ? style.warn(`${style.symbol.pointer} ${t('review.starts')}`)
        : style.dim(t('review.planning'));
      return [status, ...work.notices.map(theme.translate)];
    }
    default:
      return [style.dim(t('review.idle'))];
  }
}

/** Makes the plan of `up` while the screen is shown. A form with an invalid answer is shown instead. */
function usePlan(broken: FormId | undefined): void {
  const app = useApp();
  const { replace } = useNavigation();
  // The welcome screen leads here directly; the loaded file may have an invalid value.
  useEffect(() => {
    if (broken) replace({ id: broken });
  }, [broken, replace]);
  useEffect(() => {
    if (!broken) app.preparePlan({ command: 'up' });
    return app.dismissPlan;
  }, [broken, app]);
}

interface Start {
  readonly begin: () => void;
  /** Reverts `begin` while the plan is still being made. */
  readonly revert: () => void;
}

/** Starts the plan, and opens the run screen when the run has started. */
function useStart(running: boolean): Start {
  const app = useApp();
  const { push } = useNavigation();
  // Only a start that was requested here opens the run screen.
  const startRequested = useRef(false);
  useEffect(() => {
    if (running && startRequested.current) push({ id: 'run' });
  }, [running, push]);
  return {
    begin: () => {
      startRequested.current = true;
      app.startPlan();
    },
    revert: () => {
      startRequested.current = false;
      app.cancelStart();
    },
  };
}

/** The key that moves a refused network to other ports and makes the plan again. */
function usePortKey(work: Work): readonly Binding[] {
  const { t } = useTheme();
  const app = useApp();
  const { wizard } = useWizard();
  const run = useAppState((state) => state.run);
  const port = work.kind === 'refused' ? portBaseInstead({ work, run }) : undefined;
  if (port === undefined) return [];
  const act = () => {
    wizard.perform('answer', 'portBase', port);
    app.preparePlan({ command: 'up' });
  };
  return [{ keys: ['f'], label: t('key.other-ports', { port }), act }];
}

/** Shows the dashboard if the plan finds everything as it should be. */
function useDashboardInstead(enabled: boolean, work: Work): void {
  const { store } = useApp();
  const { replace } = useNavigation();
  const { t } = useTheme();
  const isDone = enabled && work.kind === 'planned' && isCurrent(work.plan);
  useEffect(() => {
    if (!isDone) return;
    replace({ id: 'dashboard' });
    store.updateNow((state) => ({ ...state, success: t('review.current') }));
  }, [isDone, replace, store, t]);
}

export function ReviewScreen({ unlessCurrent = false }: Omit<Extract<Route, { id: 'review' }>, 'id'>) {
  const theme = useTheme();
  const { t } = theme;
  const size = useSize();
  const app = useApp();
  const { wizard, state } = useWizard();
  const { back } = useNavigation();
  const work = useAppState((app) => app.work);
  const [showsCommand, setShowsCommand] = useState(false);
  const { equivalent } = state;
  usePlan(brokenForm(state));
  useDashboardInstead(unlessCurrent, work);
  const start = useStart(work.kind === 'running');

  const toggleCommand = () => {
    if (!showsCommand) wizard.perform('showEquivalent');
    setShowsCommand(!showsCommand);
  };
  const willStart = work.kind === 'preparing' && work.startsWhenReady;
  const goBack = () => {
    if (showsCommand) return setShowsCommand(false);
    if (willStart) start.revert();
    else back();
  };
  const canvas = { columns: size.columns, rows: minBodyRows(size), theme };
  const below =
    work.kind === 'planned' && !showsCommand ? ['', ...summaryLines(state, work.plan, canvas)] : [];
  const scroll = useScroll(
    showsCommand && equivalent ? equivalentLines(equivalent, canvas) : workLines(work, canvas),
    work.kind === 'preparing' && !showsCommand ? 'end' : 'top',
    below.length,
  );
  const bindings: readonly Binding[] = [
    ...(work.kind === 'planned' && !showsCommand ? [startBinding(work, t, start.begin)] : []),
    {
      keys: ['enter'],
      label: t('key.start'),
      when: work.kind === 'preparing' && !willStart && !showsCommand,
      act: start.begin,
    },
    {
      keys: ['r'],
      label: t('key.again'),
      when: work.kind === 'refused' || work.kind === 'idle',
      act: () => app.preparePlan({ command: 'up' }),
    },
    {
      keys: ['escape'],
      label: t(willStart && !showsCommand ? 'key.wait' : 'key.back'),
      act: goBack,
    },
    ...usePortKey(work),
    { keys: ['p'], label: t('key.command'), act: toggleCommand },
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
