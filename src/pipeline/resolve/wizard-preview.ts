/** PURE: computes the preview of the wizard's answers from the source and the engine. */
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
  /** Project name of the folder. */
  readonly project: string;
  /** The source and its parsed core.yaml; undefined before the user chooses one. */
  readonly source: { readonly source: FabricSource; readonly core: unknown } | undefined;
  readonly engine: {
    /** Architecture as Go names it. */
    readonly arch: string;
    /** Every tag on the engine; undefined if none answers. */
    readonly tags: readonly string[] | undefined;
  };
}

export interface WizardPreview {
  /** Value of each empty field, including values that depend on the source and on other fields. */
  readonly defaults: Defaults;
  /** Undefined without a source. */
  readonly build: BuildPreview | undefined;
  /** Undefined without a source. */
  readonly network: NetworkSpec | undefined;
}

/** Fields whose defaults come from the source. */
const SOURCE_FIELDS = {
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
  const own = buildSettings({ ...config, ...SOURCE_FIELDS }, source.source, engine.arch);
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
      // These depend on the other fields.
      builderImage: settings.builderImage,
      runtimeImage: settings.runtimeImage,
      couchdbImage: couchdbCandidates({}, settings)[0],
      project,
    },
    build: previewBuild({ config, settings, core: source.core, tags: engine.tags }),
    network: networkSpec(config, settings.release, config.project ?? project),
  };
}
