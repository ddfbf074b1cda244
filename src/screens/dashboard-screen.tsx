/** Dashboard: the running network and the actions on it. */
import { useEffect } from 'react';
import type { LastProof } from '../pipeline/core/last-proof.ts';
import { observedProof } from '../pipeline/network/network-proof.ts';
import { isDown, type NetworkState } from '../pipeline/network/network-state.ts';
import { renderSmoke } from '../report/smoke-text.ts';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { MOVING_KEYS, moved } from '../ui/list-window.ts';
import { useTheme } from '../ui/theme.tsx';
import { AppFrame } from './app-frame.tsx';
import type { RunCommand } from './app-state.ts';
import { changeLines, cursorOf, dashboardView, proofTitle } from './dashboard-view.ts';
import { failureSummary, lastFailures } from './last-failure.ts';
import { useNodeActions } from './node-keys.ts';
import { shortNode } from './node-label.ts';
import {
  absenceReason,
  busyReason,
  engineReason,
  machineReason,
  notDownReason,
  type Reason,
  unless,
  workReason,
} from './unavailable.ts';
import { useApp, useAppState, useNavigation } from './use-app.ts';

interface Dashboard {
  readonly network: NetworkState;
  /** Index of the node under the cursor. */
  readonly chosen: number;
  /** A run, a plan or a repair is under way. */
  readonly work: Reason;
  /** The network has no nodes. */
  readonly absent: Reason;
  /** The engine does not answer. */
  readonly lost: Reason;
  /** The last run has failed. */
  readonly failed: boolean;
}

