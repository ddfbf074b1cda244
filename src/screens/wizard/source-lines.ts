/** PURE: the list of source candidates, and details of the selected one. */

import { valuesOf } from '../../pipeline/config/answers.ts';
import { newerReleaseFor } from '../../pipeline/fabric/default-release.ts';
import { apiForPeers, apiMismatch } from '../../pipeline/fabric/engine-api.ts';
import type { FabricSource } from '../../pipeline/fabric/source.ts';
import type { SourceCandidate, SourceFinding } from '../../pipeline/fabric/source-candidates.ts';
import { renderFailure } from '../../report/failure-block.ts';
import type { Option } from '../../ui/choice.tsx';
import type { Theme } from '../../ui/theme.tsx';
import { type Canvas, fittedEnd, sentence } from './canvas.ts';
import type { WizardState } from './wizard-state.ts';

/** Matches a choice that is a tag, such as `v1.4.12`. */
const TAG = /^v\d/;

function nameOf({ choice, finding }: SourceCandidate, { t }: Theme): string {
  if (choice === 'sample') return t('source.sample');
  if (choice === 'auto' && finding.kind !== 'to-clone') return t('source.here');
  const tag = finding.kind === 'to-clone' ? finding.tag : choice;
  return TAG.test(tag) ? t('source.tag', { tag }) : choice;
}

/** Version and state of a local source, or where it will be cloned from. */
function hintOf({ choice, finding }: SourceCandidate, { t }: Theme): string {
  switch (finding.kind) {
    case 'to-clone':
      if (choice === 'auto') return t('source.auto-clone');
      return t(finding.fromHere ? 'source.tag-here' : 'source.clone');
    case 'here': {
      const { version, release, practice, tree } = finding.source;
      if (practice) return t(choice === 'sample' ? 'source.sample-hint' : 'source.practice-hint');
      if (TAG.test(choice)) return t('source.kept');
      const state = tree.dirty.length > 0 ? t('source.dirty', dirtyFiles(finding.source)) : t('source.clean');
      const name = t('source.is-fabric', { version, release: release.id });
      return tree.fullCommit === '' ? name : `${name}, ${state}`;
    }
    case 'unusable':
      return t('source.unusable');
    default:
      return finding satisfies never;
  }
}

const MAX_NAMED = 3;

function dirtyFiles({ tree }: FabricSource): { count: string; files: string } {
  const more = tree.dirty.length > MAX_NAMED ? ', …' : '';
  return { count: String(tree.dirty.length), files: tree.dirty.slice(0, MAX_NAMED).join(', ') + more };
}

/** The candidates, followed by the entry for a typed path or tag. */
export function sourceOptions({ candidates = [] }: WizardState, theme: Theme): readonly Option[] {
  return [
    ...candidates.map((candidate) => ({ label: nameOf(candidate, theme), hint: hintOf(candidate, theme) })),
    { label: theme.t('source.path'), hint: theme.t('source.path-hint') },
  ];
}

/** Warns if peers of this release and the engine share no API version, and names a newer patch release that does. */
function engineLines(
  { release, version }: FabricSource,
  engine: WizardState['engineApi'],
  canvas: Canvas,
): string[] {
  if (!engine || apiMismatch(release.engineApi, engine) === undefined) return [];
  const { t, style } = canvas.theme;
  const other = newerReleaseFor(version, engine);
  const range = { version, oldest: engine.minApi, newest: engine.api };
  const text =
    other === undefined
      ? t('source.no-engine', range)
      : t('source.other-release', { ...range, release: other });
  return sentence(`${style.symbol.bad} ${text}`, canvas, 4).map(style.bad);
}

function foundLines(source: FabricSource, engine: WizardState['engineApi'], canvas: Canvas): string[] {
  const { theme, columns } = canvas;
  const { t, style } = theme;
  const { version, release, practice, tree, dir } = source;
  const name = t(practice ? 'source.is-practice' : 'source.is-fabric', { version, release: release.id });
  const commit = tree.fullCommit === '' ? t('source.no-commit') : t('source.commit', { commit: tree.commit });
  const dirty = tree.dirty.length > 0;
  const state = dirty ? t('source.dirty', dirtyFiles(source)) : t('source.clean');
  const sign = practice ? style.symbol.warn : style.symbol.good;
  return [
    ...sentence(`${sign} ${name}`, canvas, 2).map(practice ? style.warn : style.good),
    fittedEnd(`  ${t('source.in', { dir })}`, columns, theme),
    ...sentence(tree.fullCommit === '' ? commit : `${commit}, ${state}`, canvas, 3, '  ').map((text) =>
      dirty ? style.warn(text) : text,
    ),
    ...engineLines(source, engine, canvas),
  ];
}

/** Details of a candidate, or why it cannot be used. */
function findingLines(
  finding: SourceFinding | undefined,
  engine: WizardState['engineApi'],
  canvas: Canvas,
): string[] {
  const { t, style } = canvas.theme;
  if (!finding) return sentence(t('source.checking'), canvas, 1).map(style.dim);
  switch (finding.kind) {
    case 'here':
      return foundLines(finding.source, engine, canvas);
    case 'to-clone':
      return sentence(`${style.symbol.dot} ${t('source.not-here')}`, canvas, 2);
    case 'unusable':
      return renderFailure(finding.failure, { style, columns: canvas.columns, wrapsCommands: true });
    default:
      return finding satisfies never;
  }
}

/** Progress or failure of loading, or the reason for a fallback; undefined in all other cases. */
function loadingLines(
  { source, candidates, answers, engineApi }: WizardState,
  choice: string,
  canvas: Canvas,
): string[] | undefined {
  const { t, style } = canvas.theme;
  if (source.kind === 'loading') {
    const candidate = candidates?.find((each) => each.choice === source.choice);
    const name = candidate ? nameOf(candidate, canvas.theme) : source.choice;
    return sentence(t('source.getting', { choice: name, said: source.progress }), canvas, 3).map(style.warn);
  }
  if (source.kind === 'none' || source.choice !== choice) return undefined;
  if (source.kind === 'failed')
    return renderFailure(source.failure, { style, columns: canvas.columns, wrapsCommands: true });
  const { fallback } = source.source;
  if (fallback === undefined) return undefined;
  const why = sentence(t('source.fallback', { why: fallback }), canvas, 5).map(style.warn);
  return [...why, ...foundLines(source.source, apiForPeers(valuesOf(answers), engineApi), canvas)];
}

/** The selected choice, and what it refers to; `finding` is undefined while it is examined. */
export interface ChosenSource {
  readonly choice: string;
  readonly finding: SourceFinding | undefined;
}

export function detailLines(state: WizardState, { choice, finding }: ChosenSource, canvas: Canvas): string[] {
  if (choice === '') return [];
  return (
    loadingLines(state, choice, canvas) ??
    findingLines(finding, apiForPeers(valuesOf(state.answers), state.engineApi), canvas)
  );
}
