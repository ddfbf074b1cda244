/** The network that runs, and all that can be done with it. */
import { useEffect, useState } from 'react';
import { renderSmoke } from '../report/smoke-text.ts';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { MOVING_KEYS, moved } from '../ui/list-window.ts';
import { useTheme } from '../ui/theme.tsx';
import { AppFrame } from './app-frame.tsx';
import { isUnderWay, type RunCommand } from './app-state.ts';
import { dashboardView, downNode, shortNode } from './dashboard-view.ts';
import { useApp, useNavigation, useShown } from './use-app.ts';

export function DashboardScreen() {
  const theme = useTheme();
  const { t, style } = theme;
  const app = useApp();
  const { to } = useNavigation();
  const network = useShown((state) => state.network);
  const proof = useShown((state) => state.proof);
  const work = useShown((state) => state.work);
  const watching = useShown((state) => state.watching);
  const [wanted, setChosen] = useState(0);
  useEffect(() => app.observe(), [app]);

  const chosen = Math.min(wanted, Math.max(0, network.nodes.length - 1));
  const down = downNode(network, chosen);
  const node = network.nodes[chosen];
  const underWay = isUnderWay(work) || work.kind === 'stopping';
  const nothing = network.known && network.nodes.length === 0;
  const run = (request: RunCommand) => () => {
    app.run(request);
    to({ id: 'run' });
  };
  const free = !underWay && !nothing;
  const bindings: Binding[] = [
    { keys: ['enter'], label: t('key.up'), when: nothing && !underWay, act: run({ command: 'up' }) },
    {
      keys: ['enter'],
      label: t('key.start-node', { node: shortNode(down?.node ?? '') }),
      when: down !== undefined,
      act: () => down && app.startNode(down.node),
    },
    { keys: ['enter'], label: t('key.show-run'), when: underWay, act: () => to({ id: 'run' }) },
    { keys: ['r'], label: t('key.rebuild'), when: free, act: run({ command: 'rebuild', smoke: true }) },
    {
      keys: ['R'],
      label: t('key.rebuild-all'),
      minor: true,
      when: free,
      act: run({ command: 'rebuild', smoke: true, force: true }),
    },
    { keys: ['s'], label: t('key.smoke'), when: free, act: run({ command: 'smoke' }) },
    { keys: ['l'], label: t('key.logs'), act: () => to({ id: 'logs' }) },
    { keys: ['x'], label: t('key.resolve'), minor: true, when: !nothing, act: () => app.resolve() },
    { keys: ['d'], label: t('key.down'), when: free, act: () => to({ id: 'down' }) },
    {
      keys: ['w'],
      label: t(watching ? 'key.unwatch' : 'key.watch'),
      when: !nothing,
      act: () => app.toggleWatch(),
    },
    {
      keys: ['p'],
      label: t('key.proof'),
      minor: true,
      when: proof !== undefined,
      act: () =>
        proof &&
        to({
          id: 'text',
          title: t('dashboard.proof'),
          lines: (columns) => renderSmoke(proof, style, columns),
        }),
    },
    {
      keys: MOVING_KEYS,
      act: ({ name }) => setChosen(moved(chosen, name, network.nodes.length, network.nodes.length)),
    },
    { keys: ['?'], label: t('key.help'), act: () => app.explain(node?.role) },
  ];
  return (
    <AppFrame title={t('dashboard.title')} bindings={bindings}>
      {(body) => <Lines lines={dashboardView(network, proof, { ...body, theme, chosen })} />}
    </AppFrame>
  );
}
