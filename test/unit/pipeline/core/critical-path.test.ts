import { describe, expect, it } from 'vitest';
import { byUrgency, criticalPath } from '../../../../src/pipeline/core/critical-path.ts';
import { makePlan } from '../../../../src/pipeline/plan/make-plan.ts';
import { STAGES } from '../../../../src/pipeline/stages/stage-list.ts';
import { bare, settled, stageOf, TWO_CORES, UP } from '../../../support/plans.ts';

const stage = (id: string, weight: number, ...needs: readonly string[]) => stageOf(id, { weight, needs });

/** a -> c is longer than b -> d, though d alone is the longest stage. */
const forked = [stage('a', 10), stage('b', 1), stage('c', 5, 'a'), stage('d', 12, 'b')];

describe('criticalPath', () => {
  it('adds up what waits for what', () => {
    expect(criticalPath(forked)).toEqual({ ids: ['a', 'c'], seconds: 15 });
    expect(criticalPath([...forked, stage('e', 3, 'd', 'c')])).toEqual({ ids: ['a', 'c', 'e'], seconds: 18 });
    expect(criticalPath([...forked, stage('e', 3, 'd')])).toEqual({ ids: ['b', 'd', 'e'], seconds: 16 });
  });

  it('leaves out what takes no time, and is empty where nothing does', () => {
    expect(criticalPath([stage('a', 0), stage('b', 2, 'a'), stage('c', 0, 'b')]).ids).toEqual(['b']);
    expect(criticalPath([stage('a', 0), stage('b', 0, 'a')])).toEqual({ ids: [], seconds: 0 });
    expect(criticalPath([])).toEqual({ ids: [], seconds: 0 });
  });

  it('takes the first of two equal ways', () => {
    expect(criticalPath([stage('a', 2), stage('b', 2)]).ids).toEqual(['a']);
  });
});

describe('byUrgency', () => {
  it('puts first what most is left to do after, itself included', () => {
    expect(byUrgency(forked).map(({ id }) => id)).toEqual(['a', 'b', 'd', 'c']);
  });

  it('keeps the order of equals', () => {
    expect(byUrgency([stage('a', 1), stage('b', 1), stage('c', 1)]).map(({ id }) => id)).toEqual([
      'a',
      'b',
      'c',
    ]);
  });
});

describe('of a real plan', () => {
  it('leads from the builder through compile and ccenv to the proof', () => {
    expect(makePlan(STAGES, bare, UP, TWO_CORES).criticalPath).toEqual([
      'base.builder',
      'compile',
      'goshim',
      'image.ccenv',
      'verify',
      'start',
      'channel',
      'join',
      'smoke',
    ]);
  });

  it('goes by what earlier runs took', () => {
    const { criticalPath: way } = makePlan(
      STAGES,
      { ...bare, stageSeconds: { 'image.orderer': 50 } },
      UP,
      TWO_CORES,
    );
    expect(way.slice(0, 4)).toEqual(['base.builder', 'compile', 'image.orderer', 'verify']);
  });

  it('is what runs, and nothing where nothing does', () => {
    expect(makePlan(STAGES, settled, UP, TWO_CORES).criticalPath).toEqual(['smoke']);
    const nothing = makePlan(STAGES, settled, { ...UP, until: 'build' }, TWO_CORES);
    expect(nothing).toMatchObject({ criticalPath: [], seconds: 0, guessed: false });
  });
});
