/** The sources that the wizard offers. Reads the disk and git; clones nothing. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type StageFailure, toFailure } from '../core/failure.ts';
import { otherTags } from './default-release.ts';
import { releaseOf } from './release.ts';
import { type FabricSource, type LocalOptions, sourceHere, tagOf } from './source.ts';
import { tagsOf } from './source-tree.ts';
import { compareVersions, minorVersion } from './versions.ts';

export type SourceFinding =
  | { readonly kind: 'here'; readonly source: FabricSource }
  /** `fromHere`: a repository on this machine has the tag or branch, so that no network is needed. */
  | { readonly kind: 'to-clone'; readonly tag: string; readonly fromHere: boolean }
  | { readonly kind: 'unusable'; readonly failure: StageFailure };

export interface SourceCandidate {
  /** A value of `--source`. */
  readonly choice: string;
  readonly finding: SourceFinding;
}

/** Returns what a value of `--source` means on this machine. */
export async function findSource(choice: string, options: LocalOptions): Promise<SourceFinding> {
  try {
    const found = await sourceHere(choice, options);
    if (!('toClone' in found)) return { kind: 'here', source: found };
    return { kind: 'to-clone', tag: found.toClone, fromHere: found.from !== undefined };
  } catch (error) {
    return { kind: 'unusable', failure: toFailure(error) };
  }
}

/** PURE: returns the newest tag of each minor release that this program builds; the newest release first. */
export function newestTags(tags: readonly string[]): string[] {
  const newest = new Map<string, string>();
  const releases = tags.filter((tag) => /^v\d+\.\d+\.\d+$/.test(tag) && releaseOf(tag));
  for (const tag of releases.sort(compareVersions)) newest.set(minorVersion(tag), tag);
  return [...newest.values()].reverse();
}

/**
 * Returns what to offer, the likeliest first: what `auto` finds, the current choice, tags of the current folder, kept
 * clones, other releases to clone, and the practice source last.
 * @param chosen a value of `--source`
 */
export async function sourceCandidates(chosen: string, options: LocalOptions): Promise<SourceCandidate[]> {
  const [ownTags, cloneNames] = await Promise.all([
    tagsOf(options.dir),
    readdir(join(options.stateDir, 'source')).catch((): string[] => []),
  ]);
  const clones = cloneNames
    .filter((name) => tagOf(name) === name)
    .sort(compareVersions)
    .reverse();
  const available = [...newestTags(ownTags), ...clones];
  const minors = new Set(available.map(minorVersion));
  const others = otherTags(options.engine).filter((tag) => !minors.has(minorVersion(tag)));
  const choices = [...new Set(['auto', chosen, ...available, ...others, 'sample'])];
  return Promise.all(choices.map(async (choice) => ({ choice, finding: await findSource(choice, options) })));
}
