/** Recognises checkouts of Fabric CA, and resolves what `--ca-source` means: a folder, a tag or `auto`. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { exists, isFolder } from '../host/files.ts';
import { defaultCaTag } from './ca-tags.ts';
import { commitOf } from './git.ts';
import { type LocalRef, localRef } from './local-ref.ts';
import { makeVariable, tagOf } from './source.ts';
import { cloneTag, fetchRef } from './source-clone.ts';
import { linksOut, readSourceTree, type SourceTree } from './source-tree.ts';

export interface CaSource {
  readonly dir: string;
  /** `1.5.5`, or `1.5.6-snapshot-0a1b2c3` if the tree is not a release. */
  readonly version: string;
  /** Oldest Go that compiles it, as far as the checkout says it. */
  readonly goVersion: string;
  /** Whether it has a go.mod. Otherwise Go finds its packages by their place in GOPATH. */
  readonly goMode: 'modules' | 'gopath';
  /** Whether the vendor folder has SQLite's C file. It is 8 MB, and mirrors leave such files out. */
  readonly bundlesSqlite: boolean;
  readonly tree: SourceTree;
}

/** What `--ca-source` depends on. */
export interface CaSourcePlaces {
  /** Folder of the configuration. */
  readonly dir: string;
  /** Tags are in `<stateDir>/source/`. */
  readonly stateDir: string;
  /** Folder of the Fabric checkout. */
  readonly fabricDir: string;
  /** Oldest Go that the builder has. */
  readonly goVersion: string;
}

/** A tag of Fabric CA that is not on this machine yet. */
export interface CaToClone {
  readonly toClone: string;
  /** The repository on this machine that has it; absent: it comes from Fabric CA's own. */
  readonly from?: LocalRef;
}

const SERVER = 'cmd/fabric-ca-server';
const NEEDED = ['Makefile', SERVER, 'cmd/fabric-ca-client', 'lib', 'vendor'] as const;
const SQLITE = 'vendor/github.com/mattn/go-sqlite3/sqlite3-binding.c';
const CA_URL = 'https://github.com/hyperledger/fabric-ca';
const VERSION = /^\d+\.\d+\.\d+$/;

const NEXT = ['fabric-wizard up --ca --ca-source PATH', 'fabric-wizard up --no-ca'];

function unusable(message: Phrase): WizardFailure {
  return new WizardFailure({ kind: 'usage', message, next: NEXT });
}

/** @throws WizardFailure `usage` if the folder has no complete checkout of Fabric CA */
export async function recogniseCa(path: string): Promise<CaSource> {
  const dir = resolve(path);
  if (!(await isFolder(dir))) throw unusable({ key: 'usage.ca-absent', path: dir });
  const found = await Promise.all(NEEDED.map((each) => exists(join(dir, each))));
  const missing = NEEDED.filter((_, index) => !found[index]);
  if (missing.length > 0)
    throw unusable({ key: 'usage.ca-incomplete', path: dir, files: missing.join(', ') });
  const makefile = await readFile(join(dir, 'Makefile'), 'utf8');
  // Newer Makefiles write it as a tag.
  const stated = makeVariable(makefile, 'BASE_VERSION')?.replace(/^v/, '');
  if (makeVariable(makefile, 'PROJECT_NAME') !== 'fabric-ca' || stated === undefined || !VERSION.test(stated))
    throw unusable({ key: 'usage.ca-other', path: dir });
  const tree = await readSourceTree(dir);
  const [out] = await linksOut(tree);
  if (out) throw unusable({ key: 'usage.ca-link', path: dir, link: out.path, target: out.target });
  const goMod = await readFile(join(dir, 'go.mod'), 'utf8').catch(() => undefined);
  const isRelease = (makeVariable(makefile, 'IS_RELEASE') ?? 'true') === 'true';
  return {
    dir,
    version: isRelease ? stated : `${stated}-snapshot-${tree.commit || 'unknown'}`,
    goVersion: /^go[ \t]+(\S+)/m.exec(goMod ?? '')?.[1] ?? '1.11',
    goMode: goMod === undefined ? 'gopath' : 'modules',
    bundlesSqlite: tree.files.has(SQLITE) && (await exists(join(dir, SQLITE))),
    tree,
  };
}

/** Returns the folders that `auto` looks at: beside the Fabric checkout, in the folder, and beside it. */
function neighbours({ dir, fabricDir }: CaSourcePlaces): readonly string[] {
  const places = [join(fabricDir, '..', 'fabric-ca'), join(dir, 'fabric-ca'), join(dir, '..', 'fabric-ca')];
  return [...new Set(places.map((place) => resolve(place)))];
}

function tagFolder(tag: string, { stateDir }: Pick<CaSourcePlaces, 'stateDir'>): string {
  return resolve(stateDir, 'source', `fabric-ca-${tag}`);
}

async function tagHere(tag: string, places: CaSourcePlaces): Promise<CaSource | CaToClone> {
  const folder = tagFolder(tag, places);
  if (await exists(folder)) return recogniseCa(folder);
  const from =
    process.env.FABRIC_WIZARD_FABRIC_CA_URL === undefined
      ? await localRef(tag, [places.dir, ...neighbours(places)], `${SERVER}/main.go`)
      : undefined;
  return from ? { toClone: tag, from } : { toClone: tag };
}

/**
 * Returns the checkout that `--ca-source` means if it is on this machine. Clones and writes nothing.
 * @returns otherwise the tag that has to be fetched
 * @throws WizardFailure `usage` if there is no such checkout, or it is not complete
 */
export async function caSourceHere(choice: string, places: CaSourcePlaces): Promise<CaSource | CaToClone> {
  if (choice === 'auto') {
    for (const place of neighbours(places)) if (await exists(place)) return recogniseCa(place);
    return tagHere(defaultCaTag(places.goVersion), places);
  }
  const path = resolve(places.dir, choice);
  const tag = (await exists(path)) ? undefined : tagOf(choice);
  return tag === undefined ? recogniseCa(path) : tagHere(tag, places);
}

/** Fetches a tag, and keeps it. @throws WizardFailure `usage` with git's message; CancelledError */
export async function fetchCa(
  { toClone: tag, from }: CaToClone,
  places: CaSourcePlaces,
  listener: { readonly signal: AbortSignal; readonly onLine?: (line: string) => void },
): Promise<CaSource> {
  const into = tagFolder(tag, places);
  const url = process.env.FABRIC_WIZARD_FABRIC_CA_URL ?? CA_URL;
  try {
    if (from && (await commitOf(from.repository, from.ref)) !== undefined)
      await fetchRef({ from, into, ...listener });
    else await cloneTag({ url, tag, into, ...listener });
  } catch (error) {
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'source') throw error;
    throw unusable({ key: 'usage.ca-not-cloned', tag, url, detail: error.failure.detail });
  }
  return recogniseCa(into);
}
