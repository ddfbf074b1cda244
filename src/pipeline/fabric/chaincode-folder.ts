/** Reads the folder of a user's chaincode: its files, its Go packages and the import path of its root. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import PQueue from 'p-queue';
import { type BadLink, type FolderFile, folderFiles } from '../host/folder-files.ts';
import { STATE_FOLDER } from '../host/state-folder.ts';
import { type GoFile, isGoName, isTestName, readGoFile, type Stated } from './go-file.ts';
import type { ChaincodeLanguage } from './release-facts.ts';

export interface ChaincodeFolder {
  readonly dir: string;
  /** All files except those of version control. */
  readonly files: readonly FolderFile[];
  readonly badLinks: readonly BadLink[];
  /** Go files by path, without tests and without `vendor`. */
  readonly goFiles: ReadonlyMap<string, GoFile>;
  /** Module path in go.mod; undefined if there is no go.mod. */
  readonly module: string | undefined;
  /** Paths of the modules that go.mod requires or replaces. */
  readonly required: readonly string[];
  /** Whether it has a `vendor` folder. */
  readonly hasVendor: boolean;
}

const READS_AT_ONCE = 32;

/**
 * Whether an entry is never part of a chaincode: version control, this program's own folder, which has the network's private
 * keys, and lock files of emacs, which are links that lead nowhere.
 */
export function isSkippedFile(name: string): boolean {
  return name === '.git' || name === STATE_FOLDER || name.startsWith('.#');
}

/** Folders that a build makes. Peers make them again, and Fabric's own command leaves them out too. */
const BUILT: Readonly<Record<ChaincodeLanguage, readonly string[]>> = {
  go: [],
  node: ['node_modules'],
  java: ['build', 'out', 'target', '.gradle'],
};

/** Returns whether an entry of a chaincode's folder is no part of the chaincode. */
export function isSkippedIn(language: ChaincodeLanguage): (name: string) => boolean {
  return (name) => isSkippedFile(name) || BUILT[language].includes(name);
}

/** @throws the error of the file system if the folder cannot be read */
export async function readChaincodeFolder(dir: string): Promise<ChaincodeFolder> {
  const { files, badLinks } = await folderFiles(dir, isSkippedFile);
  const goFiles = new Map<string, GoFile>();
  const queue = new PQueue({ concurrency: READS_AT_ONCE });
  const sources = files.filter(({ path }) => {
    const name = basename(path);
    return isGoName(name) && !isTestName(name) && !path.startsWith('vendor/');
  });
  await queue.addAll(
    sources.map(({ path, file }) => async () => {
      goFiles.set(path, readGoFile(await readFile(file, 'utf8')));
    }),
  );
  const goMod = files.some(({ path }) => path === 'go.mod')
    ? await readFile(join(dir, 'go.mod'), 'utf8')
    : '';
  return {
    dir,
    files,
    badLinks,
    goFiles: new Map([...goFiles].sort(([a], [b]) => (a < b ? -1 : 1))),
    module: /^module[ \t]+"?([^\s"]+)/m.exec(goMod)?.[1],
    required: [
      ...goMod.matchAll(/^[ \t]*(?:(?:require|replace)[ \t]+)?([\w.-]+\.[^\s"]*)[ \t]+(?:v\d|=>)/gm),
    ].map(([, path]) => path ?? ''),
    hasVendor: files.some(({ path }) => path.startsWith('vendor/')),
  };
}

/** Returns the folders with Go files, relative to the chaincode's; `.` is its root. */
export function packageFolders({ goFiles }: Pick<ChaincodeFolder, 'goFiles'>): ReadonlySet<string> {
  return new Set([...goFiles.keys()].map((path) => dirname(path)));
}

/** Whether the `vendor` folder has Go files of a package. */
export function isVendored({ files }: Pick<ChaincodeFolder, 'files'>, importPath: string): boolean {
  const folder = `vendor/${importPath}`;
  return files.some(({ path }) => path.endsWith('.go') && dirname(path) === folder);
}

/** Whether the first word of an import path is a host name. Those of the standard library are not. */
export function hasHost(importPath: string): boolean {
  return (importPath.split('/')[0] ?? '').includes('.');
}

/**
 * Returns the import path of the root: the module, or else the path with which the chaincode imports its own packages.
 * @param isForeign whether a package is known to come from elsewhere
 * @returns undefined if nothing decides it; then any path will do
 */
export function importPathOf(
  folder: Pick<ChaincodeFolder, 'dir' | 'goFiles' | 'files' | 'module'>,
  isForeign: (importPath: string) => boolean,
): string | undefined {
  if (folder.module !== undefined) return folder.module;
  const subfolders = [...packageFolders(folder)].filter((path) => path !== '.');
  // The deepest folder leaves the shortest root: of `lib` and `pkg/lib`, `x.org/cc/pkg/lib` means the second.
  subfolders.sort((a, b) => b.length - a.length);
  for (const { imports } of folder.goFiles.values()) {
    for (const { text } of imports) {
      const below = subfolders.find((path) => text.endsWith(`/${path}`));
      if (below === undefined || isForeign(text) || isVendored(folder, text)) continue;
      const root = text.slice(0, -below.length - 1);
      if (hasHost(root) || basename(root) === basename(folder.dir)) return root;
    }
  }
  return undefined;
}

/** An import, and the file that states it. */
export interface ImportAt extends Stated {
  readonly file: string;
}

/** Returns the folder of an own package, relative to the chaincode's; undefined if the package is not its own. */
export function ownFolder(importPath: string, root: string | undefined): string | undefined {
  if (root === undefined) return undefined;
  if (importPath === root) return '.';
  return importPath.startsWith(`${root}/`) ? importPath.slice(root.length + 1) : undefined;
}

/**
 * Returns the imports of the root package and of the own packages that it imports.
 * @param isCompiled whether go compiles a file
 */
export function importsFrom(
  { goFiles }: Pick<ChaincodeFolder, 'goFiles'>,
  root: string | undefined,
  isCompiled: (path: string, file: GoFile) => boolean,
): readonly ImportAt[] {
  const visited = new Set<string>();
  const found: ImportAt[] = [];
  const visit = (folder: string) => {
    if (visited.has(folder)) return;
    visited.add(folder);
    for (const [path, file] of goFiles) {
      if (dirname(path) !== folder || !isCompiled(path, file)) continue;
      for (const stated of file.imports) {
        found.push({ ...stated, file: path });
        const own = ownFolder(stated.text, root);
        if (own !== undefined) visit(own);
      }
    }
  };
  visit('.');
  return found;
}
