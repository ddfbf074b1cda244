/** Reads the Go packages of a checkout: their files, imports and tests. */
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import PQueue from 'p-queue';
import {
  exclusionOf,
  type GoTarget,
  importsOf,
  isGoName,
  isTestName,
  readGoFile,
} from '../fabric/go-file.ts';
import type { SourceTree } from '../fabric/source-tree.ts';

export interface GoPackage {
  /** Folder relative to the checkout; `.` for the checkout itself. */
  readonly path: string;
  /** Import paths, of its tests too. */
  readonly imports: ReadonlySet<string>;
  readonly hasTests: boolean;
  /** Names of test files that are compiled only with the tag `pkcs11`. */
  readonly pkcs11Tests: readonly string[];
}

const READS_AT_ONCE = 32;
const PKCS11 = /(?<!!)\bpkcs11\b/;

/** Whether go ignores a folder in patterns: `testdata`, `_x`, `.x`, `vendor`. */
function isIgnored(path: string): boolean {
  return path.split('/').some((part) => /^[._]./.test(part) || part === 'testdata' || part === 'vendor');
}

/** Returns the folders that are modules of their own. */
function nestedModules({ files }: Pick<SourceTree, 'files'>): readonly string[] {
  return [...files.keys()].filter((path) => path.endsWith('/go.mod')).map((path) => posix.dirname(path));
}

function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** Whether a package belongs to another module in the checkout. */
export function isOfOtherModule(tree: Pick<SourceTree, 'files'>, path: string): boolean {
  return isBelow(path, nestedModules(tree));
}

interface Reading {
  readonly imports: Set<string>;
  readonly pkcs11Tests: string[];
  isCompiled: boolean;
  hasTests: boolean;
}

/** Constraints stand above the package clause. Most files have none, and only their imports are read. */
const MAY_BE_CONSTRAINED = /^\/\/(?:go:build|\s*\+build)\b/m;

function readInto(reading: Reading, name: string, text: string, target: GoTarget, tags: string): void {
  const constraints = MAY_BE_CONSTRAINED.test(text) ? readGoFile(text).constraints : [];
  const excluded = exclusionOf(name, { constraints }, target);
  const needsPkcs11 = excluded !== undefined && PKCS11.test(excluded.text);
  const hasTag = needsPkcs11 && PKCS11.test(tags);
  if (excluded !== undefined && !hasTag) {
    if (needsPkcs11 && isTestName(name)) reading.pkcs11Tests.push(name);
    return;
  }
  reading.isCompiled = true;
  if (isTestName(name)) reading.hasTests = true;
  for (const path of importsOf(text)) reading.imports.add(path);
}

/**
 * Returns the packages that go compiles for the target, sorted by path: not those of nested modules, and none below
 * `vendor`. Files that git ignores are not read.
 * @param tags build tags, separated by commas or blanks
 */
export async function readPackages(
  tree: Pick<SourceTree, 'dir' | 'files'>,
  target: GoTarget,
  tags: string,
): Promise<readonly GoPackage[]> {
  const nested = nestedModules(tree);
  const found = new Map<string, Reading>();
  const queue = new PQueue({ concurrency: READS_AT_ONCE });
  const files = [...tree.files.keys()].filter((path) => {
    const folder = posix.dirname(path);
    return isGoName(posix.basename(path)) && !isIgnored(folder) && !isBelow(folder, nested);
  });
  await queue.addAll(
    files.map((path) => async () => {
      // A file can be gone since the tree was read.
      const text = await readFile(join(tree.dir, path), 'utf8').catch(() => undefined);
      if (text === undefined) return;
      const folder = posix.dirname(path);
      const reading = found.get(folder) ?? {
        imports: new Set(),
        pkcs11Tests: [],
        isCompiled: false,
        hasTests: false,
      };
      found.set(folder, reading);
      readInto(reading, posix.basename(path), text, target, tags);
    }),
  );
  return [...found]
    .filter(([, { isCompiled }]) => isCompiled)
    .map(([path, { imports, hasTests, pkcs11Tests }]) => ({ path, imports, hasTests, pkcs11Tests }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
