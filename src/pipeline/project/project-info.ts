/** Reads a folder's project from disk and journal, without the engine. It changes nothing. */

import { join } from 'node:path';
import { buildSettings, defaultProject, type SourceFacts } from '../config/config.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import { timingKind } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { DEFAULT_RELEASE } from '../fabric/default-release.ts';
import { releaseOf } from '../fabric/release.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { fillTemplate } from '../fabric/resolution.ts';
import { type FabricSource, sourceHere, type ToClone } from '../fabric/source.ts';
import { exists } from '../host/files.ts';
import { hostGoArch } from '../host/go-arch.ts';
import { buildDir, networkDir, STATE_FOLDER } from '../host/state-folder.ts';
import { newestOutputs } from '../images/build-outputs.ts';
import { isUpstream, type UpstreamRecipe, upstreamRecipe } from '../images/upstream-dockerfiles.ts';
import { readState } from '../journal/journal.ts';
import { recordedCommands } from '../journal/run-record.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { readFact, secondsOf } from '../journal/wizard-state.ts';
import { type NetworkSpec, networkSpec } from '../network/network-spec.ts';
import { SAVED_NETWORK } from '../network/saved-network.ts';
import { type PeerReferences, peerReferences } from '../resolve/peer-images.ts';

export interface ProjectInfo {
  /** The images that the peers ask for. */
  readonly peerImages: PeerReferences;
  readonly dir: string;
  readonly packageDir: string;
  readonly config: WizardConfig;
  readonly settings: BuildSettings;
  readonly spec: NetworkSpec;
  /** Absent if the source is not on this machine yet; the settings are then example values. */
  readonly sourceDir: string | undefined;
  /** Build arguments of the images that the checkout's own Dockerfiles build. */
  readonly upstream: Readonly<Partial<Record<ImageName, Pick<UpstreamRecipe, 'buildArgs' | 'from'>>>>;
  /** Whether the source is the bundled practice source, which is not Fabric. */
  readonly practice: boolean;
  /** Instance in the names of the ledger volumes, if there is crypto material. */
  readonly instance: string | undefined;
  /** Folder of the newest compile, if there was one. */
  readonly programsDir: string | undefined;
  /** Whether a run has built images here; otherwise their names are examples. */
  readonly built: boolean;
  /** Whether a run has created a network here. */
  readonly network: boolean;
  /** Average seconds by stage id, of runs in which the stage did work. */
  readonly seconds: Readonly<Record<string, number>>;
  /** By stage id, the equivalent commands that the last run of the stage reported. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
}

/** Returns the source, or the tag or branch that would have to be cloned first; undefined if it is invalid. */
async function presentSource(
  ...parameters: Parameters<typeof sourceHere>
): Promise<FabricSource | ToClone | undefined> {
  try {
    return await sourceHere(...parameters);
  } catch (error) {
    if (error instanceof WizardFailure && error.failure.kind === 'source') return undefined;
    throw error;
  }
}

/** Returns the facts of a source that is not here: those of its tag, else those of the default release. */
function exampleSource(tag = ''): SourceFacts {
  const version = releaseOf(tag) ? tag.replace(/^v/, '') : DEFAULT_RELEASE;
  const release = releaseOf(version);
  if (!release) throw new Error(`the table has no release ${version}`);
  return {
    release,
    version,
    // The Makefile of the checkout names it.
    baseVersion: release.images.runtime.template.includes('BASE_VERSION') ? '<base-version>' : '',
    goVersion: release.releaseGo,
    practice: false,
    tree: { commit: '0a1b2c3' },
  };
}

/** Returns the build arguments of the checkout's own Dockerfiles. Unusable ones are left out; the run reports why. */
async function upstreamOf(source: FabricSource, settings: BuildSettings): Promise<ProjectInfo['upstream']> {
  const names = settings.release.imagesBuilt.filter((name) => isUpstream(name, { source, settings }));
  const recipes = await Promise.all(
    names.map(async (name) => [name, await upstreamRecipe(name, { source, settings })] as const),
  ).catch(() => []);
  return Object.fromEntries(recipes);
}

/** Returns the images that the peers ask for. The release's own templates replace what core.yaml does not have. */
async function peerImagesOf(
  source: FabricSource | undefined,
  settings: BuildSettings,
  config: WizardConfig,
): Promise<PeerReferences> {
  const found = source && (await peerReferences({ source, settings, config }).catch(() => undefined));
  const { builder, runtime } = settings.release.images;
  return {
    builder: found?.builder || fillTemplate(builder.template, settings),
    runtime: found?.runtime || fillTemplate(runtime.template, settings),
  };
}

/** @throws WizardFailure `state-newer` */
export async function readProjectInfo(
  dir: string,
  config: WizardConfig,
  { packageDir }: { readonly packageDir: string },
): Promise<ProjectInfo> {
  const stateDir = join(dir, STATE_FOLDER);
  const [state, found, programsDir, hasCompose, commands] = await Promise.all([
    readState(dir),
    presentSource(config.source, { dir, stateDir, sampleDir: join(packageDir, 'sample') }),
    newestOutputs(buildDir(stateDir)),
    exists(join(networkDir(stateDir), 'docker-compose.yaml')),
    recordedCommands(stateDir),
  ]);
  const source = found && 'toClone' in found ? undefined : found;
  const facts = source ?? exampleSource(found && 'toClone' in found ? found.toClone : undefined);
  const settings = buildSettings(config, facts, readFact(state, STATE_KEYS.engine)?.arch ?? hostGoArch());
  const project = config.project ?? defaultProject(dir);
  const made = readFact(state, SAVED_NETWORK);
  return {
    dir,
    packageDir,
    config,
    settings,
    spec: made?.spec ?? networkSpec(config, settings.release, project),
    sourceDir: source?.dir,
    peerImages: await peerImagesOf(source, settings, config),
    upstream: source ? await upstreamOf(source, settings) : {},
    practice: facts.practice,
    instance: readFact(state, STATE_KEYS.crypto)?.instance,
    programsDir,
    built: source !== undefined && readFact(state, STATE_KEYS.built) !== undefined,
    network: made !== undefined && hasCompose,
    commands,
    seconds: secondsOf(state, timingKind({ settings, source: facts })),
  };
}
