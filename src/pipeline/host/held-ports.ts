/** PURE: ports that can not be had, by who holds them. */
import type { TakenPort } from './ports.ts';

export interface Holder {
  /** For a person; empty where nobody knows. */
  readonly owner: string;
  readonly ports: readonly number[];
}

export function holdersOf(taken: readonly TakenPort[]): readonly Holder[] {
  const byOwner = new Map<string, number[]>();
  for (const { port, owner } of taken) byOwner.set(owner, [...(byOwner.get(owner) ?? []), port]);
  return [...byOwner].map(([owner, ports]) => ({ owner, ports }));
}
