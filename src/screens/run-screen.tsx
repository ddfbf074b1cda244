/** A run: its plan, its stages while it goes on, and, where it failed, why and what helps. */
import { useEffect, useState } from 'react';
import { renderFailure } from '../report/failure-block.ts';
import { renderPlan } from '../report/plan-text.ts';
import { type Size, useFace, useSize } from '../ui/face.tsx';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { useNow } from '../ui/use-now.ts';
import { useScroll } from '../ui/use-scroll.ts';
import { AppFrame } from './app-frame.tsx';
import { failureLines, isTitle, loggedStage, nextLogged, overallLine, runView } from './run-view.ts';
import { useDesk, useNavigation, useShown } from './use-app.ts';

/** The bar of a failed run, and the blank row under it. */
const OVERALL_ROWS = 2;
/** The clock of a run shows seconds. */
const TICK_MS = 1000;

export function RunScreen() {
  const face = useFace();
  const { say } = face;
  const desk = useDesk();
  const { arrive, back } = useNavigation();
  const work = useShown((state) => state.work);
  const run = useShown((state) => state.run);
  const before = useShown((state) => state.way.at(-2)?.id);
  const [chosen, setChosen] = useState<string>();
  const running = work.kind === 'running';
  const now = useNow(running ? TICK_MS : undefined);
  const { columns } = useSize();
  const planned =
    work.kind === 'planned' ? renderPlan(work.plan, face.style, columns).split('\n') : undefined;
  const why =
    work.kind === 'refused'
      ? renderFailure(work.failure, { style: face.style, columns })
      : failureLines(run, face, columns);
  // What went wrong is in sight, whatever comes after it.
  const title = Math.max(
    0,
    why.findIndex((line) => isTitle(line, face)),
  );
  const scroll = useScroll(
    planned ?? why,
    planned ? 'top' : title,
    say('key.scroll'),
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
    { keys: ['enter'], label: say('key.start'), when: work.kind === 'planned', act: () => desk.start() },
    {
      keys: ['r'],
      label: say(run.outcome === 'failed' ? 'key.retry-here' : 'key.retry'),
      when: stopped,
      act: () => 'request' in work && desk.run(work.request),
    },
    {
      keys: ['escape'],
      label: say(before === 'review' ? 'key.edit' : 'key.back'),
      when: !underWay && before !== undefined,
      act: back,
    },
    {
      keys: ['tab'],
      label: say('key.next-log'),
      when: running,
      act: () => setChosen(nextLogged(run, logged?.id)),
    },
    {
      keys: ['o'],
      label: say('key.open-log'),
      when: (logged?.tail.lines.length ?? 0) > 0,
      act: () => logged && desk.openLog(logged.id),
    },
    scroll.binding,
    { keys: ['?'], label: say('key.help'), act: () => desk.explain(logged?.id) },
    { keys: ['ctrl+c'], label: say('key.cancel'), when: underWay, act: () => desk.interrupt() },
  ];

  const lines = ({ columns, rows }: Size): readonly string[] => {
    switch (work.kind) {
      case 'idle':
        return [];
      case 'preparing':
        return [face.style.dim(say('app.loading')), ...work.said].slice(-rows);
      case 'planned':
      case 'refused':
        return scroll.view(rows);
      case 'repairing':
      case 'stopping':
        return [];
      case 'running':
      case 'ended':
        if (run.outcome !== 'failed') return runView(run, { face, columns, rows, chosen, now });
        return [overallLine(run, face, columns, now), '', ...scroll.view(rows - OVERALL_ROWS)];
    }
  };
  return (
    <AppFrame title={say('run.title')} bindings={bindings}>
      {(body) => <Lines lines={lines(body)} />}
    </AppFrame>
  );
}
