/** Recognises Fabric checkouts, and resolves what `--source` means: a folder, a tag or branch, `sample` or `auto`. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type StageFailure, WizardFailure } from '../core/failure.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { exists } from '../host/files.ts';
import { defaultTag, worksWith } from './default-release.ts';
import type { EngineApiRange } from './engine-api.ts';
import { commitOf } from './git.ts';
import { isRefName, type LocalRef, localRef, repositoryPlaces } from './local-ref.ts';
import { KNOWN_RELEASES, type Release, releaseOf } from './release.ts';
import { cloneTag, fetchRef } from './source-clone.ts';
import { linksOut, readSourceTree, type SourceTree } from './source-tree.ts';
import { compareVersions, newerVersion } from './versions.ts';

export interface FabricSource {
  readonly dir: string;
  readonly release: Release;
  /** Version that the Makefile compiles in: `1.4.12`; before 1.2 `1.0.7-snapshot-0a1b2c3` if the tree is not a release. */
  readonly version: string;
  /** Version of baseimage and baseos in the Makefile, e.g. `0.4.22`; empty if the release has none. */
  readonly baseVersion: string;
  /** Oldest Go version that compiles the source, as far as it is known: `1.23.5`. */
  readonly goVersion: string;
  /** Whether this is the bundled practice tree, which is not Hyperledger Fabric. */
  readonly practice: boolean;
  readonly tree: SourceTree;
  /** Why the practice tree replaces Fabric although the user did not choose it. */
  readonly fallback?: Text;
}

type SourceFailure = Extract<StageFailure, { kind: 'source' }>;
type CheckedPaths = SourceFailure['looked'];

/** File in the root of a tree that has Fabric's layout but is not Fabric. */
const PRACTICE_MARKER = '.fabric-wizard-practice';
const BASE_RELEASE_FILE = '.baseimage-release';

/** A tree with at least `ENOUGH_MARKERS` of these is Fabric, complete or not; similar projects have fewer. */
const MARKERS = [
  'Makefile',
  'common/metadata/metadata.go',
  'sampleconfig/core.yaml',
  'peer',
  'orderer',
  'core/chaincode',
] as const;
const ENOUGH_MARKERS = 3;

const REQUIRED = [
  'Makefile',
  'common/metadata/metadata.go',
  'sampleconfig/core.yaml',
  'sampleconfig/orderer.yaml',
] as const;

/** Returns the paths that a build of the release reads. The practice tree only needs the standard library. */
function requiredPaths(release: Release, practice: boolean): readonly string[] {
  const programs = [release.programs.peer, release.programs.orderer].filter((path) => path !== undefined);
  if (release.baseImages === 'ours') {
    return [...REQUIRED, ...programs, 'vendor', ...(release.goMode === 'modules' ? ['go.mod'] : [])];
  }
  return [
    ...REQUIRED,
    ...programs,
    ...release.imagesBuilt.map((name) => `images/${name}/Dockerfile.in`),
    'core/chaincode/shim',
    ...(practice
      ? []
      : ['vendor', 'vendor/github.com/golang/protobuf/protoc-gen-go', 'scripts/goListFiles.sh']),
  ];
}

/** Allowed characters of a Makefile value, because it goes into tags and linker flags. */
const PLAIN_VALUE = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

async function checkPaths(dir: string, paths: readonly string[]): Promise<CheckedPaths> {
  return Promise.all(paths.map(async (path) => ({ path, found: await exists(join(dir, path)) })));
}

function missingPaths(checked: CheckedPaths): string {
  return checked
    .filter(({ found }) => !found)
    .map(({ path }) => path)
    .join(', ');
}

