/** PURE: the newest proof of a network, and whether it still holds. */
import type { RunEvent, SmokeResult } from './events.ts';

/** What was made anew after a proof: the network with its certificates, nodes, their programs, or an image. */
export type ProofChange = 'network' | 'nodes' | 'programs' | `${'base' | 'image'}.${string}`;

export interface LastProof {
  readonly result: SmokeResult;
  /** What was made anew after the smoke test; with anything in it, the proof is outdated. */
  readonly changed: readonly ProofChange[];
}

/** Returns what an event makes anew of that which a proof is about. */
export function changeOf(event: RunEvent): ProofChange | undefined {
  if (event.type !== 'stage-finished' || event.outcome !== 'built') return undefined;
  const { stage } = event;
  if (stage === 'crypto') return 'network';
  if (stage === 'start') return 'nodes';
  if (stage === 'swap') return 'programs';
  return /^(base|image)\./.test(stage) ? (stage as ProofChange) : undefined;
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
