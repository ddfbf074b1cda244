/** The English catalogue: words for every symptom. Another language is another record of this type. */
import { englishFabric } from './english-fabric.ts';
import { englishPlatform } from './english-platform.ts';
import type { SymptomId } from './symptoms.ts';
import type { Words } from './wording.ts';

export const english: Readonly<Record<SymptomId, Words>> = { ...englishPlatform, ...englishFabric };
