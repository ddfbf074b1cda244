/** Which files of a checkout's `vendor` a package stands on, read from the source: where nothing is compiled, no go lists them. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import PQueue from 'p-queue';
import type { SourceTree } from './source-tree.ts';

const READS_AT_ONCE = 32;

/** Import paths of a Go file. */
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
 * The files of a vendored package and of all that it imports, on whatever system: more than go would take, and
 * never less.
 * @param start import path
 * @returns paths in the checkout, sorted; none where the package is not vendored
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
  const taken = new Set<string>();
  const queue = new PQueue({ concurrency: READS_AT_ONCE });
  const take = (imported: string) => {
    const folder = `vendor/${imported}`;
    if (taken.has(folder) || !byFolder.has(folder)) return;
    taken.add(folder);
    for (const path of byFolder.get(folder) ?? []) {
      if (!path.endsWith('.go')) continue;
      void queue.add(async () => {
        for (const each of importsOf(await readFile(join(dir, path), 'utf8'))) take(each);
      });
    }
  };
  take(start);
  await queue.onIdle();
  return [...taken].flatMap((folder) => byFolder.get(folder) ?? []).sort();
}
