/** The list of topics, and the explanation of one topic. */
import { useState } from 'react';
import { Choice } from '../ui/choice.tsx';
import { Lines } from '../ui/lines.tsx';
import { MOVING_KEYS, moved } from '../ui/list-window.ts';
import { useSize, useTheme } from '../ui/theme.tsx';
import { useScroll } from '../ui/use-scroll.ts';
import { AppFrame } from './app-frame.tsx';
import type { Route } from './navigation.ts';
import { unless } from './unavailable.ts';
import { useApp, useNavigation } from './use-app.ts';

export function TopicsScreen({ topics }: Extract<Route, { id: 'topics' }>) {
  const { t } = useTheme();
  const { rows } = useSize();
  const app = useApp();
  const { back } = useNavigation();
  const [chosen, setChosen] = useState(0);
  return (
    <AppFrame
      title={t('explain.title')}
      bindings={[
        { keys: ['enter'], label: t('key.read'), act: () => app.showTopic(topics[chosen]?.topic) },
        { keys: ['escape'], label: t('key.back'), act: back },
        {
          keys: MOVING_KEYS,
          listed: t('key.move'),
          act: ({ name }) => setChosen((index) => moved(index, name, topics.length, Math.max(1, rows - 6))),
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

export function ExplainScreen({ topic, lines, see }: Extract<Route, { id: 'explain' }>) {
  const { t, style } = useTheme();
  const { columns } = useSize();
  const app = useApp();
  const { back } = useNavigation();
  const [next, setNext] = useState(0);
  const scroll = useScroll(lines(columns), 'top');
  const chosen = see[next % Math.max(1, see.length)];
  const name = (each: string) =>
    each === chosen ? style.strong(`${style.symbol.pointer} ${each}`) : `  ${each}`;
  return (
    <AppFrame
      title={`${t('explain.title')} ${style.symbol.dot} ${topic}`}
      bindings={[
        {
          keys: ['enter'],
          label: t('key.read'),
          ...unless(chosen === undefined ? t('why.no-related') : undefined),
          act: () => app.showTopic(chosen),
        },
        {
          keys: ['tab', 'right'],
          label: t('key.next-topic'),
          ...unless(see.length > 1 ? undefined : t('why.one-choice')),
          act: () => setNext((index) => index + 1),
        },
        { keys: ['escape'], label: t('key.back'), act: back },
        scroll.binding,
      ]}
    >
      {({ rows }) => (
        <Lines lines={[...scroll.view(rows - 2), ...(see.length > 0 ? ['', see.map(name).join(' ')] : [])]} />
      )}
    </AppFrame>
  );
}
