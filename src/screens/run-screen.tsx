/** A run from its plan to its end. */
import { renderPlan } from '../report/plan-text.ts';
import { useFace } from '../ui/face.tsx';
import { Frame } from '../ui/frame.tsx';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { useDesk, useShown } from './use-app.ts';

export function RunScreen() {
  const { say, style } = useFace();
  const desk = useDesk();
  const work = useShown((state) => state.work);
  const bindings: Binding[] = [
    { keys: ['enter'], label: say('key.start'), when: work.kind === 'planned', act: desk.start },
  ];
  return (
    <Frame title={say('run.title')} bindings={bindings}>
      {({ columns }) => (
        <Lines
          lines={work.kind === 'planned' ? renderPlan(work.plan, style, columns).split('\n') : [work.kind]}
        />
      )}
    </Frame>
  );
}
