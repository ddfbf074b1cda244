/** PURE: groups taken ports by their owner. */
import type { Text } from '../core/phrase.ts';
import type { TakenPort } from './ports.ts';

export interface PortOwner {
  /** Description of the owner; empty if unknown. */
  readonly owner: Text;
  readonly ports: readonly number[];
}

export function portOwners(taken: readonly TakenPort[]): readonly PortOwner[] {
  const byOwner = new Map<string, PortOwner>();
  for (const { port, owner } of taken) {
    const key = JSON.stringify(owner);
    byOwner.set(key, { owner, ports: [...(byOwner.get(key)?.ports ?? []), port] });
  }
  return [...byOwner.values()];
}
