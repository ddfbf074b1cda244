/** PURE: how fast a machine is, compared with what was expected of it. */

/** A stage, or the finished part of one. */
export interface Observation {
  readonly expected: number;
  readonly seconds: number;
  /** True if the expectation is a guess and not an average of earlier runs. */
  readonly guessed: boolean;
}

/** Seconds that say nothing about the machine: the start of a container, an answer of the engine. */
const NOISE_SECONDS = 1;
/** A stage of this many expected seconds counts half as much as a very long one. */
const SHORT_SECONDS = 3;
/** What an expectation counts that earlier runs measured. A guess counts 1: it can be wrong for one stage alone. */
const MEASURED = 6;

/**
 * Returns the factor by which stages take longer than expected: the geometric mean of what was observed, and of one
 * stage that took exactly its time, so that a single observation does not decide alone.
 * @returns `evidence`: how much the observations count; a long stage with a guessed time counts 1
 */
export function paceOf(observations: readonly Observation[]): {
  readonly pace: number;
  readonly evidence: number;
} {
  let evidence = 0;
  let sum = 0;
  for (const { expected, seconds, guessed } of observations) {
    const counts = ((guessed ? 1 : MEASURED) * expected) / (expected + SHORT_SECONDS);
    evidence += counts;
    sum += counts * Math.log((seconds + NOISE_SECONDS) / (expected + NOISE_SECONDS));
  }
  return { pace: Math.exp(sum / (1 + evidence)), evidence };
}
