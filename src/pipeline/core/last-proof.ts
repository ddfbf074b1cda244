/** PURE: the newest proof of a network, and whether it still holds. */
import type { RunEvent, SmokeResult } from './events.ts';

/** What was made anew after a proof: the network with its certificates, nodes, their programs, or an image. */
export type ProofChange = 'network' | 'nodes' | 'programs' | `${'base' | 'image'}.${string}`;

export interface LastProof {
  readonly result: SmokeResult;
  /** What was made anew after the smoke test; with anything in it, the proof is outdated. */
  readonly changed: readonly ProofChange[];
}

/** What stages make anew. A stage of these that did not succeed has made a part of it anew. */
const MADE_BY: Readonly<Record<string, ProofChange>> = {
  crypto: 'network',
  start: 'nodes',
  swap: 'programs',
};

/** Types of the events that can change a proof. */
export const PROOF_EVENTS = ['smoke-result', 'stage-finished', 'stage-failed', 'stage-cancelled'] as const;

/** Returns what an event makes anew of that which a proof is about. */
export function changeOf(event: RunEvent): ProofChange | undefined {
  switch (event.type) {
    case 'stage-failed':
    case 'stage-cancelled':
      return MADE_BY[event.stage];
    case 'stage-finished': {
      const { stage, outcome } = event;
      if (outcome !== 'built') return undefined;
      return MADE_BY[stage] ?? (/^(base|image)\./.test(stage) ? (stage as ProofChange) : undefined);
    }
    default:
      return undefined;
  }
}

/** Returns the proof with further changes, each once. */
export function withChanges(proof: LastProof, changes: readonly ProofChange[]): LastProof {
  return { ...proof, changed: [...new Set([...proof.changed, ...changes])] };
}

/** Returns the last proof after an event. */
export function proofAfter(proof: LastProof | undefined, event: RunEvent): LastProof | undefined {
  if (event.type === 'smoke-result') return { result: event, changed: [] };
  const change = changeOf(event);
  return proof && change !== undefined ? withChanges(proof, [change]) : proof;
}