/** Returns the value of a Makefile variable, unexpanded. */
export function makeVariable(makefile: string, name: string): string | undefined {
  return new RegExp(`^${name}[ \\t]*[?:]?=[ \\t]*(.*?)[ \\t\\r]*$`, 'm').exec(makefile)?.[1];
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** From 1.1 on the Makefile contains the value; in 1.0 it reads it from a file. */
async function baseReleaseOf(dir: string, makefile: string): Promise<string | undefined> {
  const stated = makeVariable(makefile, 'BASEIMAGE_RELEASE');
  const value =
    stated === undefined || stated.startsWith('$(')
      ? (await readText(join(dir, BASE_RELEASE_FILE))).trim()
      : stated;
  return PLAIN_VALUE.test(value) ? value : undefined;
}

/**
 * Reads a Fabric checkout.
 * @throws WizardFailure `source`: `absent` (no such folder), `not-fabric`, `incomplete` (with the paths that were
 * checked), `unknown-release`, `leads-out` (links to files outside)
 */
export async function recogniseSource(path: string): Promise<FabricSource> {
  const dir = resolve(path);
  const fail = (problem: SourceFailure['problem'], detail: Text, checked: CheckedPaths = []) =>
    new WizardFailure({ kind: 'source', path: dir, problem, detail, looked: checked });

  const stats = await stat(dir).catch(() => undefined);
  if (!stats) throw fail('absent', { key: 'source.absent-folder' });
  if (!stats.isDirectory()) throw fail('not-fabric', { key: 'source.file' });

  const markers = await checkPaths(dir, MARKERS);
  if (markers.filter(({ found }) => found).length < ENOUGH_MARKERS) {
    throw fail('not-fabric', { key: 'source.lacks', files: missingPaths(markers) }, markers);
  }

  const makefile = await readText(join(dir, 'Makefile'));
  const stated = makeVariable(makefile, 'BASE_VERSION') ?? makeVariable(makefile, 'FABRIC_VER');
  const release = stated === undefined ? undefined : releaseOf(stated);
  if (makefile !== '' && (stated === undefined || !release || !PLAIN_VALUE.test(stated))) {
    const known = KNOWN_RELEASES;
    const detail: Phrase =
      stated === undefined
        ? { key: 'source.unstated', known }
        : { key: 'source.unknown-version', version: stated, known };
    throw fail('unknown-release', detail, markers);
  }

  const practice = await exists(join(dir, PRACTICE_MARKER));
  const checked = await checkPaths(dir, release ? requiredPaths(release, practice) : REQUIRED);
  if (stated === undefined || !release || checked.some(({ found }) => !found)) {
    throw fail('incomplete', { key: 'source.lacks', files: missingPaths(checked) }, checked);
  }
  const baseVersion = release.baseImages === 'ours' ? '' : await baseReleaseOf(dir, makefile);
  if (baseVersion === undefined) {
    const detail: Phrase = { key: 'source.no-base-version', file: BASE_RELEASE_FILE };
    throw fail('incomplete', detail, [...checked, ...(await checkPaths(dir, [BASE_RELEASE_FILE]))]);
  }

  const tree = await readSourceTree(dir);
  const [out, ...more] = await linksOut(tree);
  if (out) throw fail('leads-out', { key: 'source.link-out', ...out, count: more.length + 1 });
  const isRelease = !release.versionHasSnapshot || makeVariable(makefile, 'IS_RELEASE') === 'true';
  const version = isRelease ? stated : `${stated}-snapshot-${tree.commit || 'unknown'}`;
  const goLine = /^go[ \t]+(\S+)/m.exec(await readText(join(dir, 'go.mod')))?.[1];
  const goVersion = newerVersion(release.releaseGo, goLine ?? '');
  return { dir, release, version, baseVersion, goVersion, practice, tree };
}

export interface SourceOptions {
  /** The folder that `auto` tries first, and that relative paths start from. */
  readonly dir: string;
  /** Tags and branches are in `<stateDir>/source/`. */
  readonly stateDir: string;
  /** The bundled practice tree. */
  readonly sampleDir: string;
  /**
   * The repository of tags and branches; default: FABRIC_WIZARD_FABRIC_URL of the environment, else one on this
   * machine, else Fabric's own.
   */
  readonly cloneUrl?: string;
  /** API versions of the engine, so that `auto` means a release whose peers work with it. */
  readonly engine?: EngineApiRange;
  /** Tag that `auto` clones; default: see `defaultTag`. */
  readonly tag?: string;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
}

const FABRIC_URL = 'https://github.com/hyperledger/fabric';
const TAG = /^v?(\d+\.\d+\.\d+(?:-[A-Za-z0-9.]+)?)$/;

/** Path of the folder of a tag or branch. A name without a slash has a folder of its own. */
function cloneFolder(name: string, stateDir: string): string {
  return resolve(stateDir, 'source', name.replaceAll('/', '%'));
}

function refuseUnknown(tag: string): void {
  if (releaseOf(tag)) return;
  const detail: Phrase = { key: 'source.other-tag', tag, known: KNOWN_RELEASES };
  throw new WizardFailure({ kind: 'source', path: tag, problem: 'unknown-release', detail, looked: [] });
}

/** A tag or branch that is not here yet, or whose branch has another commit now. */
export interface ToClone {
  readonly toClone: string;
  /** The repository on this machine that has it; absent: it comes from Fabric's own. */
  readonly from?: LocalRef;
}

/** The repository that the user or a test names is the only one. */
function namedUrl({ cloneUrl }: Pick<SourceOptions, 'cloneUrl'>): string | undefined {
  return cloneUrl ?? process.env.FABRIC_WIZARD_FABRIC_URL;
}

/** Branches of Fabric's own repository. */
const FABRIC_BRANCH = /^(main|release-\d+\.\d+)$/;

/** Returns the folder with a tag or branch, or where it has to come from; undefined if nothing has it. */
async function refHere(
  name: string,
  options: LocalOptions & Pick<SourceOptions, 'cloneUrl'>,
): Promise<FabricSource | ToClone | undefined> {
  const isTag = tagOf(name) !== undefined;
  if (isTag) refuseUnknown(name);
  const folder = cloneFolder(name, options.stateDir);
  const isHere = await exists(folder);
  if (isHere && isTag) return recogniseSource(folder);
  const from =
    namedUrl(options) === undefined ? await localRef(name, repositoryPlaces(options.dir)) : undefined;
  // A branch moves: the folder has to follow the repository that it is from, as far as that is here.
  if (isHere && (from === undefined || (await commitOf(folder, 'HEAD')) === from.commit))
    return recogniseSource(folder);
  if (from) return { toClone: name, from };
  return isTag || FABRIC_BRANCH.test(name) ? { toClone: name } : undefined;
}

async function cloned({ toClone, from }: ToClone, options: SourceOptions): Promise<FabricSource> {
  const into = cloneFolder(toClone, options.stateDir);
  const { signal, onLine } = options;
  if (from) await fetchRef({ from, into, signal, onLine });
  else await cloneTag({ url: namedUrl(options) ?? FABRIC_URL, tag: toClone, into, signal, onLine });
  return recogniseSource(into);
}

function problemOf(error: unknown): SourceFailure['problem'] | undefined {
  return error instanceof WizardFailure && error.failure.kind === 'source'
    ? error.failure.problem
    : undefined;
}

/** Returns the checkout in a folder; undefined if the folder is not Fabric. */
async function checkoutHere(dir: string): Promise<FabricSource | undefined> {
  try {
    return await recogniseSource(dir);
  } catch (error) {
    // The user must repair a broken checkout. It is not silently replaced by another source.
    const problem = problemOf(error);
    if (problem !== 'not-fabric' && problem !== 'absent') throw error;
    return undefined;
  }
}

async function automaticSource(options: SourceOptions): Promise<FabricSource> {
  try {
    const found = await sourceHere('auto', options);
    return 'toClone' in found ? await cloned(found, options) : found;
  } catch (error) {
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'source') throw error;
    if (error.failure.problem !== 'clone-failed') throw error;
    return { ...(await recogniseSource(options.sampleDir)), fallback: error.failure.detail };
  }
}

