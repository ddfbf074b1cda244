/** PURE: groups taken ports by their owner. */
import type { Text } from '../core/phrase.ts';
import type { TakenPort } from './ports.ts';

export interface PortOwner {
  /** Description of the owner; empty if unknown. */
  readonly owner: Text;
  readonly ports: readonly number[];
  /** Names of the nodes that need them. */
  readonly nodes: readonly string[];
}

export function portOwners(taken: readonly TakenPort[]): readonly PortOwner[] {
  const byOwner = new Map<string, PortOwner>();
  for (const { port, owner, wantedBy } of taken) {
    const key = JSON.stringify(owner);
    const { ports = [], nodes = [] } = byOwner.get(key) ?? {};
    byOwner.set(key, { owner, ports: [...ports, port], nodes: [...new Set([...nodes, wantedBy])] });
  }
  return [...byOwner.values()];
}
