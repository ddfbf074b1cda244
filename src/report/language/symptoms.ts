/** Types of the symptom texts. */
import type { DiagnosisFacts } from '../../pipeline/core/diagnosis-types.ts';

/** Text of a symptom, with the names of images, ports and files from the facts. */
export type Words = (facts: DiagnosisFacts) => {
  /** One sentence: what happened. */
  readonly title: string;
  /** Why it happened and what to do, in a few sentences. The commands come from diagnosis/remedies.ts. */
  readonly why: string;
};
