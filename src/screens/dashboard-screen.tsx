/** Dashboard: the running network and the actions on it. */
import { useEffect, useState } from 'react';
import { renderSmoke } from '../report/smoke-text.ts';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { MOVING_KEYS, moved } from '../ui/list-window.ts';
import { useTheme } from '../ui/theme.tsx';
import { AppFrame } from './app-frame.tsx';
import { isUnderWay, type RunCommand } from './app-state.ts';
import { changeLines, dashboardView, downNode, proofTitle, shortNode } from './dashboard-view.ts';
import { useApp, useAppState, useNavigation } from './use-app.ts';

export function DashboardScreen() {
  const theme = useTheme();
  const { t, style } = theme;
  const app = useApp();
  const { push } = useNavigation();
  const network = useAppState((state) => state.network);
  const proof = useAppState((state) => state.proof);
  const work = useAppState((state) => state.work);
  const watching = useAppState((state) => state.watching);
  const [cursor, setCursor] = useState(0);
  useEffect(() => app.observeNetwork(), [app]);

  const chosen = Math.min(cursor, Math.max(0, network.nodes.length - 1));
  const down = downNode(network, chosen);
  const node = network.nodes[chosen];
  const underWay = isUnderWay(work) || work.kind === 'stopping';
  const empty = network.known && network.nodes.length === 0;
  const run = (request: RunCommand) => () => {
    app.run(request);
    push({ id: 'run' });
  };
  const idle = !underWay && !empty;
  const bindings: Binding[] = [
    { keys: ['enter'], label: t('key.up'), when: empty && !underWay, act: run({ command: 'up' }) },
    {
      keys: ['enter'],
      label: t('key.start-node', { node: shortNode(down?.node ?? '') }),
      when: down !== undefined,
      act: () => down && app.startNode(down.node),
    },
    { keys: ['enter'], label: t('key.show-run'), when: underWay, act: () => push({ id: 'run' }) },
    { keys: ['r'], label: t('key.rebuild'), when: idle, act: run({ command: 'rebuild', smoke: true }) },
    {
      keys: ['R'],
      label: t('key.rebuild-all'),
      minor: true,
      when: idle,
      act: run({ command: 'rebuild', smoke: true, force: true }),
    },
    { keys: ['s'], label: t('key.smoke'), when: idle, act: run({ command: 'smoke' }) },
    { keys: ['l'], label: t('key.logs'), act: () => push({ id: 'logs', node: node?.node }) },
    { keys: ['x'], label: t('key.resolve'), minor: true, when: !empty, act: () => app.showResolve() },
    { keys: ['d'], label: t('key.down'), when: idle, act: () => push({ id: 'down' }) },
    {
      keys: ['w'],
      label: t(watching ? 'key.unwatch' : 'key.watch'),
      when: !empty,
      act: () => app.toggleWatch(),
    },
    {
      keys: ['p'],
      label: t('key.proof'),
      minor: true,
      when: proof !== undefined,
      act: () =>
        proof &&
        push({
          id: 'text',
          title: proofTitle(proof, theme),
          lines: (columns) => [
            ...changeLines(proof, columns, theme),
            ...renderSmoke(proof.result, style, columns),
          ],
        }),
    },
    {
      keys: MOVING_KEYS,
      act: ({ name }) => setCursor(moved(chosen, name, network.nodes.length, network.nodes.length)),
    },
    { keys: ['?'], label: t('key.help'), act: () => app.showTopic(node?.role) },
  ];
  return (
    <AppFrame title={t('dashboard.title')} bindings={bindings}>
      {(body) => <Lines lines={dashboardView(network, proof, { ...body, theme, chosen })} />}
    </AppFrame>
  );
}
