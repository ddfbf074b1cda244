/** What is done where the checkout's own Dockerfiles build the images. */
import { describe, expect, it } from 'vitest';
import type { ObservedState } from '../../../../src/pipeline/context/observed-state.ts';
import type { PlanGoal } from '../../../../src/pipeline/context/stage-definition.ts';
import type { Plan } from '../../../../src/pipeline/core/plan.ts';
import { english } from '../../../support/english.ts';
import { bare, planFor, settled, UP, withUpstream } from '../../../support/plans.ts';

const GOLANG = 'golang:1.21.6-alpine3.18';

function buildPlan(observed: ObservedState, goal: Partial<PlanGoal> = {}): Plan {
  return planFor(observed, { ...UP, until: 'build', ...goal });
}

function done({ stages }: Plan): string[] {
  return stages.filter(({ action }) => action === 'run').map(({ id }) => id);
}

const IMAGES = ['image.ccenv', 'image.peer', 'image.orderer', 'image.tools'];

describe("makePlan with the checkout's own Dockerfiles", () => {
  it('compiles nothing, and first brings what they start from', () => {
    const plan = buildPlan(withUpstream(bare, [GOLANG]));
    expect(done(plan)).toEqual(['source', 'base.upstream', ...IMAGES, 'verify']);
    expect(english.translate(plan.stages.find(({ id }) => id === 'base.upstream')?.cause ?? '')).toBe(
      `missing: ${GOLANG}`,
    );
    expect(plan.stages.find(({ id }) => id === 'image.peer')?.needs).toEqual(['base.upstream']);
  });

  it('asks for no image that nothing is built on', () => {
    expect(done(buildPlan(withUpstream(settled, [GOLANG])))).toEqual(['source']);
  });

  it('compiles for host binaries, and for an image that the checkout has no Dockerfile for', () => {
    expect(done(buildPlan(withUpstream(bare), { binaries: true }))).toEqual([
      'source',
      'base.builder',
      'compile',
      ...IMAGES,
      'verify',
    ]);
    const mixed = buildPlan(withUpstream(bare, [], 'tools'));
    expect(done(mixed)).toEqual([
      'source',
      'base.builder',
      'base.runtime',
      'compile',
      'sampleconfig',
      ...IMAGES,
      'verify',
    ]);
    expect(mixed.stages.find(({ id }) => id === 'image.tools')?.needs).toContain('compile');
  });

  it('takes the cores of a compile for an image that compiles', () => {
    const costs = buildPlan(withUpstream(bare)).stages;
    const cores = (id: string) => costs.find((stage) => stage.id === id)?.cost.memoryMb;
    expect(cores('image.peer')).toBeGreaterThan(1000);
    expect(cores('image.ccenv')).toBeLessThan(1000);
  });

  it('recreates nodes in a rebuild, and swaps no binaries', () => {
    const nodes = ['peer0.org1.example.com'];
    const state = withUpstream({ ...settled, network: { ...settled.network, outdated: nodes } });
    const changed = {
      ...state,
      images: { ...state.images, peer: { ...state.images.peer, wanted: 'other' } },
    };
    const plan = buildPlan(changed as ObservedState, { until: 'rebuild' });
    expect(done(plan)).toEqual(['source', 'image.peer', 'verify', 'start', 'ready']);
    expect(plan.stages.map(({ id }) => id)).not.toContain('swap');
    expect(plan.stages.find(({ id }) => id === 'start')?.targets).toEqual(nodes);
  });
});
