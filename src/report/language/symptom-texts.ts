/** Symptom texts by language. */

import type { SymptomId } from '../../pipeline/core/diagnosis-types.ts';
import { fabricSymptoms as enFabric } from './en/fabric-symptoms.ts';
import { platformSymptoms as enPlatform } from './en/platform-symptoms.ts';
import type { Language } from './language.ts';
import type { Words } from './symptoms.ts';
import { fabricSymptoms as zhFabric } from './zh/fabric-symptoms.ts';
import { platformSymptoms as zhPlatform } from './zh/platform-symptoms.ts';

export const SYMPTOMS: Readonly<Record<Language, Readonly<Record<SymptomId, Words>>>> = {
  en: { ...enPlatform, ...enFabric },
  zh: { ...zhPlatform, ...zhFabric },
};
