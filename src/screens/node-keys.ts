/** Keys that act on a node, for every screen that shows one. */
import type { NodeState } from '../pipeline/network/network-state.ts';
import { conditionOf, type NodeAction } from '../pipeline/network/node-actions.ts';
import type { Binding } from '../ui/keys.ts';
import { useTheme } from '../ui/theme.tsx';
import { shortNode } from './dashboard-view.ts';
import { useApp, useAppState } from './use-app.ts';

export interface NodeKeyOptions {
  /** A run is under way, which stops and starts nodes itself. */
  readonly underWay: boolean;
  /** Drop the keys first from a footer that is too small. */
  readonly minor: boolean;
}

/** Shell, start or stop, restart, pause or continue. A removed node can only be started. */
export function useNodeActions(node: NodeState | undefined, options: NodeKeyOptions): readonly Binding[] {
  const { t } = useTheme();
  const app = useApp();
  const actions = useAppState((state) => state.nodeActions);
  if (node === undefined) return [];
  const { underWay, minor } = options;
  const condition = conditionOf(node.state);
  const isFree = !underWay && actions[node.node] === undefined;
  const act = (action: NodeAction) => () => app.actOnNode(node.node, action);
  const stopped = condition === 'stopped';
  return [
    {
      keys: ['e'],
      label: t('key.shell'),
      minor,
      when: condition === 'running',
      act: () => app.openShell(node.node, 'node'),
    },
    {
      keys: ['t'],
      label: stopped ? t('key.start-node', { node: shortNode(node.node) }) : t('key.stop-node'),
      minor,
      when: isFree,
      act: act(stopped ? 'start' : 'stop'),
    },
    { keys: ['o'], label: t('key.restart-node'), minor, when: isFree && !stopped, act: act('restart') },
    {
      keys: ['z'],
      label: t(condition === 'paused' ? 'key.unpause-node' : 'key.pause-node'),
      minor,
      when: isFree && !stopped,
      act: act(condition === 'paused' ? 'unpause' : 'pause'),
    },
  ];
}
