/** Finds the vendored files that a package needs by reading its imports, because without a compile `go list` is not run. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import PQueue from 'p-queue';
import type { SourceTree } from './source-tree.ts';

const READS_AT_ONCE = 32;

/** Returns the import paths of a Go file. */
export function importsOf(text: string): readonly string[] {
  const [head = ''] = text.split(/^(?:func|type|var|const)\b/m);
  const blocks = [...head.matchAll(/^import\s*\(([^)]*)\)/gm)].map(([, block]) => block ?? '');
  const single = [...head.matchAll(/^import\s+[\w.]*\s*"([^"]+)"/gm)].map(([, path]) => path ?? '');
  return [
    ...single,
    ...blocks.flatMap((block) => [...block.matchAll(/"([^"\n]+)"/g)].map(([, path]) => path ?? '')),
  ];
}

/**
 * Returns the files of a vendored package and its imports, for all systems: at least the files that go would use.
 * @param start import path
 * @returns paths in the checkout, sorted; none if the package is not vendored
 */
export async function vendoredFiles(
  { dir, files }: Pick<SourceTree, 'dir' | 'files'>,
  start: string,
): Promise<readonly string[]> {
  const byFolder = new Map<string, string[]>();
  for (const path of files.keys()) {
    if (!path.startsWith('vendor/') || path.endsWith('_test.go')) continue;
    const folder = dirname(path);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), path]);
  }
  const visited = new Set<string>();
  const queue = new PQueue({ concurrency: READS_AT_ONCE });
  const visit = (imported: string) => {
    const folder = `vendor/${imported}`;
    if (visited.has(folder) || !byFolder.has(folder)) return;
    visited.add(folder);
    for (const path of byFolder.get(folder) ?? []) {
      if (!path.endsWith('.go')) continue;
      void queue.add(async () => {
        for (const each of importsOf(await readFile(join(dir, path), 'utf8'))) visit(each);
      });
    }
  };
  visit(start);
  await queue.onIdle();
  return [...visited].flatMap((folder) => byFolder.get(folder) ?? []).sort();
}
