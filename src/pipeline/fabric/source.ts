/** What a folder is: a Fabric checkout of which line and version, or what it lacks to be one. */

import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type StageFailure, WizardFailure } from '../core/failure.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { exists } from '../host/files.ts';
import { laterGo } from './go-version.ts';
import { KNOWN_RELEASES, type Release, releaseOf } from './release.ts';
import { cloneTag } from './source-clone.ts';
import { readSourceTree, type SourceTree } from './source-tree.ts';

export interface FabricSource {
  readonly dir: string;
  readonly release: Release;
  /** What the Makefile compiles in as Version: `1.4.12`; before 1.2 `1.0.7-snapshot-0a1b2c3` for a tree that is no release. */
  readonly version: string;
  /** Version of baseimage and baseos that the Makefile names, e.g. `0.4.22`; empty where the line has none. */
  readonly baseVersion: string;
  /** The oldest Go that compiles it, as far as it says so: `1.23.5`. */
  readonly goVersion: string;
  /** The bundled practice tree, which is not Hyperledger Fabric. */
  readonly practice: boolean;
  readonly tree: SourceTree;
  /** Why the practice tree stands in for Fabric, where nobody asked for it. */
  readonly fallback?: Text;
}

type SourceFailure = Extract<StageFailure, { kind: 'source' }>;
type Looked = SourceFailure['looked'];

/** In the root of a tree that has Fabric's shape and is not Fabric. */
const PRACTICE_MARKER = '.fabric-wizard-practice';
const BASE_RELEASE_FILE = '.baseimage-release';

/** A tree that has this many of them is Fabric, whole or not; a project that merely resembles it has fewer. */
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

/** What a build of the line reads beside it. The practice tree needs the standard library only. */
function requiredOf(line: Release, practice: boolean): readonly string[] {
  const programs = [line.programs.peer, line.programs.orderer].filter((path) => path !== undefined);
  if (line.baseImages === 'ours') {
    return [...REQUIRED, ...programs, 'vendor', ...(line.goMode === 'modules' ? ['go.mod'] : [])];
  }
  return [
    ...REQUIRED,
    ...programs,
    ...line.imagesBuilt.map((name) => `images/${name}/Dockerfile.in`),
    'core/chaincode/shim',
    ...(practice
      ? []
      : ['vendor', 'vendor/github.com/golang/protobuf/protoc-gen-go', 'scripts/goListFiles.sh']),
  ];
}

/** What a value of the Makefile may be made of: it goes into tags and linker flags. */
const PLAIN_VALUE = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

async function look(dir: string, paths: readonly string[]): Promise<Looked> {
  return Promise.all(paths.map(async (path) => ({ path, found: await exists(join(dir, path)) })));
}

function missing(looked: Looked): string {
  return looked
    .filter(({ found }) => !found)
    .map(({ path }) => path)
    .join(', ');
}

