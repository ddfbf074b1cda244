/** Results of the compile stage in `.fabric-wizard/build/<fingerprint>/`. A folder is either complete or absent. */
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { fingerprintOf, type SourceTree } from '../fabric/source-tree.ts';
import type { Fingerprint } from './fingerprint.ts';

const manifestSchema = z.object({
  fingerprint: z.string(),
  /** `buildId` is Go's content id; empty if the linker writes none. */
  binaries: z.record(z.string(), z.object({ sha256: z.string(), size: z.number(), buildId: z.string() })),
  /** Files of the shim, relative to `$GOPATH/src`, as goListFiles.sh lists them. */
  goshim: z.array(z.string()),
  /** Hash of the shim's folders. The list of files is valid while the hash is the same. */
  shimFolders: z.string(),
});

export type BuildManifest = z.infer<typeof manifestSchema>;

export interface BuildOutputs extends BuildManifest {
  readonly dir: string;
}

export const MANIFEST = 'manifest.json';

export function outputsDir(buildDir: string, fingerprint: Fingerprint): string {
  return join(buildDir, fingerprint.slice(0, 16));
}

async function readManifest(dir: string): Promise<BuildManifest | undefined> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(dir, MANIFEST), 'utf8')));
  } catch {
    // An incomplete or edited manifest counts as absent.
    return undefined;
  }
}

/** Returns the outputs for this fingerprint; undefined if there are none, or if the size of a file is wrong. */
export async function readOutputs(
  buildDir: string,
  fingerprint: Fingerprint,
): Promise<BuildOutputs | undefined> {
  const dir = outputsDir(buildDir, fingerprint);
  const manifest = await readManifest(dir);
  if (manifest?.fingerprint !== fingerprint) return undefined;
  for (const [name, { size }] of Object.entries(manifest.binaries)) {
    if ((await stat(join(dir, name)).catch(() => undefined))?.size !== size) return undefined;
  }
  return { ...manifest, dir };
}

/** Updates the time stamp of outputs in use, so that others are pruned first. */
export async function touchOutputs({ dir }: BuildOutputs): Promise<void> {
  const now = new Date();
  await utimes(dir, now, now);
}

/** Returns a hash of every Go and C file in the shim's folders. A new import or file changes it. */
export function shimFolders(tree: SourceTree, goshim: readonly string[], modulePath: string): string {
  const folders = new Set(goshim.map((path) => dirname(path.replace(`${modulePath}/`, ''))));
  return fingerprintOf(tree, (path) => /\.(go|c|h|s)$/.test(path) && folders.has(dirname(path)));
}

/** Returns the shim's files from an earlier compile; undefined if the shim's folders have changed since. */
export async function cachedShim(
  buildDir: string,
  tree: SourceTree,
  modulePath: string,
): Promise<readonly string[] | undefined> {
  for (const manifest of (await cachedManifests(buildDir)).map(({ manifest }) => manifest)) {
    if (shimFolders(tree, manifest.goshim, modulePath) === manifest.shimFolders) return manifest.goshim;
  }
  return undefined;
}

async function cachedManifests(buildDir: string): Promise<{ dir: string; manifest: BuildManifest }[]> {
  const folders = (await readdir(buildDir).catch(() => [])).filter((name) => OUTPUTS.test(name));
  const read = await Promise.all(
    folders.map(async (folder) => {
      const dir = join(buildDir, folder);
      const manifest = await readManifest(dir);
      return manifest && { dir, manifest };
    }),
  );
  return read.filter((each) => each !== undefined);
}

export interface CachedBinary {
  readonly path: string;
  readonly sha256: string;
}

/** Returns the binaries of earlier compiles by Go build id. */
export async function cachedBinaries(buildDir: string): Promise<ReadonlyMap<string, CachedBinary>> {
  const cached = new Map<string, CachedBinary>();
  for (const { dir, manifest } of await cachedManifests(buildDir)) {
    for (const [name, { sha256, size, buildId }] of Object.entries(manifest.binaries)) {
      const path = join(dir, name);
      const isComplete = (await stat(path).catch(() => undefined))?.size === size;
      if (buildId && isComplete) cached.set(buildId, { path, sha256 });
    }
  }
  return cached;
}

/** Folder of a fingerprint, complete or partial. */
const OUTPUTS = /^[0-9a-f]{16}(\.partial.*)?$/;

/** Returns the folder of the newest complete outputs. */
export async function newestOutputs(buildDir: string): Promise<string | undefined> {
  const dated = await Promise.all(
    (await cachedManifests(buildDir))
      .filter(({ dir }) => !dir.includes('.partial'))
      .map(async ({ dir }) => ({ dir, mtime: (await stat(dir)).mtimeMs })),
  );
  return dated.sort((a, b) => b.mtime - a.mtime)[0]?.dir;
}

/** Removes partial output folders, and all complete ones except the `keep` most recently used. */
export async function pruneOutputs(buildDir: string, keep: number): Promise<void> {
  const names = (await readdir(buildDir).catch(() => [])).filter((name) => OUTPUTS.test(name));
  const folders = await Promise.all(
    names.map(async (name) => ({ name, mtime: (await stat(join(buildDir, name))).mtimeMs })),
  );
  const finished = folders.filter(({ name }) => !name.includes('.partial')).sort((a, b) => b.mtime - a.mtime);
  const doomed = [...folders.filter(({ name }) => name.includes('.partial')), ...finished.slice(keep)];
  await Promise.all(doomed.map(({ name }) => rm(join(buildDir, name), { recursive: true, force: true })));
}
