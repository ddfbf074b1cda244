/** Every phrase that the pipeline uses, in English. `Phrase` (core/phrase.ts) is derived from these texts. */
import { causes } from './causes.ts';
import { issues } from './issues.ts';
import { members } from './members.ts';
import { rows } from './rows.ts';
import { stages } from './stages.ts';
import { starting } from './starting.ts';

export const phrases = { ...causes, ...issues, ...members, ...rows, ...stages, ...starting } as const;
