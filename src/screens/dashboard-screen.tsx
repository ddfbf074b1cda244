/** Dashboard: the running network and the actions on it. */
import { useEffect } from 'react';
import { observedProof } from '../pipeline/network/network-proof.ts';
import { isDown, type NetworkState } from '../pipeline/network/network-state.ts';
import { renderConnections } from '../report/connect-text.ts';
import { renderSmoke } from '../report/smoke-text.ts';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { MOVING_KEYS, moved } from '../ui/list-window.ts';
import { useTheme } from '../ui/theme.tsx';
import { AppFrame } from './app-frame.tsx';
import { isUnderWay, type RunCommand } from './app-state.ts';
import { changeLines, cursorOf, dashboardView, proofTitle, shortNode } from './dashboard-view.ts';
import { failureSummary, lastFailures } from './last-failure.ts';
import { useNodeActions } from './node-keys.ts';
import { useApp, useAppState, useNavigation } from './use-app.ts';

interface Dashboard {
  readonly network: NetworkState;
  /** Index of the node under the cursor. */
  readonly chosen: number;
  /** A run, a plan or a repair is under way. */
  readonly underWay: boolean;
  /** The network has no nodes. */
  readonly empty: boolean;
  /** The last run has failed. */
  readonly failed: boolean;
}

/** Keys for the node under the cursor. */
function useNodeKeys({ network, chosen, underWay, empty, failed }: Dashboard): readonly Binding[] {
  const { t } = useTheme();
  const app = useApp();
  const { push, help } = useNavigation();
  const { nodes } = network;
  const node = nodes[chosen];
  // Only peers ask for images, and a removed container cannot be asked which ones.
  const peer = node?.role === 'peer' && node.container !== '' ? node : undefined;
  const select = (index: number) =>
    app.store.updateNow((state) => ({ ...state, selectedNode: state.network.nodes[index]?.node }));
  return [
    {
      keys: ['enter'],
      label: t('key.start-node', { node: shortNode(node?.node ?? '') }),
      when: node !== undefined && isDown(node) && !underWay,
      act: () => node && app.actOnNode(node.node, 'start'),
    },
    { keys: ['l'], label: t('key.logs'), act: () => push({ id: 'logs', node: node?.node }) },
    {
      // While the failure of the last run is shown, Enter opens that.
      keys: failed ? ['i'] : ['enter', 'i'],
      label: t('key.node'),
      when: node !== undefined && !isDown(node) && !underWay,
      act: () => node && app.showNode(node.node),
    },
    ...useNodeActions(node, { underWay, minor: true }),
    {
      keys: ['x'],
      label: t('key.resolve'),
      minor: true,
      when: !empty,
      act: () => (peer ? app.showResolve(peer.container) : app.showResolve()),
    },
    {
      keys: MOVING_KEYS,
      listed: t('key.move'),
      act: ({ name }) => select(moved(chosen, name, nodes.length, nodes.length)),
    },
    { keys: ['?'], label: t('key.help'), act: () => help(node?.role) },
  ];
}

/** Keys for runs and for the network as a whole. */
function useNetworkKeys({ network, chosen, underWay, empty, failed }: Dashboard): readonly Binding[] {
  const { t } = useTheme();
  const app = useApp();
  const { push } = useNavigation();
  const watching = useAppState((state) => state.watching);
  const run = (request: RunCommand) => () => {
    app.run(request);
    push({ id: 'run' });
  };
  const idle = !underWay && !empty;
  const node = network.nodes[chosen];
  // Enter starts the node under the cursor if that is down.
  const keys = empty || (node && isDown(node)) ? ['f'] : ['enter', 'f'];
  return [
    { keys, label: t('key.show-failure'), when: failed && !underWay, act: () => push({ id: 'run' }) },
    { keys: ['enter'], label: t('key.up'), when: empty && !underWay, act: run({ command: 'up' }) },
    { keys: ['enter'], label: t('key.show-run'), when: underWay, act: () => push({ id: 'run' }) },
    { keys: ['r'], label: t('key.rebuild'), when: idle, act: run({ command: 'rebuild', smoke: true }) },
    {
      keys: ['R'],
      label: t('key.rebuild-all'),
      minor: true,
      when: idle,
      act: () => push({ id: 'rebuild-all' }),
    },
    { keys: ['s'], label: t('key.smoke'), when: idle, act: run({ command: 'smoke' }) },
    { keys: ['b'], label: t('key.blocks'), when: !empty, act: () => push({ id: 'blocks' }) },
    { keys: ['d'], label: t('key.down'), when: idle, act: () => push({ id: 'down' }) },
    {
      keys: ['w'],
      label: t(watching ? 'key.unwatch' : 'key.watch'),
      when: !empty,
      act: () => app.toggleWatch(),
    },
  ];
}

export function DashboardScreen() {
  const theme = useTheme();
  const { t, style } = theme;
  const app = useApp();
  const { push } = useNavigation();
  const network = useAppState((state) => state.network);
  const recorded = useAppState((state) => state.proof);
  const work = useAppState((state) => state.work);
  const connection = useAppState((state) => state.connection);
  const selected = useAppState((state) => state.selectedNode);
  const actions = useAppState((state) => state.nodeActions);
  const lastRun = useAppState((state) => state.run);
  useEffect(() => app.observeNetwork(), [app]);

  const proof = recorded && observedProof(recorded, network);
  const dashboard: Dashboard = {
    network,
    chosen: cursorOf(network, selected),
    underWay: isUnderWay(work) || work.kind === 'stopping',
    empty: network.known && network.nodes.length === 0,
    failed: lastFailures({ work, run: lastRun }).length > 0,
  };
  const proofKey: Binding = {
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
  };
  const connectKey: Binding = {
    keys: ['c'],
    label: t('key.connect'),
    when: connection !== undefined && !dashboard.empty,
    act: () =>
      connection &&
      push({ id: 'text', title: t('connect.title'), lines: () => renderConnections(connection, style) }),
  };
  const bindings = [...useNodeKeys(dashboard), ...useNetworkKeys(dashboard), connectKey, proofKey];
  return (
    <AppFrame title={t('dashboard.title')} bindings={bindings}>
      {(body) => {
        const failure = (rows: number) => failureSummary({ work, run: lastRun }, { ...body, theme, rows });
        const options = { ...body, theme, chosen: dashboard.chosen, actions, failure, connection };
        return <Lines lines={dashboardView(network, proof, options)} />;
      }}
    </AppFrame>
  );
}
