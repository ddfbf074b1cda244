/** Reports the source of the run and its uncommitted changes. */
import { defineStage, run } from '../context/stage-definition.ts';
import type { Phrase } from '../core/phrase.ts';
import type { FabricSource } from '../fabric/source.ts';
import { shellWord } from '../host/shell-text.ts';
import { buildsImages } from './plan-scope.ts';

function stateOf({ tree: { commit, dirty } }: FabricSource): Phrase {
  if (!commit) return { key: 'source.no-commit' };
  if (dirty.length === 0) return { key: 'detail.clean', commit };
  return { key: 'detail.dirty', commit, count: dirty.length, files: dirty.slice(0, 3).join(', ') };
}

export const sourceStage = defineStage({
  id: 'source',
  topic: { group: 'build-stages', aliases: ['checkout', 'Makefile'], see: ['compile', 'Version'] },
  isIncluded: buildsImages,
  decide: () => run({ key: 'cause.always' }),
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
        state: stateOf(source),
      },
    };
  },
});
