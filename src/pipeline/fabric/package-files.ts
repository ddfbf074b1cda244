/** Finds the files that a package needs by reading its imports, because without a compile `go list` is not run. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import PQueue from 'p-queue';
import { importsOf } from './go-file.ts';
import type { SourceTree } from './source-tree.ts';

const READS_AT_ONCE = 32;

/** Folder in `vendor` of an imported package. */
function vendorFolder(importPath: string): string {
  return `vendor/${importPath}`;
}

/** Returns the folder of an imported package in the checkout: among Fabric's own, or in `vendor`. */
export function checkoutFolder(modulePath: string, importPath: string): string {
  return importPath.startsWith(`${modulePath}/`)
    ? importPath.slice(modulePath.length + 1)
    : vendorFolder(importPath);
}

/**
 * Returns the files of packages and of their imports, for all systems: at least the files that go would use.
 * @param starts import paths
 * @param folderOf folder of an import in the checkout; undefined if its files are not wanted. Default: its folder in
 * `vendor`
 * @returns paths in the checkout, sorted; none of a package that the checkout lacks
 */
export async function packageFiles(
  { dir, files }: Pick<SourceTree, 'dir' | 'files'>,
  starts: readonly string[],
  folderOf: (importPath: string) => string | undefined = vendorFolder,
): Promise<readonly string[]> {
  const byFolder = new Map<string, string[]>();
  for (const path of files.keys()) {
    if (path.endsWith('_test.go')) continue;
    const folder = dirname(path);
    const there = byFolder.get(folder);
    if (there) there.push(path);
    else byFolder.set(folder, [path]);
  }
  const visited = new Set<string>();
  const queue = new PQueue({ concurrency: READS_AT_ONCE });
  const visit = (imported: string) => {
    const folder = folderOf(imported);
    if (folder === undefined || visited.has(folder) || !byFolder.has(folder)) return;
    visited.add(folder);
    for (const path of byFolder.get(folder) ?? []) {
      if (!path.endsWith('.go')) continue;
      void queue.add(async () => {
        for (const each of importsOf(await readFile(join(dir, path), 'utf8'))) visit(each);
      });
    }
  };
  for (const start of starts) visit(start);
  await queue.onIdle();
  return [...visited].flatMap((folder) => byFolder.get(folder) ?? []).sort();
}
