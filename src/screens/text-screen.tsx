/** Something to read, longer than the terminal or not. */
import { useFace, useSize } from '../ui/face.tsx';
import { Lines } from '../ui/lines.tsx';
import { useScroll } from '../ui/use-scroll.ts';
import { AppFrame } from './app-frame.tsx';
import type { Place } from './places.ts';
import { useNavigation } from './use-app.ts';

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
