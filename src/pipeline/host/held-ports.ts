/** PURE: ports that can not be had, by who holds them. */
import type { Text } from '../core/phrase.ts';
import type { TakenPort } from './ports.ts';

export interface Holder {
  /** For a person; empty where nobody knows. */
  readonly owner: Text;
  readonly ports: readonly number[];
}

export function holdersOf(taken: readonly TakenPort[]): readonly Holder[] {
  const byOwner = new Map<string, Holder>();
  for (const { port, owner } of taken) {
    const key = JSON.stringify(owner);
    byOwner.set(key, { owner, ports: [...(byOwner.get(key)?.ports ?? []), port] });
  }
  return [...byOwner.values()];
}
