/** Something to read, longer than the terminal or not; where it tells of a problem, with the keys that repair it. */
import { useFace, useSize } from '../ui/face.tsx';
import { Lines } from '../ui/lines.tsx';
import { useScroll } from '../ui/use-scroll.ts';
import { AppFrame } from './app-frame.tsx';
import type { Place } from './places.ts';
import { useDesk, useNavigation } from './use-app.ts';

export function TextScreen({ title, lines }: Extract<Place, { id: 'text' }>) {
  const { say } = useFace();
  const size = useSize();
  const { back } = useNavigation();
  const scroll = useScroll(lines(size.columns), 'top', say('key.scroll'));
  return (
    <AppFrame
      title={title}
      bindings={[{ keys: ['escape', 'enter'], label: say('key.back'), act: back }, scroll.binding]}
    >
      {({ rows }) => <Lines lines={scroll.view(rows)} />}
    </AppFrame>
  );
}

const REPAIR_KEYS = { tag: 't', override: 'e', build: 'b' } as const;

export function ResolveScreen({ lines, repairs }: Extract<Place, { id: 'resolve' }>) {
  const { say } = useFace();
  const size = useSize();
  const desk = useDesk();
  const { back } = useNavigation();
  const scroll = useScroll(lines(size.columns), 'top', say('key.scroll'));
  /** Of two repairs of one kind the first is the likelier one. */
  const byKey = new Map(repairs.toReversed().map((repair) => [REPAIR_KEYS[repair.way], repair]));
  return (
    <AppFrame
      title={say('resolve.title')}
      bindings={[
        ...[...byKey].map(([key, repair]) => ({
          keys: [key],
          label: say(`key.repair-${repair.way}`),
          act: () => desk.repair(repair),
        })),
        { keys: ['escape', 'enter'], label: say('key.back'), act: back },
        scroll.binding,
      ]}
    >
      {({ rows }) => <Lines lines={scroll.view(rows)} />}
    </AppFrame>
  );
}
