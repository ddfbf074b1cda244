/** Every phrase that the pipeline uses, in English. `Phrase` (core/phrase.ts) is derived from these texts. */
import { causes } from './causes.ts';
import { identities } from './identities.ts';
import { issues } from './issues.ts';
import { members } from './members.ts';
import { processes } from './processes.ts';
import { rows } from './rows.ts';
import { stages } from './stages.ts';
import { starting } from './starting.ts';

export const phrases = {
  ...causes,
  ...identities,
  ...issues,
  ...members,
  ...processes,
  ...rows,
  ...stages,
  ...starting,
} as const;
