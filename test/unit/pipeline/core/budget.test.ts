import { describe, expect, it } from 'vitest';
import { Admission, expectedSeconds, NOTHING, type Resources } from '../../../../src/pipeline/core/budget.ts';
import type { PlannedStage } from '../../../../src/pipeline/core/plan.ts';
import { stageOf } from '../../../support/plans.ts';

const BUDGET: Resources = { cores: 2, memoryMb: 1000 };

const stage = (id: string, cores: number, memoryMb: number, more: Partial<PlannedStage> = {}) =>
  stageOf(id, { cost: { cores, memoryMb }, ...more });

/** Lets stages in and ends them by name. */
function admissionOf(...stages: readonly PlannedStage[]) {
  const admission = new Admission(stages, BUDGET);
  const named = (id: string) => stages.find((each) => each.id === id) as PlannedStage;
  return {
    admit: () => admission.admit().map(({ id }) => id),
    ended: (id: string, well = true) => admission.ended(named(id), well),
  };
}

describe('Admission', () => {
  it('lets in as many as there are cores for, then one for each that ends', () => {
    const { admit, ended } = admissionOf(
      stage('a', 1, 0),
      stage('b', 1, 0),
      stage('c', 1, 0),
      stage('d', 1, 0),
    );
    expect(admit()).toEqual(['a', 'b']);
    expect(admit()).toEqual([]);
    ended('b');
    expect(admit()).toEqual(['c']);
    ended('a');
    ended('c');
    expect(admit()).toEqual(['d']);
  });

  it('lets in as many as there is memory for', () => {
    const { admit, ended } = admissionOf(stage('a', 0, 600), stage('b', 0, 500), stage('c', 0, 400));
    expect(admit()).toEqual(['a']);
    ended('a');
    expect(admit()).toEqual(['b', 'c']);
  });

  it('lets in nothing before all it needs has ended, and nothing ever after what ended badly', () => {
    const { admit, ended } = admissionOf(
      stage('a', 1, 0),
      stage('b', 1, 0),
      stage('c', 1, 0, { needs: ['a', 'b'] }),
      stage('d', 1, 0, { needs: ['b'] }),
    );
    expect(admit()).toEqual(['a', 'b']);
    ended('a');
    expect(admit()).toEqual([]);
    ended('b', false);
    expect(admit()).toEqual([]);
  });

  it('lets in first what the most waits for', () => {
    const { admit, ended } = admissionOf(
      stage('short', 1, 0, { weight: 1 }),
      stage('long', 1, 0, { weight: 5 }),
      stage('fuse', 1, 0, { weight: 1 }),
      stage('bomb', 1, 0, { weight: 9, needs: ['fuse'] }),
    );
    expect(admit()).toEqual(['fuse', 'long']);
    ended('long');
    ended('fuse');
    expect(admit()).toEqual(['bomb', 'short']);
  });

  it.each<[string, Resources]>([
    ['cores', { cores: 16, memoryMb: 10 }],
    ['memory', { cores: 1, memoryMb: 5000 }],
  ])('lets in what wants more %s than there is, but nothing beside it', (_, cost) => {
    const { admit, ended } = admissionOf(
      stageOf('big', { cost, weight: 2 }),
      stage('small', 1, 10),
      stageOf('waiting', { cost: NOTHING }),
    );
    expect(admit()).toEqual(['big', 'waiting']);
    expect(admit()).toEqual([]);
    ended('big');
    expect(admit()).toEqual(['small']);
  });

  it('lets a big stage wait for those before it, and no other stage overtakes it', () => {
    const { admit, ended } = admissionOf(
      stage('first', 1, 10, { weight: 9 }),
      stage('gate', 0, 0, { weight: 1 }),
      stage('big', 16, 10, { weight: 5, needs: ['gate'] }),
      stage('small', 1, 10, { weight: 1, needs: ['gate'] }),
    );
    expect(admit()).toEqual(['first', 'gate']);
    ended('gate');
    expect(admit()).toEqual([]);
    ended('first');
    expect(admit()).toEqual(['big']);
    ended('big');
    expect(admit()).toEqual(['small']);
  });

  it('always lets in what costs nothing', () => {
    const { admit } = admissionOf(
      stage('all', 2, 1000, { weight: 5 }),
      ...['a', 'b', 'c'].map((id) => stageOf(id, { cost: NOTHING })),
    );
    expect(admit()).toEqual(['all', 'a', 'b', 'c']);
  });

  it('lets one in on a machine that has nothing left', () => {
    const admission = new Admission([stage('a', 1, 300), stageOf('b')], { cores: 1, memoryMb: 0 });
    expect(admission.admit().map(({ id }) => id)).toEqual(['a', 'b']);
  });
});

describe('expectedSeconds', () => {
  const four = ['a', 'b', 'c', 'd'].map((id) => stage(id, 1, 300, { weight: 10 }));

  it('is the critical path if resources are plentiful', () => {
    expect(expectedSeconds(four, { cores: 8, memoryMb: 9000 })).toBe(10);
    expect(expectedSeconds([], BUDGET)).toBe(0);
  });

  it('is more where cores or memory are few', () => {
    expect(expectedSeconds(four, { cores: 2, memoryMb: 9000 })).toBe(20);
    expect(expectedSeconds(four, { cores: 8, memoryMb: 900 })).toBe(20);
    expect(expectedSeconds(four, { cores: 1, memoryMb: 9000 })).toBe(40);
  });

  it('counts by the order in which stages are let in', () => {
    const stages = [
      stage('short', 1, 0, { weight: 4 }),
      stage('other', 1, 0, { weight: 4 }),
      stage('fuse', 1, 0, { weight: 1 }),
      stage('bomb', 1, 0, { weight: 7, needs: ['fuse'] }),
    ];
    // Fuse and bomb on one core, the two others on the other one: in the plan's order it would be 12.
    expect(expectedSeconds(stages, BUDGET)).toBe(8);
  });
});
