/** Questions before something ends: the network, or the program. */
import { wrapToWidth } from '../report/terminal-text.ts';
import { useFace } from '../ui/face.tsx';
import { Lines } from '../ui/lines.tsx';
import { AppFrame } from './app-frame.tsx';
import { isUnderWay } from './app-state.ts';
import { useDesk, useNavigation, useShown } from './use-app.ts';

export function DownScreen() {
  const { say } = useFace();
  const desk = useDesk();
  const { back } = useNavigation();
  const nodes = useShown((state) => state.network.nodes.length);
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
      {({ columns }) => (
        <Lines
          lines={[say('down.question', { count: String(nodes) }), say('down.ledgers')].flatMap((text) =>
            wrapToWidth(text, columns, ''),
          )}
        />
      )}
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
  const ending = say(work.kind === 'repairing' ? 'leave.repair' : 'leave.run');
  return (
    <AppFrame
      title={say('leave.title')}
      bindings={[
        {
          keys: ['enter', 'k', 'q'],
          label: say(nodes > 0 ? 'key.keep' : 'key.leave'),
          act: () => desk.leave('stays'),
        },
        { keys: ['escape'], label: say('key.back'), act: back },
        { keys: ['d'], label: say('key.down-and-leave'), when: nodes > 0, act: () => desk.leave('goes') },
      ]}
    >
      {({ columns }) => (
        <Lines
          lines={[
            ...(underWay ? wrapToWidth(ending, columns, '').map(style.warn) : []),
            ...(nodes > 0 ? [say('leave.network'), ...wrapToWidth(say('leave.keep'), columns, '')] : []),
          ]}
        />
      )}
    </AppFrame>
  );
}
