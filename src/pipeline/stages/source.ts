/** Reports the source of the run and its uncommitted changes. */
import { defineStage, run } from '../context/stage-definition.ts';
import type { Phrase } from '../core/phrase.ts';
import { shellWord } from '../core/shell-text.ts';
import { git } from '../fabric/git.ts';
import { describeCommit } from '../fabric/local-ref.ts';
import type { FabricSource } from '../fabric/source.ts';
import { DESCRIBED } from '../fabric/source-clone.ts';
import { buildsImages, testsSource } from './plan-scope.ts';

/** The commit, or where there are later ones than the last tag, that tag with the commit: `v3.1.3-12-g0a1b2c3`. */
async function placeOf({ dir, practice, tree: { commit } }: FabricSource): Promise<string> {
  if (!commit || practice) return commit;
  // Only a clone of ours has recorded it, and that has no tags.
  const described =
    (await describeCommit(dir, 'HEAD')) ??
    (await git(dir, 'config', '--get', DESCRIBED).catch(() => '')).trim();
  return /-g[0-9a-f]+$/.test(described) ? described : commit;
}

async function stateOf(source: FabricSource): Promise<Phrase> {
  const { dirty } = source.tree;
  const commit = await placeOf(source);
  if (!commit) return { key: 'source.no-commit' };
  if (dirty.length === 0) return { key: 'detail.clean', commit };
  return { key: 'detail.dirty', commit, count: dirty.length, files: dirty.slice(0, 3).join(', ') };
}

export const sourceStage = defineStage({
  id: 'source',
  topic: { group: 'build-stages', aliases: ['checkout', 'Makefile'], see: ['compile', 'Version'] },
  isIncluded: (input) => buildsImages(input) || testsSource(input),
  decide: ({ observed: { fallback } }) =>
    run(fallback === undefined ? { key: 'cause.always' } : { key: 'cause.practice', why: fallback }),
  checks: ['folder'],
  execute: async ({ source, report }) => {
    const { fallback, version, release, practice, dir, tree } = source;
    if (fallback) report.warn('practice-source', { key: 'warning.practice', why: fallback });
    if (tree.commit) report.command(`git -C ${shellWord(dir)} status --short --branch`);
    const key = practice ? 'source.is-practice' : 'source.is-fabric';
    return {
      outcome: 'cached',
      detail: {
        key: 'detail.source',
        source: { key, version, release: release.id },
        state: await stateOf(source),
      },
    };
  },
});