/** What a Makefile says of a variable, as it stands there. */
export function makeVariable(makefile: string, name: string): string | undefined {
  return new RegExp(`^${name}[ \\t]*[?:]?=[ \\t]*(.*?)[ \\t\\r]*$`, 'm').exec(makefile)?.[1];
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** 1.1 and later say it in the Makefile, which in 1.0 reads a file of its own. */
async function baseReleaseOf(dir: string, makefile: string): Promise<string | undefined> {
  const stated = makeVariable(makefile, 'BASEIMAGE_RELEASE');
  const value =
    stated === undefined || stated.startsWith('$(')
      ? (await readText(join(dir, BASE_RELEASE_FILE))).trim()
      : stated;
  return PLAIN_VALUE.test(value) ? value : undefined;
}

/**
 * @throws WizardFailure `source`: `absent` (no such folder), `not-fabric`, `incomplete` (with the paths that
 * were looked for), `unknown-line`
 */
export async function recogniseSource(path: string): Promise<FabricSource> {
  const dir = resolve(path);
  const fail = (problem: SourceFailure['problem'], detail: Text, looked: Looked = []) =>
    new WizardFailure({ kind: 'source', path: dir, problem, detail, looked });

  const stats = await stat(dir).catch(() => undefined);
  if (!stats) throw fail('absent', { key: 'source.absent-folder' });
  if (!stats.isDirectory()) throw fail('not-fabric', { key: 'source.file' });

  const markers = await look(dir, MARKERS);
  if (markers.filter(({ found }) => found).length < ENOUGH_MARKERS) {
    throw fail('not-fabric', { key: 'source.lacks', files: missing(markers) }, markers);
  }

  const makefile = await readText(join(dir, 'Makefile'));
  const stated = makeVariable(makefile, 'BASE_VERSION') ?? makeVariable(makefile, 'FABRIC_VER');
  const release = stated === undefined ? undefined : releaseOf(stated);
  if (makefile !== '' && (stated === undefined || !release || !PLAIN_VALUE.test(stated))) {
    const known = KNOWN_RELEASES;
    const detail: Phrase =
      stated === undefined
        ? { key: 'source.unstated', known }
        : { key: 'source.other-line', version: stated, known };
    throw fail('unknown-line', detail, markers);
  }

  const practice = await exists(join(dir, PRACTICE_MARKER));
  const looked = await look(dir, release ? requiredOf(release, practice) : REQUIRED);
  if (stated === undefined || !release || looked.some(({ found }) => !found)) {
    throw fail('incomplete', { key: 'source.lacks', files: missing(looked) }, looked);
  }
  const baseVersion = release.baseImages === 'ours' ? '' : await baseReleaseOf(dir, makefile);
  if (baseVersion === undefined) {
    const detail: Phrase = { key: 'source.no-base-version', file: BASE_RELEASE_FILE };
    throw fail('incomplete', detail, [...looked, ...(await look(dir, [BASE_RELEASE_FILE]))]);
  }

  const tree = await readSourceTree(dir);
  const isRelease = !release.versionHasSnapshot || makeVariable(makefile, 'IS_RELEASE') === 'true';
  const version = isRelease ? stated : `${stated}-snapshot-${tree.commit || 'unknown'}`;
  const goLine = /^go[ \t]+(\S+)/m.exec(await readText(join(dir, 'go.mod')))?.[1];
  const goVersion = laterGo(release.releaseGo, goLine ?? '');
  return { dir, release, version, baseVersion, goVersion, practice, tree };
}

export interface SourceOptions {
  /** The folder that `auto` looks at first, and that a relative path starts from. */
  readonly dir: string;
  /** Clones are kept in `<stateDir>/source/<tag>`. */
  readonly stateDir: string;
  /** The bundled practice tree. */
  readonly sampleDir: string;
  /** Default: the environment's FABRIC_WIZARD_FABRIC_URL, else Fabric's own repository. */
  readonly cloneUrl?: string;
  /** What `auto` clones; default v1.4.12. */
  readonly tag?: string;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
}

const FABRIC_URL = 'https://github.com/hyperledger/fabric';
const DEFAULT_TAG = 'v1.4.12';
const TAG = /^v?(\d+\.\d+\.\d+(?:-[A-Za-z0-9.]+)?)$/;

function cloneFolder(tag: string, stateDir: string): string {
  return resolve(stateDir, 'source', tag);
}

function refuseUnknown(tag: string): void {
  if (releaseOf(tag)) return;
  const detail: Phrase = { key: 'source.other-tag', tag, known: KNOWN_RELEASES };
  throw new WizardFailure({ kind: 'source', path: tag, problem: 'unknown-line', detail, looked: [] });
}

async function cloned(tag: string, options: SourceOptions): Promise<FabricSource> {
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

/** The folder that we are in, where it is Fabric at all. */
async function checkoutHere(dir: string): Promise<FabricSource | undefined> {
  try {
    return await recogniseSource(dir);
  } catch (error) {
    // A checkout that is there but broken must be mended, not silently replaced by another source.
    const problem = problemOf(error);
    if (problem !== 'not-fabric' && problem !== 'absent') throw error;
    return undefined;
  }
}

async function automatic(options: SourceOptions): Promise<FabricSource> {
  const here = await checkoutHere(options.dir);
  if (here) return here;
  try {
    return await cloned(options.tag ?? DEFAULT_TAG, options);
  } catch (error) {
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'source') throw error;
    if (error.failure.problem !== 'clone-failed') throw error;
    return { ...(await recogniseSource(options.sampleDir)), fallback: error.failure.detail };
  }
}

/** Whether `--source` means a release to clone, and which tag then. */
export function tagOf(choice: string): string | undefined {
  const version = TAG.exec(choice)?.[1];
  return version === undefined ? undefined : `v${version}`;
}

/**
 * Finds the source that `--source` means: a folder (a path with a slash, or one that exists), a tag to clone
 * once and keep, `sample`, or `auto` (the folder we are in, else a clone, else the sample with `fallback`).
 * @throws WizardFailure `source`; CancelledError when the signal fires during a clone
 */
export async function resolveSource(choice: string, options: SourceOptions): Promise<FabricSource> {
  if (choice === 'auto') return automatic(options);
  if (choice === 'sample') return recogniseSource(options.sampleDir);
  const path = resolve(options.dir, choice);
  const tag = tagOf(choice);
  if (tag === undefined || choice.includes('/') || (await exists(path))) return recogniseSource(path);
  return cloned(tag, options);
}

/**
 * What `--source` means as far as it is on this machine; nothing is cloned.
 * @returns the tag that would be cloned where it is not here
 * @throws WizardFailure `source`
 */
export async function sourceHere(
  choice: string,
  options: Pick<SourceOptions, 'dir' | 'stateDir' | 'sampleDir'>,
): Promise<FabricSource | { readonly toClone: string }> {
  if (choice === 'sample') return recogniseSource(options.sampleDir);
  if (choice === 'auto') {
    const here = await checkoutHere(options.dir);
    if (here) return here;
  }
  const path = resolve(options.dir, choice);
  const tag = choice === 'auto' ? DEFAULT_TAG : tagOf(choice);
  if (tag === undefined || choice.includes('/') || (choice !== 'auto' && (await exists(path))))
    return recogniseSource(path);
  refuseUnknown(tag);
  const folder = cloneFolder(tag, options.stateDir);
  return (await exists(folder)) ? recogniseSource(folder) : { toClone: tag };
}
