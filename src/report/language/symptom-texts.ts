/** Symptom texts by language. */
import { fabricSymptoms as enFabric } from './en/fabric-symptoms.ts';
import { platformSymptoms as enPlatform } from './en/platform-symptoms.ts';
import type { Language } from './language.ts';
import type { SymptomId, Words } from './symptoms.ts';
import { fabricSymptoms as zhFabric } from './zh/fabric-symptoms.ts';
import { platformSymptoms as zhPlatform } from './zh/platform-symptoms.ts';

export const SYMPTOMS: Readonly<Record<Language, Readonly<Record<SymptomId, Words>>>> = {
  en: { ...enPlatform, ...enFabric },
  zh: { ...zhPlatform, ...zhFabric },
};
