/** What a language has to say of a symptom. */
import type { Diagnosis } from '../../pipeline/core/failure.ts';

export type SymptomId = Diagnosis['symptom'];
export type Facts = Diagnosis['facts'];

/** A catalogue's entry; names of images, ports and files are filled in from the facts. */
export type Words = (facts: Facts) => {
  /** One sentence: what happened. */
  readonly title: string;
  /** One or two sentences: why. */
  readonly why: string;
};
