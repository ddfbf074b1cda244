/** Questions before something ends: the network, or the program. */
import { useFace } from '../ui/face.tsx';
import { Lines } from '../ui/lines.tsx';
import { AppFrame } from './app-frame.tsx';
import { isUnderWay } from './app-state.ts';
import { useDesk, useNavigation, useShown } from './use-app.ts';

export function DownScreen() {
  const { say } = useFace();
  const desk = useDesk();
  const { back } = useNavigation();
  const project = useShown((state) => state.network.nodes.length);
  return (
    <AppFrame
      title={say('down.title')}
      bindings={[
        {
          keys: ['enter', 'd'],
          label: say('key.down'),
          act: () => {
            back();
            desk.down();
          },
        },
        { keys: ['escape'], label: say('key.back'), act: back },
      ]}
    >
      {() => <Lines lines={[say('down.question', { count: String(project) }), say('down.ledgers')]} />}
    </AppFrame>
  );
}

export function LeaveScreen() {
  const { say, style } = useFace();
  const desk = useDesk();
  const { back } = useNavigation();
  const work = useShown((state) => state.work);
  const nodes = useShown((state) => state.network.nodes.length);
  const underWay = isUnderWay(work);
  return (
    <AppFrame
      title={say('leave.title')}
      bindings={[
        {
          keys: ['enter', 'k', 'q'],
          label: say(nodes > 0 ? 'key.keep' : 'key.leave'),
          act: () => desk.leave('stays'),
        },
        { keys: ['d'], label: say('key.down-and-leave'), when: nodes > 0, act: () => desk.leave('goes') },
        { keys: ['escape'], label: say('key.back'), act: back },
      ]}
    >
      {() => (
        <Lines
          lines={[
            ...(underWay ? [style.warn(say(work.kind === 'repairing' ? 'leave.repair' : 'leave.run'))] : []),
            ...(nodes > 0 ? [say('leave.network'), say('leave.keep')] : []),
          ]}
        />
      )}
    </AppFrame>
  );
}
