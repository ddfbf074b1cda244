/** What can be offered as a source to somebody who has not said one. Disk and git are read; nothing is cloned. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type StageFailure, toFailure } from '../core/failure.ts';
import { versionNumbers } from './peer-release.ts';
import { releaseOf } from './release.ts';
import { type FabricSource, type SourceOptions, sourceHere, tagOf } from './source.ts';
import { tagsOf } from './source-tree.ts';

export type SourceFinding =
  | { readonly kind: 'here'; readonly source: FabricSource }
  /** `fromHere`: the current folder's repository has the tag, so no network is needed. */
  | { readonly kind: 'to-clone'; readonly tag: string; readonly fromHere: boolean }
  | { readonly kind: 'unusable'; readonly failure: StageFailure };

export interface SourceCandidate {
  /** As `--source` takes it. */
  readonly choice: string;
  readonly finding: SourceFinding;
}

type Where = Pick<SourceOptions, 'dir' | 'stateDir' | 'sampleDir'>;

/** What a choice comes to on this machine. */
export async function findSource(choice: string, where: Where): Promise<SourceFinding> {
  try {
    const found = await sourceHere(choice, where);
    if (!('toClone' in found)) return { kind: 'here', source: found };
    const tag = found.toClone;
    return { kind: 'to-clone', tag, fromHere: (await tagsOf(where.dir)).includes(tag) };
  } catch (error) {
    return { kind: 'unusable', failure: toFailure(error) };
  }
}

function byVersion(a: string, b: string): number {
  const [left, right] = [versionNumbers(a) ?? [], versionNumbers(b) ?? []];
  return (
    (left[0] ?? 0) - (right[0] ?? 0) || (left[1] ?? 0) - (right[1] ?? 0) || (left[2] ?? 0) - (right[2] ?? 0)
  );
}

/** PURE: of each minor release that we build, its newest tag; the newest release first. */
export function newestTags(tags: readonly string[]): string[] {
  const newest = new Map<string, string>();
  for (const tag of tags.filter((each) => /^v\d+\.\d+\.\d+$/.test(each) && releaseOf(each)).sort(byVersion))
    newest.set(tag.split('.').slice(0, 2).join('.'), tag);
  return [...newest.values()].reverse();
}

/**
 * Where to begin, the likeliest first: what `auto` finds, what was chosen before, tags of the current folder,
 * clones that are here, and the practice source last.
 * @param chosen as `--source` takes it
 */
export async function sourceCandidates(chosen: string, where: Where): Promise<SourceCandidate[]> {
  const [own, clones] = await Promise.all([
    tagsOf(where.dir),
    readdir(join(where.stateDir, 'source')).catch((): string[] => []),
  ]);
  const kept = clones
    .filter((name) => tagOf(name) === name)
    .sort(byVersion)
    .reverse();
  const choices = [...new Set(['auto', chosen, ...newestTags(own), ...kept, 'sample'])];
  return Promise.all(choices.map(async (choice) => ({ choice, finding: await findSource(choice, where) })));
}
