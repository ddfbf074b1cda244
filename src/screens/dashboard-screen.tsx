/** The network that runs, and all that can be done with it. */
import { useEffect, useState } from 'react';
import { renderSmoke } from '../report/smoke-text.ts';
import { useFace } from '../ui/face.tsx';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { MOVING_KEYS, moved } from '../ui/list-window.ts';
import { AppFrame } from './app-frame.tsx';
import { isUnderWay, type WorkRequest } from './app-state.ts';
import { dashboardView, downNode, shortNode } from './dashboard-view.ts';
import { useDesk, useNavigation, useShown } from './use-app.ts';

export function DashboardScreen() {
  const face = useFace();
  const { say, style } = face;
  const desk = useDesk();
  const { to } = useNavigation();
  const network = useShown((state) => state.network);
  const proof = useShown((state) => state.proof);
  const work = useShown((state) => state.work);
  const watching = useShown((state) => state.watching);
  const [wanted, setChosen] = useState(0);
  useEffect(() => desk.observe(), [desk]);

  const chosen = Math.min(wanted, Math.max(0, network.nodes.length - 1));
  const down = downNode(network, chosen);
  const node = network.nodes[chosen];
  const underWay = isUnderWay(work) || work.kind === 'stopping';
  const nothing = network.known && network.nodes.length === 0;
  const run = (request: WorkRequest) => () => {
    desk.run(request);
    to({ id: 'run' });
  };
  const free = !underWay && !nothing;
  const bindings: Binding[] = [
    { keys: ['enter'], label: say('key.up'), when: nothing && !underWay, act: run({ command: 'up' }) },
    {
      keys: ['enter'],
      label: say('key.start-node', { node: shortNode(down?.node ?? '') }),
      when: down !== undefined,
      act: () => down && desk.startNode(down.node),
    },
    { keys: ['enter'], label: say('key.show-run'), when: underWay, act: () => to({ id: 'run' }) },
    { keys: ['r'], label: say('key.rebuild'), when: free, act: run({ command: 'rebuild', smoke: true }) },
    {
      keys: ['R'],
      label: say('key.rebuild-all'),
      minor: true,
      when: free,
      act: run({ command: 'rebuild', smoke: true, force: true }),
    },
    { keys: ['s'], label: say('key.smoke'), when: free, act: run({ command: 'smoke' }) },
    { keys: ['l'], label: say('key.logs'), act: () => to({ id: 'logs' }) },
    { keys: ['x'], label: say('key.resolve'), minor: true, when: !nothing, act: () => desk.resolve() },
    { keys: ['d'], label: say('key.down'), when: free, act: () => to({ id: 'down' }) },
    {
      keys: ['w'],
      label: say(watching ? 'key.unwatch' : 'key.watch'),
      when: !nothing,
      act: () => desk.toggleWatch(),
    },
    {
      keys: ['p'],
      label: say('key.proof'),
      minor: true,
      when: proof !== undefined,
      act: () =>
        proof &&
        to({
          id: 'text',
          title: say('dashboard.proof'),
          lines: (columns) => renderSmoke(proof, style, columns),
        }),
    },
    {
      keys: MOVING_KEYS,
      act: ({ name }) => setChosen(moved(chosen, name, network.nodes.length, network.nodes.length)),
    },
    { keys: ['?'], label: say('key.help'), act: () => desk.explain(node?.role) },
  ];
  return (
    <AppFrame title={say('dashboard.title')} bindings={bindings}>
      {(body) => <Lines lines={dashboardView(network, proof, { ...body, face, chosen })} />}
    </AppFrame>
  );
}
