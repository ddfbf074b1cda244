/** A run: its plan, the progress of its stages, and, after a failure, the cause and next steps. */
import { useEffect, useState } from 'react';
import type { RunState } from '../pipeline/core/run-state.ts';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { type Size, type Theme, useSize, useTheme } from '../ui/theme.tsx';
import { useNow } from '../ui/use-now.ts';
import { type Scroll, useScroll } from '../ui/use-scroll.ts';
import { AppFrame } from './app-frame.tsx';
import type { AppState, RunCommand, Work } from './app-state.ts';
import { failurePlace, lastFailureLines, lastFailures, portBaseInstead } from './last-failure.ts';
import { planLines, startBinding } from './plan-lines.ts';
import { isTitle, loggedStage, nextLoggedStage, overallLine, runView } from './run-view.ts';
import { unless, workReason } from './unavailable.ts';
import { useApp, useAppState, useNavigation } from './use-app.ts';

/** Rows of the progress bar of a failed run, with a blank row. */
const OVERALL_ROWS = 2;
/** The clock shows seconds. */
const TICK_MS = 1000;

/** Scrolling through the plan, or through the failure, whose title is visible at first. */
function useRunScroll(work: Work, run: RunState): Scroll {
  const theme = useTheme();
  const { columns } = useSize();
  const plan = work.kind === 'planned' ? planLines(work, theme, columns) : undefined;
  const failure = lastFailureLines({ work, run }, theme, columns);
  const title = failure.findIndex((line) => isTitle(line, theme));
  const reserved = run.outcome === 'failed' ? OVERALL_ROWS : 0;
  return useScroll(plan ?? failure, plan ? 'top' : Math.max(0, title), reserved);
}

interface Drawn extends Size {
  readonly theme: Theme;
  readonly scroll: Scroll;
  /** Id of the stage whose log to show. */
  readonly chosen: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

function runLines(run: RunState, { theme, columns, rows, scroll, chosen, now }: Drawn): readonly string[] {
  if (run.outcome !== 'failed') return runView(run, { theme, columns, rows, chosen, now });
  return [overallLine(run, theme, columns, now), '', ...scroll.view(rows - OVERALL_ROWS)];
}

function bodyLines({ work, run }: Pick<AppState, 'work' | 'run'>, drawn: Drawn): readonly string[] {
  const { theme, rows, scroll } = drawn;
  switch (work.kind) {
    case 'preparing':
      return [theme.style.dim(theme.t('app.loading')), ...work.notices.map(theme.translate)].slice(-rows);
    case 'planned':
    case 'refused':
      return scroll.view(rows);
    case 'idle':
    case 'repairing':
    case 'stopping':
      // The last run can be opened after other work, too.
      return run.outcome === undefined ? [] : runLines(run, drawn);
    case 'running':
    case 'ended':
      return runLines(run, drawn);
  }
}

/** The key that moves a network to other ports and starts it again, after ports in use have made it fail. */
function usePortKey(
  outcome: Pick<AppState, 'work' | 'run'>,
  request: RunCommand | undefined,
): readonly Binding[] {
  const { t } = useTheme();
  const app = useApp();
  const port = portBaseInstead(outcome);
  // The other commands use the network as it is.
  if (port === undefined || request?.command !== 'up') return [];
  const act = () => {
    app.wizard.perform('answer', 'portBase', port);
    // As in the review, so that the answer is saved.
    app.preparePlan(request);
    app.startPlan();
  };
  return [{ keys: ['f'], label: t('key.other-ports', { port }), act }];
}

export function RunScreen() {
  const theme = useTheme();
  const { t } = theme;
  const app = useApp();
  const { popTo, back, help } = useNavigation();
  const work = useAppState((state) => state.work);
  const run = useAppState((state) => state.run);
  const lastRequest = useAppState((state) => state.lastRequest);
  const previous = useAppState((state) => state.navigation.at(-2)?.id);
  const [chosen, setChosen] = useState<string>();
  const running = work.kind === 'running';
  const now = useNow(running ? TICK_MS : undefined);
  const scroll = useRunScroll(work, run);

  const ended = work.kind === 'ended';
  const done = ended && run.outcome === 'done';
  const command = ended ? work.request.command : undefined;
  useEffect(() => {
    // The results of tests are on this screen.
    if (done && command !== 'test') popTo({ id: command === 'deploy' ? 'chaincodes' : 'dashboard' });
  }, [done, command, popTo]);

  // A plan or a refusal is shown in place of the last run.
  const showsRun = work.kind !== 'preparing' && work.kind !== 'planned' && work.kind !== 'refused';
  const logged = showsRun ? loggedStage(run, chosen) : undefined;
  const request = 'request' in work ? work.request : lastRequest;
  const stopped = lastFailures({ work, run }).length > 0 || (ended && !done);
  const underWay = running || work.kind === 'preparing';
  const busy = workReason(work, theme);
  const notFailed = stopped ? undefined : t('why.not-failed');
  const place = failurePlace({ work, run });
  const bindings: readonly Binding[] = [
    ...(work.kind === 'planned' ? [startBinding(work, t, () => app.startPlan())] : []),
    {
      keys: ['r'],
      label: t(showsRun && run.outcome === 'failed' ? 'key.retry-here' : 'key.retry'),
      ...unless(busy, notFailed),
      act: () => request && app.run(request),
    },
    ...usePortKey({ work, run }, request),
    {
      keys: ['e'],
      label: place
        ? t('key.edit-at', { place: `${place.file.split('/').at(-1)}:${place.line}` })
        : t('key.edit-error'),
      ...unless(busy, notFailed, place ? undefined : t('why.no-place')),
      act: () => place && app.openEditor(place),
    },
    {
      keys: ['escape'],
      label: t(previous === 'review' ? 'key.edit' : 'key.back'),
      when: previous !== undefined,
      ...unless(underWay ? busy : undefined),
      act: back,
    },
    {
      keys: ['tab'],
      label: t('key.next-log'),
      ...unless(running ? undefined : t('why.no-run')),
      act: () => setChosen(nextLoggedStage(run, logged?.id)),
    },
    {
      keys: ['o'],
      label: t('key.open-log'),
      ...unless(logged && logged.tail.lines.length > 0 ? undefined : t('why.no-log')),
      act: () => logged && app.openLog(logged.id),
    },
    scroll.binding,
    { keys: ['?'], label: t('key.help'), act: () => help(logged?.id) },
    { keys: ['ctrl+c'], label: t('key.cancel'), when: underWay, act: () => app.interrupt() },
  ];

  return (
    <AppFrame title={t('run.title')} bindings={bindings}>
      {(body) => <Lines lines={bodyLines({ work, run }, { ...body, theme, scroll, chosen, now })} />}
    </AppFrame>
  );
}