/** Keys for the node under the cursor. */
function useNodeKeys({ network, chosen, work, absent, lost, failed }: Dashboard): readonly Binding[] {
  const theme = useTheme();
  const { t } = theme;
  const app = useApp();
  const { push, help } = useNavigation();
  const { nodes } = network;
  const node = nodes[chosen];
  // Only peers ask for images, and a removed container cannot be asked which ones.
  const peer = node?.role === 'peer' && node.container !== '' ? node : undefined;
  const actions = useAppState((state) => state.nodeActions);
  const missing = absent ?? (node === undefined ? t('why.no-node') : undefined);
  const name = shortNode(node?.node ?? '');
  const select = (index: number) =>
    app.store.updateNow((state) => ({ ...state, selectedNode: state.network.nodes[index]?.node }));
  return [
    {
      // Other keys start it too; the footer names one.
      keys: ['enter', 't'],
      label: t('key.start-node', { node: name }),
      ...unless(
        missing,
        lost,
        work,
        node &&
          (machineReason(node, theme) ??
            busyReason(node, actions[node.node], theme) ??
            notDownReason(node, theme)),
      ),
      act: () => node && app.actOnNode(node.node, 'start'),
    },
    { keys: ['l'], label: t('key.logs'), act: () => push({ id: 'logs', node: node?.node }) },
    {
      // While the failure of the last run is shown, Enter opens that.
      keys: failed ? ['i'] : ['enter', 'i'],
      label: t('key.node'),
      ...unless(
        missing,
        work,
        node && isDown(node)
          ? (machineReason(node, theme) ?? t('why.node-stopped', { node: name }))
          : undefined,
      ),
      act: () => node && app.showNode(node.node),
    },
    ...useNodeActions(node, { unusable: absent ?? lost, work, minor: true }),
    {
      keys: ['x'],
      label: t('key.resolve'),
      minor: true,
      ...unless(absent, lost),
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
function useNetworkKeys({ network, chosen, work, absent, lost, failed }: Dashboard): readonly Binding[] {
  const { t } = useTheme();
  const app = useApp();
  const { push } = useNavigation();
  const watching = useAppState((state) => state.watching);
  const run = (request: RunCommand) => () => {
    app.run(request);
    push({ id: 'run' });
  };
  const idle = unless(absent, lost, work);
  const node = network.nodes[chosen];
  // Enter starts the node under the cursor if that is down.
  const keys = absent !== undefined || (node && isDown(node)) ? ['f'] : ['enter', 'f'];
  return [
    {
      keys,
      label: t('key.show-failure'),
      ...unless(work, failed ? undefined : t('why.not-failed')),
      act: () => push({ id: 'run' }),
    },
    {
      keys: ['enter'],
      label: t('key.up'),
      ...unless(work, absent === undefined ? t('why.has-network') : undefined),
      act: run({ command: 'up' }),
    },
    {
      keys: ['enter'],
      label: t('key.show-run'),
      ...unless(work === undefined ? t('why.no-run') : undefined),
      act: () => push({ id: 'run' }),
    },
    { keys: ['r'], label: t('key.rebuild'), ...idle, act: run({ command: 'rebuild', smoke: true }) },
    {
      keys: ['R'],
      label: t('key.rebuild-all'),
      minor: true,
      ...idle,
      act: () => push({ id: 'rebuild-all' }),
    },
    { keys: ['s'], label: t('key.smoke'), ...idle, act: run({ command: 'smoke' }) },
    { keys: ['T'], label: t('key.test'), minor: true, ...unless(lost, work), act: run({ command: 'test' }) },
    { keys: ['b'], label: t('key.blocks'), ...unless(absent, lost), act: () => push({ id: 'blocks' }) },
    { keys: ['d'], label: t('key.down'), ...idle, act: () => push({ id: 'down' }) },
    {
      keys: ['w'],
      label: t(watching ? 'key.unwatch' : 'key.watch'),
      ...unless(absent),
      act: () => app.toggleWatch(),
    },
  ];
}

/** Keys for what is read on a screen of its own. */
function useReadingKeys({ absent, lost }: Dashboard, proof: LastProof | undefined): readonly Binding[] {
  const theme = useTheme();
  const { t, style } = theme;
  const app = useApp();
  const { push } = useNavigation();
  const connection = useAppState((state) => state.connection);
  const proofKey: Binding = {
    keys: ['p'],
    label: t('key.proof'),
    minor: true,
    ...unless(proof ? undefined : t('why.no-proof')),
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
    ...unless(absent, connection ? undefined : t('why.no-node')),
    act: () => app.showConnection(),
  };
  const topologyKey: Binding = {
    keys: ['m'],
    label: t('key.topology'),
    minor: true,
    ...unless(absent, lost),
    act: () => app.showTopology(),
  };
  const chaincodeKey: Binding = {
    keys: ['C'],
    label: t('key.chaincode'),
    ...unless(absent, lost),
    act: () => push({ id: 'chaincodes' }),
  };
  return [chaincodeKey, connectKey, topologyKey, proofKey];
}

export function DashboardScreen() {
  const theme = useTheme();
  const { t } = theme;
  const app = useApp();
  const network = useAppState((state) => state.network);
  const recorded = useAppState((state) => state.proof);
  const work = useAppState((state) => state.work);
  const connection = useAppState((state) => state.connection);
  const copy = useAppState((state) => state.copy);
  const selected = useAppState((state) => state.selectedNode);
  const actions = useAppState((state) => state.nodeActions);
  const lastRun = useAppState((state) => state.run);
  const changedChaincodes = useAppState((state) => state.chaincodes.changed);
  useEffect(() => app.observeNetwork(), [app]);

  const proof = recorded && observedProof(recorded, network);
  const dashboard: Dashboard = {
    network,
    chosen: cursorOf(network, selected),
    work: workReason(work, theme),
    absent: absenceReason(network, theme),
    lost: engineReason(network, theme),
    failed: lastFailures({ work, run: lastRun }).length > 0,
  };
  const bindings = [
    ...useNodeKeys(dashboard),
    ...useNetworkKeys(dashboard),
    ...useReadingKeys(dashboard, proof),
  ];
  return (
    <AppFrame title={t('dashboard.title')} bindings={bindings}>
      {(body) => {
        const failure = (rows: number) => failureSummary({ work, run: lastRun }, { ...body, theme, rows });
        const options = {
          ...body,
          theme,
          chosen: dashboard.chosen,
          actions,
          failure,
          connection,
          copy,
          changedChaincodes,
        };
        return <Lines lines={dashboardView(network, proof, options)} />;
      }}
    </AppFrame>
  );
}
