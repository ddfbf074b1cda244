/** Lists the files of a folder that belongs to somebody else. Links are followed as long as they stay inside of it. */
import type { Dirent } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../core/error-code.ts';

export interface FolderFile {
  /** Path relative to the folder, with `/`. */
  readonly path: string;
  /** The file itself, after all links. */
  readonly file: string;
}

/** A symbolic link that cannot be followed. */
export interface BadLink {
  /** Path relative to the folder. */
  readonly path: string;
  /** The text of the link. */
  readonly target: string;
  /**
   * `outside`: it leads out of the folder; `broken`: its target does not exist; `circle`: it leads to itself or to a
   * folder that contains it; `special`: its target is a device, a socket or a pipe.
   */
  readonly problem: 'outside' | 'broken' | 'circle' | 'special';
}

export interface FolderContent {
  /** Sorted by path. */
  readonly files: readonly FolderFile[];
  readonly badLinks: readonly BadLink[];
}

/** Whether a path is a folder or is in it. Both are real paths. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/**
 * Returns where a link leads.
 * @param root real path of the folder that it must not leave
 * @param parents real paths of the folders that contain the link, with the links that led to them followed
 */
async function follow(
  link: string,
  root: string,
  parents: readonly string[],
): Promise<{ readonly real: string; readonly isFolder: boolean } | BadLink['problem']> {
  const real = await realpath(link).catch(errorCode);
  if (real === 'ELOOP') return 'circle';
  if (real === undefined || !real.startsWith('/')) return 'broken';
  if (!isWithin(real, root)) return 'outside';
  const stats = await stat(real);
  if (stats.isDirectory()) return parents.includes(real) ? 'circle' : { real, isFolder: true };
  return stats.isFile() ? { real, isFolder: false } : 'special';
}

/**
 * Lists all regular files below a folder.
 * @param isSkipped whether an entry of this name is left out, with everything below it
 * @throws the error of the file system if the folder cannot be read
 */
export async function folderFiles(dir: string, isSkipped: (name: string) => boolean): Promise<FolderContent> {
  const root = await realpath(dir);
  const files: FolderFile[] = [];
  const badLinks: BadLink[] = [];
  const visit = async (entry: Dirent, real: string, path: string, parents: readonly string[]) => {
    if (entry.isDirectory()) await walk(real, path, [...parents, real]);
    else if (entry.isFile()) files.push({ path, file: real });
    if (!entry.isSymbolicLink()) return;
    const found = await follow(real, root, parents);
    if (typeof found === 'string') badLinks.push({ path, target: await readlink(real), problem: found });
    else if (found.isFolder) await walk(found.real, path, [...parents, found.real]);
    else files.push({ path, file: found.real });
  };
  const walk = async (folder: string, below: string, parents: readonly string[]): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (isSkipped(entry.name)) continue;
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      await visit(entry, join(folder, entry.name), path, parents);
    }
  };
  await walk(root, '', [root]);
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
  return { files: files.sort(byPath), badLinks: badLinks.sort(byPath) };
}
