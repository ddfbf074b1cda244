/** Something to read, longer than the terminal or not; where it tells of a problem, with the keys that repair it. */
import { useFace, useSize } from '../ui/face.tsx';
import { Lines } from '../ui/lines.tsx';
import { useNow } from '../ui/use-now.ts';
import { useScroll } from '../ui/use-scroll.ts';
import { AppFrame } from './app-frame.tsx';
import { isUnderWay } from './app-state.ts';
import type { Place } from './places.ts';
import { repairView } from './repair-view.ts';
import { useDesk, useNavigation, useShown } from './use-app.ts';

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

/** The clock of a repair shows seconds. */
const TICK_MS = 1000;

export function ResolveScreen({ lines, repairs }: Extract<Place, { id: 'resolve' }>) {
  const face = useFace();
  const { say } = face;
  const size = useSize();
  const desk = useDesk();
  const { back } = useNavigation();
  const work = useShown((state) => state.work);
  const repairing = work.kind === 'repairing' ? work : undefined;
  const now = useNow(repairing ? TICK_MS : undefined);
  const scroll = useScroll(lines(size.columns), 'top', say('key.scroll'));
  const free = !isUnderWay(work);
  /** Of two repairs of one kind the first is the likelier one. */
  const byKey = new Map(repairs.toReversed().map((repair) => [REPAIR_KEYS[repair.way], repair]));
  return (
    <AppFrame
      title={say('resolve.title')}
      bindings={[
        ...[...byKey].map(([key, repair]) => ({
          keys: [key],
          label: say(`key.repair-${repair.way}`),
          when: free,
          act: () => desk.repair(repair),
        })),
        {
          keys: ['escape'],
          label: say('key.cancel'),
          when: repairing !== undefined,
          act: () => desk.cancel(),
        },
        { keys: ['escape', 'enter'], label: say('key.back'), when: repairing === undefined, act: back },
        { ...scroll.binding, when: scroll.binding.when !== false && repairing === undefined },
      ]}
    >
      {(body) => (
        <Lines lines={repairing ? repairView(repairing, { ...body, face, now }) : scroll.view(body.rows)} />
      )}
    </AppFrame>
  );
}
