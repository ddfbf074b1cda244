/** PURE: the sources to choose from, and what the one under the pointer is. */

import { newestReleaseWith } from '../../pipeline/fabric/peer-line.ts';
import type { FabricSource } from '../../pipeline/fabric/source.ts';
import type { SourceCandidate, SourceFinding } from '../../pipeline/fabric/source-candidates.ts';
import { apiMismatch } from '../../pipeline/resolve/peer-problems.ts';
import { renderFailure } from '../../report/failure-block.ts';
import type { Option } from '../../ui/choice.tsx';
import type { Face } from '../../ui/face.tsx';
import { type Canvas, fittedEnd, sentence } from './canvas.ts';
import type { WizardState } from './wizard-state.ts';

/** A choice that is a tag: `v1.4.12`. */
const TAG = /^v\d/;

function nameOf({ choice, finding }: SourceCandidate, { say }: Face): string {
  if (choice === 'sample') return say('source.sample');
  if (choice === 'auto' && finding.is !== 'to-clone') return say('source.here');
  const tag = finding.is === 'to-clone' ? finding.tag : choice;
  return TAG.test(tag) ? say('source.tag', { tag }) : choice;
}

/** How it comes to be here, or in a few words what it is. */
function hintOf({ choice, finding }: SourceCandidate, { say }: Face): string {
  switch (finding.is) {
    case 'to-clone':
      if (choice === 'auto') return say('source.auto-clone');
      return say(finding.fromHere ? 'source.tag-here' : 'source.clone');
    case 'here': {
      const { version, line, practice, tree } = finding.source;
      if (practice) return say(choice === 'sample' ? 'source.sample-hint' : 'source.practice-hint');
      if (TAG.test(choice)) return say('source.kept');
      const state =
        tree.dirty.length > 0 ? say('source.dirty', dirtyFiles(finding.source)) : say('source.clean');
      const name = say('source.is-fabric', { version, line: line.id });
      return tree.fullCommit === '' ? name : `${name}, ${state}`;
    }
    case 'unusable':
      return say('source.unusable');
    default:
      return finding satisfies never;
  }
}

const FILES_NAMED = 3;

function dirtyFiles({ tree }: FabricSource): { count: string; files: string } {
  const more = tree.dirty.length > FILES_NAMED ? ', …' : '';
  return { count: String(tree.dirty.length), files: tree.dirty.slice(0, FILES_NAMED).join(', ') + more };
}

/** The candidates, and last what is typed. */
export function sourceOptions({ candidates = [] }: WizardState, face: Face): readonly Option[] {
  return [
    ...candidates.map((candidate) => ({ label: nameOf(candidate, face), hint: hintOf(candidate, face) })),
    { label: face.say('source.path'), hint: face.say('source.path-hint') },
  ];
}

/** That peers of this release and this engine have no version of the API in common, and which release has. */
function engineLines(
  { line, version }: FabricSource,
  engine: WizardState['engineApi'],
  canvas: Canvas,
): string[] {
  if (!engine || apiMismatch(line.engineApi, engine) === undefined) return [];
  const { say, style } = canvas.face;
  const release = newestReleaseWith(version, ({ engineApi }) => apiMismatch(engineApi, engine) === undefined);
  const range = { version, oldest: engine.minApi, newest: engine.api };
  const text =
    release === undefined
      ? say('source.no-engine', range)
      : say('source.other-release', { ...range, release });
  return sentence(`${style.symbol.bad} ${text}`, canvas, 4).map(style.bad);
}

function foundLines(source: FabricSource, engine: WizardState['engineApi'], canvas: Canvas): string[] {
  const { face, columns } = canvas;
  const { say, style } = face;
  const { version, line, practice, tree, dir } = source;
  const name = say(practice ? 'source.is-practice' : 'source.is-fabric', { version, line: line.id });
  const commit =
    tree.fullCommit === '' ? say('source.no-commit') : say('source.commit', { commit: tree.commit });
  const dirty = tree.dirty.length > 0;
  const state = dirty ? say('source.dirty', dirtyFiles(source)) : say('source.clean');
  const sign = practice ? style.symbol.warn : style.symbol.good;
  return [
    ...sentence(`${sign} ${name}`, canvas, 2).map(practice ? style.warn : style.good),
    fittedEnd(`  ${say('source.in', { dir })}`, columns, face),
    ...sentence(tree.fullCommit === '' ? commit : `${commit}, ${state}`, canvas, 3, '  ').map((text) =>
      dirty ? style.warn(text) : text,
    ),
    ...engineLines(source, engine, canvas),
  ];
}

/** What a choice is, or why it can't be used. */
function findingLines(
  finding: SourceFinding | undefined,
  engine: WizardState['engineApi'],
  canvas: Canvas,
): string[] {
  const { say, style } = canvas.face;
  if (!finding) return sentence(say('source.checking'), canvas, 1).map(style.dim);
  switch (finding.is) {
    case 'here':
      return foundLines(finding.source, engine, canvas);
    case 'to-clone':
      return sentence(`${style.symbol.dot} ${say('source.not-here')}`, canvas, 2);
    case 'unusable':
      return renderFailure(finding.failure, { style, columns: canvas.columns });
    default:
      return finding satisfies never;
  }
}

/** What is being got, why it could not be had, or that another one stands in; undefined where none of it is so. */
function gettingLines(
  { source, candidates, engineApi }: WizardState,
  choice: string,
  canvas: Canvas,
): string[] | undefined {
  const { say, style } = canvas.face;
  if (source.is === 'getting') {
    const candidate = candidates?.find((each) => each.choice === source.choice);
    const name = candidate ? nameOf(candidate, canvas.face) : source.choice;
    return sentence(say('source.getting', { choice: name, said: source.said }), canvas, 3).map(style.warn);
  }
  if (source.is === 'none' || source.choice !== choice) return undefined;
  if (source.is === 'failed') return renderFailure(source.failure, { style, columns: canvas.columns });
  const { fallback } = source.source;
  if (fallback === undefined) return undefined;
  const why = sentence(say('source.fallback', { why: fallback }), canvas, 5).map(style.warn);
  return [...why, ...foundLines(source.source, engineApi, canvas)];
}

/** What is to be said of the choice under the pointer. */
export function aboutLines(
  state: WizardState,
  { choice, finding }: { readonly choice: string; readonly finding: SourceFinding | undefined },
  canvas: Canvas,
): string[] {
  if (choice === '') return [];
  return gettingLines(state, choice, canvas) ?? findingLines(finding, state.engineApi, canvas);
}
