/** Keys that act on a node, for every screen that shows one. */
import type { NodeState } from '../pipeline/network/network-state.ts';
import { conditionOf, type NodeAction } from '../pipeline/network/node-actions.ts';
import type { Binding } from '../ui/keys.ts';
import { useTheme } from '../ui/theme.tsx';
import { shortNode } from './node-label.ts';
import {
  busyReason,
  machineReason,
  notRunningReason,
  type Reason,
  stoppedReason,
  unless,
} from './unavailable.ts';
import { useApp, useAppState } from './use-app.ts';

export interface NodeKeyOptions {
  /** Why no node can be used at all. */
  readonly unusable: Reason;
  /** Work is under way, which stops and starts nodes itself. */
  readonly work: Reason;
  /** Drop the keys first from a footer that is too small. */
  readonly minor: boolean;
}

/** Shell, start or stop, restart, pause or continue. A removed node can only be started. */
export function useNodeActions(node: NodeState | undefined, options: NodeKeyOptions): readonly Binding[] {
  const theme = useTheme();
  const { t } = theme;
  const app = useApp();
  const actions = useAppState((state) => state.nodeActions);
  const { unusable, work, minor } = options;
  const missing = unusable ?? (node === undefined ? t('why.no-node') : undefined);
  const condition = node && conditionOf(node.state);
  const busy =
    missing ?? work ?? (node && (machineReason(node, theme) ?? busyReason(node, actions[node.node], theme)));
  const act = (action: NodeAction) => () => node && app.actOnNode(node.node, action);
  const isStopped = condition === 'stopped';
  const stopped = node && stoppedReason(node, theme);
  return [
    {
      keys: ['e'],
      label: t('key.shell'),
      minor,
      ...unless(missing, node && notRunningReason(node, theme)),
      act: () => node && app.openShell(node.node, 'node'),
    },
    {
      keys: ['t'],
      label: node && isStopped ? t('key.start-node', { node: shortNode(node.node) }) : t('key.stop-node'),
      minor,
      ...unless(busy),
      act: act(isStopped ? 'start' : 'stop'),
    },
    { keys: ['o'], label: t('key.restart-node'), minor, ...unless(busy, stopped), act: act('restart') },
    {
      keys: ['z'],
      label: t(condition === 'paused' ? 'key.unpause-node' : 'key.pause-node'),
      minor,
      ...unless(busy, stopped),
      act: act(condition === 'paused' ? 'unpause' : 'pause'),
    },
  ];
}
