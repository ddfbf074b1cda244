/** Reads the content of a source tree and its state in git. */
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import PQueue from 'p-queue';
import { isMissing } from '../core/error-code.ts';
import { isWithin } from '../host/folder-files.ts';
import { git, gitWithoutFilters } from './git.ts';

export interface SourceTree {
  readonly dir: string;
  /** Abbreviated commit, from `git rev-parse --short`; empty if there is none. */
  readonly commit: string;
  readonly fullCommit: string;
  /** Paths that differ from the commit, untracked ones included, relative and sorted. */
  readonly dirty: readonly string[];
  /** Content id by relative path. Equal ids mean equal contents. Ignored files are left out. */
  readonly files: ReadonlyMap<string, string>;
}

/** Files of this program, if it runs in the checkout. */
const OURS = /^(\.fabric-wizard(\/|$)|fabric-wizard\.yaml$)/;
/** Folders of `make` and git. In a checkout git ignores them. */
const GENERATED = /^(\.git|\.build|build)$/;

/** Temporary files and backups of editors: vim, nano, emacs, gedit, kate, JetBrains. */
const TEMPORARY =
  /(^|\/)(\.([^/]*\.)?(sw[a-z]|kate-swp)|\.#[^/]*|#[^/]*#|[^/]*~|4913|\.goutputstream-[^/]*|[^/]*___jb_(tmp|old)___)$/;

function isForeign(path: string): boolean {
  return OURS.test(path) || TEMPORARY.test(path);
}

const READS_AT_ONCE = 32;
/** Returns git's id of a blob, so that a commit does not change ids and fingerprints. */
function blobId(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

const LINK = 'link:';

function linkId(oid: string): string {
  return `${LINK}${oid}`;
}

/** Returns the id of a file or link; undefined if it is neither or does not exist. */
async function contentId(path: string): Promise<string | undefined> {
  try {
    const stats: Stats = await lstat(path);
    if (stats.isSymbolicLink()) return linkId(blobId(Buffer.from(await readlink(path))));
    return stats.isFile() ? blobId(await readFile(path)) : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function hashFiles(dir: string, paths: Iterable<string>, into: Map<string, string>): Promise<void> {
  const queue = new PQueue({ concurrency: READS_AT_ONCE });
  await queue.addAll(
    [...paths].map((path) => async () => {
      const id = await contentId(join(dir, path));
      if (id === undefined) into.delete(path);
      else into.set(path, id);
    }),
  );
}

interface Status {
  /** Paths that differ from the index. */
  readonly changed: readonly string[];
  /** Paths that differ from the commit. */
  readonly dirty: readonly string[];
  /** The full id of the commit; empty if there is none. */
  readonly commit: string;
}

const COMMIT = '# branch.oid ';

function parseStatus(status: string): Status {
  const changed: string[] = [];
  const dirty: string[] = [];
  let commit = '';
  for (const record of status.split('\0')) {
    const kind = record[0];
    if (kind === '#' && record.startsWith(COMMIT)) commit = record.slice(COMMIT.length);
    if (kind === undefined || kind === '#') continue;
    // "1 XY sub mH mI mW hH hI path", "u XY sub m1 m2 m3 mW h1 h2 h3 path", "? path"
    const before = kind === '1' ? 8 : kind === 'u' ? 10 : 1;
    const path = record.split(' ').slice(before).join(' ');
    if (isForeign(path)) continue;
    dirty.push(path);
    if (kind !== '1' || record[3] !== '.') changed.push(path);
  }
  return { changed, dirty: dirty.sort(), commit: commit === '(initial)' ? '' : commit };
}

async function readCheckout(dir: string): Promise<SourceTree> {
  // Read before the index, so that changes of a concurrent `git checkout` count as changed.
  const compare = [
    'status',
    '--porcelain=v2',
    '--branch',
    '--no-ahead-behind',
    '-z',
    '--untracked-files=all',
    '--no-renames',
  ];
  const { changed, dirty, commit: fullCommit } = parseStatus(await gitWithoutFilters(dir, ...compare));
  const [index, commit] = await Promise.all([
    git(dir, 'ls-files', '-s', '-z'),
    fullCommit === '' ? '' : git(dir, 'rev-parse', '--short', fullCommit),
  ]);
  const files = new Map<string, string>();
  for (const record of index.split('\0')) {
    const tab = record.indexOf('\t');
    if (tab < 0) continue;
    const [mode, oid = ''] = record.slice(0, tab).split(' ');
    const path = record.slice(tab + 1);
    if (!isForeign(path)) files.set(path, mode === '120000' ? linkId(oid) : oid);
  }
  await hashFiles(dir, changed, files);
  return { dir, commit: commit.trim(), fullCommit, dirty, files };
}

async function readFolder(dir: string): Promise<SourceTree> {
  const paths: string[] = [];
  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(join(dir, below), { withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const entry of entries) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (isForeign(path) || (below === '' && GENERATED.test(path))) continue;
      if (entry.isDirectory()) await walk(path);
      else paths.push(path);
    }
  };
  await walk('');
  const files = new Map<string, string>();
  await hashFiles(dir, paths, files);
  return { dir, commit: '', fullCommit: '', dirty: [], files };
}

async function isWorkTreeTop(dir: string): Promise<boolean> {
  try {
    const top = await git(dir, 'rev-parse', '--show-toplevel');
    return (await realpath(top.trimEnd())) === (await realpath(dir));
  } catch {
    // Git is missing, or this is not a repository.
    return false;
  }
}

/**
 * Reads a source tree. In a git checkout the ids of unchanged files come from git; other folders are read completely.
 * @param dir an existing folder
 */
export async function readSourceTree(dir: string): Promise<SourceTree> {
  const absolute = resolve(dir);
  return (await isWorkTreeTop(absolute)) ? readCheckout(absolute) : readFolder(absolute);
}

export interface LinkOut {
  /** Path relative to the tree. */
  readonly path: string;
  /** Where it leads. */
  readonly target: string;
}

/** Returns the links that lead out of a tree: what they lead to is not part of the source, and must not get into images. */
export async function linksOut({
  dir,
  files,
}: Pick<SourceTree, 'dir' | 'files'>): Promise<readonly LinkOut[]> {
  const root = await realpath(dir);
  const links = [...files].filter(([, id]) => id.startsWith(LINK)).map(([path]) => path);
  const out = await Promise.all(
    links.map(async (path): Promise<LinkOut[]> => {
      const target = await realpath(join(dir, path)).catch(() => undefined);
      return target === undefined || isWithin(target, root) ? [] : [{ path, target }];
    }),
  );
  return out.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Returns the tags of the repository with its top folder here; none if there is no such repository. */
export async function tagsOf(dir: string): Promise<string[]> {
  const absolute = resolve(dir);
  if (!(await isWorkTreeTop(absolute))) return [];
  return (await git(absolute, 'tag', '--list')).split('\n').filter((tag) => tag !== '');
}

/** Returns the sha256, as 64 hex digits, of the paths and contents of the files that `keep` selects. */
export function fingerprintOf(tree: SourceTree, keep: (path: string) => boolean): string {
  const paths = [...tree.files.keys()].filter(keep).sort();
  // One call: each of 5,000 would take as long as a hash of a kilobyte.
  return createHash('sha256')
    .update(paths.map((path) => `${path}\0${tree.files.get(path)}\n`).join(''))
    .digest('hex');
}
