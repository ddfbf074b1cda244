/** All labels by language, without the long texts that only `explain` needs. */
import { labels as en } from './en/labels.ts';
import type { Labels } from './labels.ts';
import type { Language } from './language.ts';
import { labels as zh } from './zh/labels.ts';

export const LABELS: Readonly<Record<Language, Labels>> = { en, zh };