/** Returns the tag if `--source` means a release to clone: `v1.4.12` of `1.4.12`. */
export function tagOf(choice: string): string | undefined {
  const version = TAG.exec(choice)?.[1];
  return version === undefined ? undefined : `v${version}`;
}

/**
 * Returns the source that `--source` means: a folder, a tag or a branch that is fetched or cloned and kept, `sample`, or
 * `auto` (the checkout in `dir`, else a clone, else the sample with `fallback`).
 * @throws WizardFailure `source`; CancelledError if the signal fires during a clone
 */
export async function resolveSource(choice: string, options: SourceOptions): Promise<FabricSource> {
  if (choice === 'auto') return automaticSource(options);
  const found = await sourceHere(choice, options);
  return 'toClone' in found ? cloned(found, options) : found;
}

/**
 * Returns the tag that `auto` means without a checkout: the default, or another clone of this folder that works with
 * the engine, so that a new default neither needs a network nor changes the version of an existing network.
 */
async function automaticTag({
  engine,
  stateDir,
}: Pick<LocalOptions, 'engine' | 'stateDir'>): Promise<string> {
  const wanted = defaultTag(engine);
  const names = await readdir(cloneFolder('', stateDir)).catch((): string[] => []);
  if (names.includes(wanted)) return wanted;
  const clones = names.filter((name) => tagOf(name) === name && worksWith(name, engine));
  return clones.sort(compareVersions).at(-1) ?? wanted;
}

/** The failure of a command that only reads, where the source would have to be cloned. */
export function notCloned(tag: string, command: string): WizardFailure {
  return new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.not-cloned', tag, command },
    next: [`fabric-wizard up --source ${tag}`],
  });
}

/** What is needed to find a source without cloning. */
export type LocalOptions = Pick<
  SourceOptions,
  'dir' | 'stateDir' | 'sampleDir' | 'engine' | 'cloneUrl' | 'tag'
>;

/**
 * Returns the source that `--source` means if it is on this machine. Clones and writes nothing.
 * @returns otherwise the tag or branch that has to be cloned
 * @throws WizardFailure `source`
 */
export async function sourceHere(choice: string, options: LocalOptions): Promise<FabricSource | ToClone> {
  if (choice === 'sample') return recogniseSource(options.sampleDir);
  if (choice === 'auto') {
    const here = await checkoutHere(options.dir);
    if (here) return here;
    const tag = options.tag ?? (await automaticTag(options));
    return (await refHere(tag, options)) ?? { toClone: tag };
  }
  const path = resolve(options.dir, choice);
  if (await exists(path)) return recogniseSource(path);
  const name = tagOf(choice) ?? choice;
  const found = isRefName(name) ? await refHere(name, options) : undefined;
  if (found) return found;
  if (!isRefName(name)) return recogniseSource(path);
  const detail: Phrase = { key: 'source.no-such-name', name };
  throw new WizardFailure({ kind: 'source', path, problem: 'absent', detail, looked: [] });
}
