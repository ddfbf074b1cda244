/** A run: its plan, its stages while it goes on, and, where it failed, why and what helps. */
import { useEffect, useState } from 'react';
import { renderFailure } from '../report/failure-block.ts';
import { renderPlan } from '../report/plan-text.ts';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { type Size, useSize, useTheme } from '../ui/theme.tsx';
import { useNow } from '../ui/use-now.ts';
import { useScroll } from '../ui/use-scroll.ts';
import { AppFrame } from './app-frame.tsx';
import { failureLines, isTitle, loggedStage, nextLogged, overallLine, runView } from './run-view.ts';
import { useApp, useNavigation, useShown } from './use-app.ts';

/** The bar of a failed run, and the blank row under it. */
const OVERALL_ROWS = 2;
/** The clock of a run shows seconds. */
const TICK_MS = 1000;

export function RunScreen() {
  const theme = useTheme();
  const { t } = theme;
  const app = useApp();
  const { arrive, back } = useNavigation();
  const work = useShown((state) => state.work);
  const run = useShown((state) => state.run);
  const before = useShown((state) => state.navigation.at(-2)?.id);
  const [chosen, setChosen] = useState<string>();
  const running = work.kind === 'running';
  const now = useNow(running ? TICK_MS : undefined);
  const { columns } = useSize();
  const planned =
    work.kind === 'planned' ? renderPlan(work.plan, theme.style, columns).split('\n') : undefined;
  const why =
    work.kind === 'refused'
      ? renderFailure(work.failure, { style: theme.style, columns })
      : failureLines(run, theme, columns);
  // What went wrong is in sight, whatever comes after it.
  const title = Math.max(
    0,
    why.findIndex((line) => isTitle(line, theme)),
  );
  const scroll = useScroll(
    planned ?? why,
    planned ? 'top' : title,
    t('key.scroll'),
    run.outcome === 'failed' ? OVERALL_ROWS : 0,
  );

  const ended = work.kind === 'ended';
  const done = ended && run.outcome === 'done';
  useEffect(() => {
    if (done) arrive({ id: 'dashboard' });
  }, [done, arrive]);

  const logged = loggedStage(run, chosen);
  const stopped = work.kind === 'refused' || (ended && !done);
  const underWay = running || work.kind === 'preparing';
  const bindings: Binding[] = [
    { keys: ['enter'], label: t('key.start'), when: work.kind === 'planned', act: () => app.start() },
    {
      keys: ['r'],
      label: t(run.outcome === 'failed' ? 'key.retry-here' : 'key.retry'),
      when: stopped,
      act: () => 'request' in work && app.run(work.request),
    },
    {
      keys: ['escape'],
      label: t(before === 'review' ? 'key.edit' : 'key.back'),
      when: !underWay && before !== undefined,
      act: back,
    },
    {
      keys: ['tab'],
      label: t('key.next-log'),
      when: running,
      act: () => setChosen(nextLogged(run, logged?.id)),
    },
    {
      keys: ['o'],
      label: t('key.open-log'),
      when: (logged?.tail.lines.length ?? 0) > 0,
      act: () => logged && app.openLog(logged.id),
    },
    scroll.binding,
    { keys: ['?'], label: t('key.help'), act: () => app.explain(logged?.id) },
    { keys: ['ctrl+c'], label: t('key.cancel'), when: underWay, act: () => app.interrupt() },
  ];

  const lines = ({ columns, rows }: Size): readonly string[] => {
    switch (work.kind) {
      case 'idle':
        return [];
      case 'preparing':
        return [theme.style.dim(t('app.loading')), ...work.said].slice(-rows);
      case 'planned':
      case 'refused':
        return scroll.view(rows);
      case 'repairing':
      case 'stopping':
        return [];
      case 'running':
      case 'ended':
        if (run.outcome !== 'failed') return runView(run, { theme, columns, rows, chosen, now });
        return [overallLine(run, theme, columns, now), '', ...scroll.view(rows - OVERALL_ROWS)];
    }
  };
  return (
    <AppFrame title={t('run.title')} bindings={bindings}>
      {(body) => <Lines lines={lines(body)} />}
    </AppFrame>
  );
}
