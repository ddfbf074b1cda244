/** All texts by language. The compiler checks that each language has every key. */
import type { TopicId } from '../explain/topics.ts';
import { buildStages as enBuildStages } from './en/build-stages.ts';
import { configuration as enConfiguration } from './en/configuration.ts';
import { labels as enLabels } from './en/labels.ts';
import { networkStages as enNetworkStages } from './en/network-stages.ts';
import { places as enPlaces } from './en/place-topics.ts';
import { words as enWords } from './en/words.ts';
import type { Labels } from './labels.ts';
import type { Language } from './language.ts';
import type { TopicText } from './topic-text.ts';
import { buildStages as zhBuildStages } from './zh/build-stages.ts';
import { configuration as zhConfiguration } from './zh/configuration.ts';
import { labels as zhLabels } from './zh/labels.ts';
import { networkStages as zhNetworkStages } from './zh/network-stages.ts';
import { places as zhPlaces } from './zh/place-topics.ts';
import { words as zhWords } from './zh/words.ts';

export interface Catalogue {
  readonly labels: Labels;
  readonly topics: Readonly<Record<TopicId, TopicText>>;
}

export const CATALOGUES: Readonly<Record<Language, Catalogue>> = {
  en: {
    labels: enLabels,
    topics: { ...enBuildStages, ...enNetworkStages, ...enPlaces, ...enConfiguration, ...enWords },
  },
  zh: {
    labels: zhLabels,
    topics: { ...zhBuildStages, ...zhNetworkStages, ...zhPlaces, ...zhConfiguration, ...zhWords },
  },
};
