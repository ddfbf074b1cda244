/** What the compile stage leaves on disk: `.fabric-wizard/build/<fingerprint>/`, whole or not at all. */
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { fingerprintOf, type SourceTree } from '../fabric/source-tree.ts';
import type { Fingerprint } from './fingerprint.ts';

const manifestSchema = z.object({
  fingerprint: z.string(),
  binaries: z.record(z.string(), z.object({ sha256: z.string(), size: z.number() })),
  /** Paths relative to `$GOPATH/src`, as goListFiles.sh lists them. */
  goshim: z.array(z.string()),
  /** Of the folders that these are in: while it is the same, so is the list. */
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
    // Absent, cut short or edited: as good as never built.
    return undefined;
  }
}

/** The finished outputs for this fingerprint, or undefined. Every file's size is checked against the manifest. */
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

/** Says that these are in use, so that others are pruned first. */
export async function keepOutputs({ dir }: BuildOutputs): Promise<void> {
  const now = new Date();
  await utimes(dir, now, now);
}

/** Hash of every Go and C file in the folders of the shim's files: a new import or file is an edit there. */
export function shimFolders(tree: SourceTree, goshim: readonly string[], modulePath: string): string {
  const folders = new Set(goshim.map((path) => dirname(path.replace(`${modulePath}/`, ''))));
  return fingerprintOf(tree, (path) => /\.(go|c|h|s)$/.test(path) && folders.has(dirname(path)));
}

/** The shim's files as an earlier compile listed them, where nothing that decides the list has changed since. */
export async function heldShim(
  buildDir: string,
  tree: SourceTree,
  modulePath: string,
): Promise<readonly string[] | undefined> {
  for (const manifest of (await heldManifests(buildDir)).map(({ manifest }) => manifest)) {
    if (shimFolders(tree, manifest.goshim, modulePath) === manifest.shimFolders) return manifest.goshim;
  }
  return undefined;
}

async function heldManifests(buildDir: string): Promise<{ dir: string; manifest: BuildManifest }[]> {
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

/** Where a finished compile has left a binary, by the sha256 of its content. */
export async function heldBinaries(buildDir: string): Promise<ReadonlyMap<string, string>> {
  const held = new Map<string, string>();
  for (const { dir, manifest } of await heldManifests(buildDir)) {
    for (const [name, { sha256, size }] of Object.entries(manifest.binaries)) {
      const path = join(dir, name);
      if ((await stat(path).catch(() => undefined))?.size === size) held.set(sha256, path);
    }
  }
  return held;
}

/** A fingerprint's folder, or what a killed run left of one; the payload's folder is another's. */
const OUTPUTS = /^[0-9a-f]{16}(\.partial.*)?$/;

/** The folder that the last finished compile left. */
export async function newestOutputs(buildDir: string): Promise<string | undefined> {
  const dated = await Promise.all(
    (await heldManifests(buildDir))
      .filter(({ dir }) => !dir.includes('.partial'))
      .map(async ({ dir }) => ({ dir, mtime: (await stat(dir)).mtimeMs })),
  );
  return dated.sort((a, b) => b.mtime - a.mtime)[0]?.dir;
}

/** Keeps the `keep` output folders that were made or used last and removes the rest, and whatever a killed run left half-made. */
export async function pruneOutputs(buildDir: string, keep: number): Promise<void> {
  const names = (await readdir(buildDir).catch(() => [])).filter((name) => OUTPUTS.test(name));
  const folders = await Promise.all(
    names.map(async (name) => ({ name, mtime: (await stat(join(buildDir, name))).mtimeMs })),
  );
  const finished = folders.filter(({ name }) => !name.includes('.partial')).sort((a, b) => b.mtime - a.mtime);
  const doomed = [...folders.filter(({ name }) => name.includes('.partial')), ...finished.slice(keep)];
  await Promise.all(doomed.map(({ name }) => rm(join(buildDir, name), { recursive: true, force: true })));
}
