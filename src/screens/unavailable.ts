/** PURE: why an action is not possible now. */
import { UNREACHABLE } from '../pipeline/core/machine-trouble.ts';
import { isDown, type NetworkState, type NodeState } from '../pipeline/network/network-state.ts';
import { conditionOf, type NodeAction } from '../pipeline/network/node-actions.ts';
import type { Binding } from '../ui/keys.ts';
import type { Theme } from '../ui/theme.tsx';
import type { Work } from './app-state.ts';
import { shortNode } from './node-label.ts';

/** A reason; undefined if the action is possible. */
export type Reason = string | undefined;

/** The first reason disables a binding. */
export function unless(...reasons: readonly Reason[]): Pick<Binding, 'unavailable'> {
  return { unavailable: reasons.find((reason) => reason !== undefined) };
}

/** Work under way, which uses the network or changes it. */
export function workReason(work: Work, { t }: Theme): Reason {
  switch (work.kind) {
    case 'running':
      return t('why.running', { command: work.request.command });
    case 'preparing':
      return t('why.preparing');
    case 'repairing':
      return t('why.repairing');
    case 'stopping':
      return t('why.stopping');
    case 'idle':
    case 'planned':
    case 'refused':
    case 'ended':
      return undefined;
  }
}

/** The network does not exist. */
export function absenceReason({ known, nodes }: NetworkState, { t }: Theme): Reason {
  return known && nodes.length === 0 ? t('why.no-network') : undefined;
}

/** The engine cannot do anything with containers. */
export function engineReason({ lost }: NetworkState, { t }: Theme): Reason {
  return lost ? t('why.lost') : undefined;
}

/** Nothing is known of the node, and nothing reaches it. */
export function machineReason({ state, machine = '' }: NodeState, { t }: Theme): Reason {
  return state === UNREACHABLE ? t('why.machine-lost', { machine }) : undefined;
}

/** No process in the node can be used. */
export function notRunningReason(node: NodeState, theme: Theme): Reason {
  const { t } = theme;
  const name = shortNode(node.node);
  const lost = machineReason(node, theme);
  if (lost !== undefined) return lost;
  if (node.state === 'paused') return t('why.node-paused', { node: name });
  return conditionOf(node.state) === 'running' ? undefined : t('why.node-stopped', { node: name });
}

/** The node has no process at all. */
export function stoppedReason(node: NodeState, { t }: Theme): Reason {
  return conditionOf(node.state) === 'stopped'
    ? t('why.node-stopped', { node: shortNode(node.node) })
    : undefined;
}

export function notDownReason(node: NodeState, { t }: Theme): Reason {
  return isDown(node) ? undefined : t('why.node-up', { node: shortNode(node.node) });
}

/** An action on the node is not done yet. */
export function busyReason(node: NodeState, action: NodeAction | undefined, { t }: Theme): Reason {
  return action === undefined
    ? undefined
    : t('why.node-busy', { node: shortNode(node.node), action: t(`node.doing-${action}`) });
}
