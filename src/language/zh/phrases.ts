/** Every phrase that the pipeline uses, in Simplified Chinese. */
import type { phrases as english } from '../en/phrases.ts';
import { causes } from './causes.ts';
import { identities } from './identities.ts';
import { issues } from './issues.ts';
import { members } from './members.ts';
import { processes } from './processes.ts';
import { rows } from './rows.ts';
import { stages } from './stages.ts';
import { starting } from './starting.ts';

export const phrases: Readonly<Record<keyof typeof english, string>> = {
  ...causes,
  ...identities,
  ...issues,
  ...members,
  ...processes,
  ...rows,
  ...stages,
  ...starting,
};
