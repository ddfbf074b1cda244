/** Recognises Fabric checkouts, and resolves what `--source` means: a folder, a tag, `sample` or `auto`. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type StageFailure, WizardFailure } from '../core/failure.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { exists } from '../host/files.ts';
import { defaultTag, worksWith } from './default-release.ts';
import type { EngineApiRange } from './engine-api.ts';
import { KNOWN_RELEASES, type Release, releaseOf } from './release.ts';
import { cloneTag } from './source-clone.ts';
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
  /** Clones are in `<stateDir>/source/<tag>`. */
  readonly stateDir: string;
  /** The bundled practice tree. */
  readonly sampleDir: string;
  /** Default: FABRIC_WIZARD_FABRIC_URL of the environment, else Fabric's own repository. */
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

function cloneFolder(tag: string, stateDir: string): string {
  return resolve(stateDir, 'source', tag);
}

function refuseUnknown(tag: string): void {
  if (releaseOf(tag)) return;
  const detail: Phrase = { key: 'source.other-tag', tag, known: KNOWN_RELEASES };
  throw new WizardFailure({ kind: 'source', path: tag, problem: 'unknown-release', detail, looked: [] });
}

async function clonedSource(tag: string, options: SourceOptions): Promise<FabricSource> {
  refuseUnknown(tag);
  const into = cloneFolder(tag, options.stateDir);
  if (!(await exists(into))) {
    const url = options.cloneUrl ?? process.env.FABRIC_WIZARD_FABRIC_URL ?? FABRIC_URL;
    await cloneTag({ url, tag, into, signal: options.signal, onLine: options.onLine });
  }
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
  const here = await checkoutHere(options.dir);
  if (here) return here;
  try {
    return await clonedSource(options.tag ?? (await automaticTag(options)), options);
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
 * Returns the source that `--source` means: a folder (a path with a slash, or one that exists), a tag that is cloned
 * once and kept, `sample`, or `auto` (the checkout in `dir`, else a clone, else the sample with `fallback`).
 * @throws WizardFailure `source`; CancelledError if the signal fires during a clone
 */
export async function resolveSource(choice: string, options: SourceOptions): Promise<FabricSource> {
  if (choice === 'auto') return automaticSource(options);
  if (choice === 'sample') return recogniseSource(options.sampleDir);
  const path = resolve(options.dir, choice);
  const tag = tagOf(choice);
  if (tag === undefined || choice.includes('/') || (await exists(path))) return recogniseSource(path);
  return clonedSource(tag, options);
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

/** What is needed to find a source without cloning. */
export type LocalOptions = Pick<SourceOptions, 'dir' | 'stateDir' | 'sampleDir' | 'engine'>;

/**
 * Returns the source that `--source` means if it is on this machine. Clones nothing.
 * @returns otherwise the tag that has to be cloned
 * @throws WizardFailure `source`
 */
export async function sourceHere(
  choice: string,
  options: LocalOptions,
): Promise<FabricSource | { readonly toClone: string }> {
  if (choice === 'sample') return recogniseSource(options.sampleDir);
  if (choice === 'auto') {
    const here = await checkoutHere(options.dir);
    if (here) return here;
  }
  const path = resolve(options.dir, choice);
  const tag = choice === 'auto' ? await automaticTag(options) : tagOf(choice);
  if (tag === undefined || choice.includes('/') || (choice !== 'auto' && (await exists(path))))
    return recogniseSource(path);
  refuseUnknown(tag);
  const folder = cloneFolder(tag, options.stateDir);
  return (await exists(folder)) ? recogniseSource(folder) : { toClone: tag };
}
