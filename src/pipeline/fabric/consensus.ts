/** Which consensus the orderers of a release use. */
import type { Consensus, ReleaseFacts } from './release-facts.ts';

/** Consensus types whose orderers only connect to each other with TLS. */
export const NEEDS_TLS: ReadonlySet<Consensus> = new Set(['etcdraft', 'BFT']);

/** Returns how many orderers may be down while the others still agree on blocks. */
export function spareOrderers(consensus: Consensus, orderers: number): number {
  switch (consensus) {
    case 'etcdraft':
      return Math.floor((orderers - 1) / 2);
    case 'BFT':
      return Math.floor((orderers - 1) / 3);
    default:
      return 0;
  }
}

/**
 * Returns the chosen consensus, or else the default of the release: its first one, or without TLS its first one that
 * works without.
 * @returns undefined if the release has none that works without TLS
 */
export function consensusOf(
  { consensus, tls }: { readonly consensus?: Consensus; readonly tls: boolean },
  release: Pick<ReleaseFacts, 'consensus'>,
): Consensus | undefined {
  return consensus ?? release.consensus.find((each) => tls || !NEEDS_TLS.has(each));
}
