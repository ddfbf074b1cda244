/** The learner's companion: all that can be explained, and one of it. */
import { useState } from 'react';
import { Choice } from '../ui/choice.tsx';
import { useFace, useSize } from '../ui/face.tsx';
import { Lines } from '../ui/lines.tsx';
import { MOVING_KEYS, moved } from '../ui/list-window.ts';
import { useScroll } from '../ui/use-scroll.ts';
import { AppFrame } from './app-frame.tsx';
import type { Place } from './places.ts';
import { useDesk, useNavigation } from './use-app.ts';

export function TopicsScreen({ topics }: Extract<Place, { id: 'topics' }>) {
  const { say } = useFace();
  const { rows } = useSize();
  const desk = useDesk();
  const { back } = useNavigation();
  const [chosen, setChosen] = useState(0);
  return (
    <AppFrame
      title={say('explain.title')}
      bindings={[
        { keys: ['enter'], label: say('key.read'), act: () => desk.explain(topics[chosen]?.topic) },
        { keys: ['escape'], label: say('key.back'), act: back },
        {
          keys: MOVING_KEYS,
          act: ({ name }) => setChosen((was) => moved(was, name, topics.length, Math.max(1, rows - 6))),
        },
      ]}
    >
      {(body) => (
        <Choice
          options={topics.map(({ topic, title }) => ({ label: topic, hint: title }))}
          chosen={chosen}
          focused
          columns={body.columns}
          rows={body.rows}
        />
      )}
    </AppFrame>
  );
}

export function ExplainScreen({ topic, lines, see }: Extract<Place, { id: 'explain' }>) {
  const { say, style } = useFace();
  const { columns } = useSize();
  const desk = useDesk();
  const { back } = useNavigation();
  const [next, setNext] = useState(0);
  const scroll = useScroll(lines(columns), 'top', say('key.scroll'));
  const chosen = see[next % Math.max(1, see.length)];
  const name = (each: string) =>
    each === chosen ? style.strong(`${style.symbol.pointer} ${each}`) : `  ${each}`;
  return (
    <AppFrame
      title={`${say('explain.title')} ${style.symbol.dot} ${topic}`}
      bindings={[
        {
          keys: ['enter'],
          label: say('key.read'),
          when: chosen !== undefined,
          act: () => desk.explain(chosen),
        },
        {
          keys: ['tab', 'right'],
          label: say('key.next-topic'),
          when: see.length > 1,
          act: () => setNext((was) => was + 1),
        },
        { keys: ['escape'], label: say('key.back'), act: back },
        scroll.binding,
      ]}
    >
      {({ rows }) => (
        <Lines lines={[...scroll.view(rows - 2), ...(see.length > 0 ? ['', see.map(name).join(' ')] : [])]} />
      )}
    </AppFrame>
  );
}
