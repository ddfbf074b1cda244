/** PURE: the newest proof of a network, and whether it still holds. */
import type { RunEvent, SmokeResult } from './events.ts';

export interface LastProof {
  readonly result: SmokeResult;
  /** True if an image or a node was made anew after the smoke test. */
  readonly outdated: boolean;
}

/** Stages that make images or nodes anew. */
const CHANGING = /^(base|image)\.|^(start|swap)$/;

/** Whether a proof from before this event no longer holds. */
export function outdatesProof(event: RunEvent): boolean {
  return event.type === 'stage-finished' && event.outcome === 'built' && CHANGING.test(event.stage);
}

/** Returns the last proof after an event. */
export function proofAfter(proof: LastProof | undefined, event: RunEvent): LastProof | undefined {
  if (event.type === 'smoke-result') return { result: event, outdated: false };
  return proof && outdatesProof(event) ? { ...proof, outdated: true } : proof;
}
