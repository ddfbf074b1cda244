/** PURE: what the wizard's answers come to, as far as source and engine are known. */

import { type Answers, type Defaults, valuesOf } from '../config/answers.ts';
import { buildSettings } from '../config/config.ts';
import { CHOICE_FIELDS, CHOICES } from '../config/config-choices.ts';
import { consensusOf } from '../fabric/consensus.ts';
import type { FabricSource } from '../fabric/source.ts';
import { couchdbCandidates } from '../images/couchdb-image.ts';
import { type NetworkSpec, networkSpec } from '../network/network-spec.ts';
import { type BuildPreview, previewBuild } from './build-preview.ts';

export interface WizardPreviewInput {
  readonly answers: Answers;
  /** The folder's own. */
  readonly project: string;
  /** With its core.yaml, parsed; undefined before one is chosen. */
  readonly source: { readonly source: FabricSource; readonly core: unknown } | undefined;
  readonly engine: {
    /** As Go names it. */
    readonly arch: string;
    /** Every tag on it; undefined where none answers. */
    readonly tags: readonly string[] | undefined;
  };
}

export interface WizardPreview {
  /** What a field has where nothing stands in it, those that hang on the source and on other fields included. */
  readonly defaults: Defaults;
  /** Undefined before there is a source. */
  readonly build: BuildPreview | undefined;
  readonly network: NetworkSpec | undefined;
}

const OF_THE_SOURCE = {
  fabricVersion: undefined,
  commitSha: undefined,
  baseVersion: undefined,
  dockerNs: undefined,
  baseDockerNs: undefined,
  link: undefined,
} as const;

export function wizardPreview({ answers, project, source, engine }: WizardPreviewInput): WizardPreview {
  const fixed = Object.fromEntries(
    CHOICE_FIELDS.map((field) => [field, CHOICES[field].defaultValue?.()]),
  ) as Defaults;
  if (!source) return { defaults: { ...fixed, project }, build: undefined, network: undefined };
  const config = valuesOf(answers);
  const settings = buildSettings(config, source.source, engine.arch);
  const own = buildSettings({ ...config, ...OF_THE_SOURCE }, source.source, engine.arch);
  const consensus = consensusOf({ ...config, consensus: undefined }, settings.release);
  return {
    defaults: {
      ...fixed,
      fabricVersion: own.version,
      commitSha: own.commitSha,
      baseVersion: own.baseVersion,
      dockerNs: own.dockerNs,
      baseDockerNs: own.baseDockerNs,
      link: own.link,
      consensus,
      // As these choices name them.
      builderImage: settings.builderImage,
      runtimeImage: settings.runtimeImage,
      couchdbImage: couchdbCandidates({}, settings)[0],
      project,
    },
    build: previewBuild({ config, settings, core: source.core, tags: engine.tags }),
    network: networkSpec(config, settings.release, config.project ?? project),
  };
}
