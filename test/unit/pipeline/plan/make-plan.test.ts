import { describe, expect, it } from 'vitest';
import type { ObservedImage, ObservedState } from '../../../../src/pipeline/context/observed-state.ts';
import { NOTHING } from '../../../../src/pipeline/core/budget.ts';
import type { Plan } from '../../../../src/pipeline/core/plan.ts';
import type { ImageName } from '../../../../src/pipeline/fabric/release-facts.ts';
import { makePlan } from '../../../../src/pipeline/plan/make-plan.ts';
import { STAGES } from '../../../../src/pipeline/stages/stage-list.ts';
import { bare, planFor, sameImage, settled, UP } from '../../../support/plans.ts';

function running(plan: Plan): string[] {
  return plan.stages.filter(({ action }) => action === 'run').map(({ id }) => id);
}

function withImage(name: ImageName, image: ObservedImage): ObservedState {
  return { ...settled, images: { ...settled.images, [name]: image } };
}

const NETWORK = ['start', 'ready', 'channel', 'join', 'anchors', 'smoke'];

describe('makePlan', () => {
  it('says which network it replaces, if nodes or ledgers of it are there, and what comes instead', () => {
    const changes = [{ key: 'change.peers', from: 1, to: 2 }] as const;
    const replacing = (more: Partial<ObservedState['network']> = {}, goal = UP) =>
      planFor({ ...settled, network: { ...settled.network, crypto: 'changed', changes, ...more } }, goal)
        .replaces;
    const inPlace = { instance: 'c0ffee', ledgers: 3, keptIn: '.fabric-wizard/networks/c0ffee' };
    const replaced = { ...inPlace, changes };
    expect(replacing()).toEqual(replaced);
    expect(replacing({ running: false })).toEqual(replaced);
    expect(replacing({ kept: { ...inPlace, instance: 'decade' } })).toEqual({ ...replaced, by: 'decade' });
    const noLedgers = { inPlace: { ...inPlace, ledgers: 0 } };
    expect(replacing(noLedgers)).toMatchObject({ ledgers: 0 });
    expect(replacing({ ...noLedgers, running: false })).toBeUndefined();
    expect(replacing({}, { ...UP, until: 'build' })).toBeUndefined();
    expect(planFor(settled, UP).replaces).toBeUndefined();
    expect(planFor(bare, UP).replaces).toBeUndefined();
  });

  it('runs everything on a bare machine, in an order where needs come first', () => {
    const plan = planFor(bare, UP);
    expect(plan.stages.every(({ action }) => action === 'run')).toBe(true);
    const seen = new Set<string>();
    for (const stage of plan.stages) {
      for (const need of stage.needs) expect(seen, `${stage.id} needs ${need}`).toContain(need);
      seen.add(stage.id);
    }
  });

  it('pulls CouchDB before anything is built, where it is wanted and not here', () => {
    const couchdb = { ref: 'couchdb:3.4.2', present: false };
    const { stages } = planFor({ ...bare, couchdb }, UP);
    expect(stages.find(({ id }) => id === 'couchdb')?.needs).toEqual(['source']);
    const free = stages.filter(
      ({ needs }) => !needs.includes('couchdb') && needs.every((need) => need === 'source'),
    );
    expect(free.map(({ id }) => id)).toEqual(['source', 'couchdb']);
    expect(running(planFor({ ...settled, couchdb: { ...couchdb, present: true } }, UP))).toEqual([
      'source',
      'smoke',
    ]);
    expect(stages.map(({ id }) => id)).toContain('couchdb');
    const builds = planFor({ ...bare, couchdb }, { ...UP, until: 'build' });
    expect(builds.stages.map(({ id }) => id)).not.toContain('couchdb');
  });

  it('recompiles nothing for a sampleconfig edit', () => {
    const plan = planFor(withImage('peer', { ...sameImage, wanted: 'g' }), UP);
    expect(running(plan)).toEqual(['source', 'sampleconfig', 'image.peer', 'verify', ...NETWORK]);
  });

  it.each<[string, Partial<ObservedState['network']>, string[]]>([
    ['a stopped node', { down: ['peer0.org1.example.com'] }, NETWORK],
    ['a node on an older image', { stale: ['orderer.example.com'] }, NETWORK],
    [
      'a peer that has not joined',
      { unjoined: ['peer1.org2.example.com'] },
      ['ready', 'channel', 'join', 'anchors', 'smoke'],
    ],
    ['anchors that were never set', { anchorsSet: false }, ['anchors', 'smoke']],
    ['another channel', { artifacts: 'changed' }, ['artifacts', 'compose', ...NETWORK]],
    ['another shape of network', { crypto: 'changed' }, ['crypto', 'artifacts', 'compose', ...NETWORK]],
  ])('goes on from %s', (_, network, expected) => {
    const plan = planFor({ ...settled, network: { ...settled.network, ...network } }, UP);
    expect(running(plan)).toEqual(['source', ...expected]);
  });

  it('ends a build with verified images', () => {
    const plan = planFor(bare, { ...UP, until: 'build', images: ['peer'] });
    expect(plan.stages.map(({ id }) => id)).toEqual([
      'source',
      'base.builder',
      'base.runtime',
      'compile',
      'sampleconfig',
      'goshim',
      'image.peer',
      'verify',
    ]);
    expect(running(plan)).not.toContain('goshim');
  });

  it.each([
    ['sampleconfig', ['source']],
    ['base.runtime', ['source']],
    ['image.peer', ['compile', 'base.runtime', 'sampleconfig']],
    ['image.ccenv', ['compile', 'base.builder', 'goshim']],
    ['crypto', ['image.tools']],
    ['compose', ['crypto']],
    ['start', ['verify', 'artifacts', 'compose']],
  ])('makes %s wait for what it uses', (id, needs) => {
    expect(planFor(bare, UP).stages.find((stage) => stage.id === id)?.needs).toEqual(needs);
  });

  it('makes the certificates wait for the image of Fabric CA only if it makes them', () => {
    const ca = { ref: 'hyperledger/fabric-ca:1.5.5', present: undefined, wanted: undefined };
    const needs = (issues: object) =>
      planFor({ ...bare, ca: { ...ca, ...issues } }, UP).stages.find(({ id }) => id === 'crypto')?.needs;
    expect(needs({})).toEqual(['image.tools']);
    expect(needs({ issuesAll: true })).toEqual(['image.tools', 'ca']);
  });

  it.each(['same', 'changed'] as const)(
    'replaces nothing of a network that is there (crypto: %s) before its images are verified',
    (crypto) => {
      const plan = planFor({ ...settled, network: { ...settled.network, crypto } }, UP);
      expect(plan.stages.find(({ id }) => id === 'crypto')?.needs).toEqual(['verify']);
    },
  );

  it('has room for the runtime image beside a compile, and gives a stage that is cached nothing', () => {
    const costOf = (plan: Plan, id: string) => plan.stages.find((stage) => stage.id === id)?.cost;
    for (const cores of [2, 8]) {
      const plan = makePlan(STAGES, bare, UP, { cores, memoryMb: 4000 });
      expect(costOf(plan, 'compile')?.cores).toBe(cores - 1);
      expect(costOf(plan, 'base.runtime')?.cores).toBe(1);
    }
    expect(costOf(makePlan(STAGES, bare, UP, { cores: 1, memoryMb: 4000 }), 'compile')?.cores).toBe(1);
    expect(costOf(planFor(settled, UP), 'compile')).toEqual(NOTHING);
  });

  it('expects less time with more cores, and marks a guess', () => {
    const seconds = [1, 2].map((cores) => makePlan(STAGES, bare, UP, { cores, memoryMb: 8000 }).seconds);
    expect(seconds).toEqual([...new Set(seconds)].sort((a, b) => b - a));
    expect(planFor({ ...settled, stageSeconds: { smoke: 12.34 } }, UP)).toMatchObject({
      seconds: 12.3,
      guessed: false,
    });
    expect(planFor(settled, UP).guessed).toBe(true);
  });

  it('expects the practice source to take less', () => {
    expect(planFor({ ...bare, practice: true }, UP).seconds).toBeLessThan(planFor(bare, UP).seconds);
  });

  it('takes the weight of a stage from earlier runs', () => {
    const plan = planFor({ ...bare, stageSeconds: { compile: 12 } }, UP);
    expect(plan.stages.find(({ id }) => id === 'compile')?.weight).toBe(12);
    expect(planFor(settled, UP).stages.find(({ id }) => id === 'compile')?.weight).toBe(0);
  });

  it('takes the weight of a stage from runs that had the same cause, if there are any', () => {
    const stageSeconds = { compile: 12, 'compile cause.builder-first': 80 };
    const weightOf = (observed: ObservedState) =>
      planFor(observed, UP).stages.find(({ id }) => id === 'compile')?.weight;
    expect(weightOf({ ...bare, stageSeconds })).toBe(80);
    expect(weightOf({ ...settled, outputs: undefined, stageSeconds })).toBe(12);
  });

  it('expects more of stages that were never measured if this machine is slower than the guesses', () => {
    const guessed = planFor(bare, UP);
    const weightsOf = (stageSeconds: ObservedState['stageSeconds']) =>
      planFor({ ...bare, stageSeconds }, UP).stages.find(({ id }) => id === 'smoke')?.weight ?? 0;
    const times = (factor: number) =>
      Object.fromEntries(
        guessed.stages
          .filter(({ id, weight }) => id !== 'smoke' && weight > 1)
          .map(({ id, weight }) => [id, factor * weight]),
      );
    const guess = weightsOf({});
    expect(weightsOf(times(6))).toBeGreaterThan(3 * guess);
    expect(weightsOf(times(6))).toBeLessThanOrEqual(6 * guess);
    expect(weightsOf(times(0.1))).toBe(guess);
  });

  it('marks the stages whose time is a guess', () => {
    const plan = planFor({ ...bare, stageSeconds: { compile: 12 } }, UP);
    const guessed = plan.stages.filter((stage) => stage.guessed).map(({ id }) => id);
    expect(guessed).toContain('smoke');
    expect(guessed).not.toContain('compile');
  });
});
