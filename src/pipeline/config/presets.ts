/** The presets: names for choices of a network that belong together. A preset is given once, as a flag or in the wizard. */
import type { ConfigIssue } from '../core/failure.ts';
import { nearestName } from '../core/nearest.ts';
import type { Phrase } from '../core/phrase.ts';
import type { ChoiceField } from './config-choices.ts';
import type { WizardConfig } from './wizard-config.ts';

export const PRESETS = ['raft', 'bft', 'couchdb', 'minimal'] as const;

export type Preset = (typeof PRESETS)[number];

/** Choices that presets set. */
export type PresetField = Extract<
  ChoiceField,
  'orgs' | 'peers' | 'orderers' | 'consensus' | 'tls' | 'couchdb'
>;

/** The choices of each preset. Undefined: the default, also if the file or the last run has another value. */
export const PRESET_CHOICES: Readonly<
  Record<Preset, { readonly [F in PresetField]?: WizardConfig[F] | undefined }>
> = {
  raft: { orderers: 3, consensus: 'etcdraft', tls: true },
  bft: { orderers: 4, consensus: 'BFT', tls: true },
  couchdb: { couchdb: true },
  // Another consensus may need more than one orderer.
  minimal: { orgs: 1, peers: 1, orderers: 1, consensus: undefined, couchdb: false },
};

/** The choices of a preset as a list. */
export function presetChoices(
  preset: Preset,
): readonly (readonly [PresetField, WizardConfig[PresetField] | undefined])[] {
  const choices = PRESET_CHOICES[preset];
  return (Object.keys(choices) as PresetField[]).map((field) => [field, choices[field]] as const);
}

export function isPreset(name: string): name is Preset {
  return (PRESETS as readonly string[]).includes(name);
}

/** Returns the issue of a name that is no preset. */
export function unknownPreset(name: string): ConfigIssue {
  const nearest = nearestName(name, PRESETS);
  const problem: Phrase = { key: 'wrong.option', options: PRESETS.join(', ') };
  return {
    path: 'preset',
    message: { key: 'issue.value', value: JSON.stringify(name), problem },
    where: '--preset',
    ...(nearest === undefined ? {} : { fix: { key: 'suggest.nearest', name: nearest } }),
  };
}
