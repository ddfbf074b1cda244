/** What a language has to say of a symptom. */
import type { Facts } from './symptom.ts';

export interface Wording {
  /** One sentence: what happened. */
  readonly title: string;
  /** One or two sentences: why. */
  readonly why: string;
  /** Commands to type, the likeliest first. */
  readonly next: readonly string[];
}

/** A catalogue's entry; names of images, ports and files are filled in from the facts. */
export type Words = (facts: Facts) => Wording;
