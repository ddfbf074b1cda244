/** What `rebuild` does, as the text of its plan: `run`/`·`, stage, cause. */
import { describe, expect, it } from 'vitest';
import type { ObservedState } from '../../../../src/pipeline/context/observed-state.ts';
import type { PlanGoal } from '../../../../src/pipeline/context/stage-definition.ts';
import type { Plan } from '../../../../src/pipeline/core/plan.ts';
import { english } from '../../../support/english.ts';
import { bare, planFor, sameImage, settled, UP } from '../../../support/plans.ts';

const REBUILD: PlanGoal = { ...UP, until: 'rebuild' };
const ORDERER = 'orderer.example.com';
const PEER = 'peer0.org1.example.com';

function rebuildPlan(observed: ObservedState, goal: PlanGoal = REBUILD): Plan {
  return planFor(observed, goal);
}

/** The nodes that `start` is limited to. */
function startTargets({ stages }: Plan): readonly string[] | undefined {
  return stages.find(({ id }) => id === 'start')?.targets;
}

function withNetwork(network: Partial<ObservedState['network']>): ObservedState {
  return { ...settled, network: { ...settled.network, ...network } };
}

/** Only what would be done. */
function done({ stages }: Plan): string {
  return stages
    .filter(({ action, id }) => action === 'run' && id !== 'source')
    .map(({ id, cause }) => `${id}: ${english.translate(cause)}`)
    .join('\n');
}

function causeOf(plan: Plan, id: string): string | undefined {
  const cause = plan.stages.find((stage) => stage.id === id)?.cause;
  return cause === undefined ? undefined : english.translate(cause);
}

describe('makePlan for a rebuild', () => {
  it('looks, and does nothing, where nothing changed', () => {
    const plan = rebuildPlan(settled);
    expect(
      plan.stages
        .map(
          ({ action, id, cause }) => `${action === 'run' ? 'run' : '·'} ${id}: ${english.translate(cause)}`,
        )
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "run source: always: to know what is built
      · base.builder: local
      · base.runtime: local
      · compile: source, ldflags and builder unchanged
      · swap: every node runs these programs
      · sampleconfig: no image needs it
      · goshim: no image needs it
      · image.ccenv: unchanged
      · image.peer: unchanged
      · image.orderer: unchanged
      · image.tools: unchanged
      · verify: the same images were verified before
      · compose: unchanged
      · start: every node runs
      · ready: no node was started"
    `);
    expect(startTargets(plan)).toBeUndefined();
  });

  it('after an edit of Go compiles, swaps, and then builds the images', () => {
    const plan = rebuildPlan({ ...settled, outputs: undefined });
    expect(done(plan)).toMatchInlineSnapshot(`
      "compile: source, ldflags or builder changed
      swap: what the compile changes goes into the running nodes
      sampleconfig: goes into peer, orderer and tools
      goshim: goes into ccenv
      image.ccenv: compile or its base image changes first
      image.peer: compile or its base image changes first
      image.orderer: compile or its base image changes first
      image.tools: compile or its base image changes first
      verify: images were built"
    `);
    for (const stage of ['goshim', 'image.peer', 'image.orderer', 'image.tools', 'image.ccenv'])
      expect(plan.stages.find(({ id }) => id === stage)?.needs).toContain('swap');
    expect(startTargets(plan)).toBeUndefined();
  });

  it('after an edit that is taken back swaps at once what an earlier compile left', () => {
    const image = { ...sameImage, wanted: 'earlier' };
    const observed = {
      ...withNetwork({ otherPrograms: [PEER, 'cli'] }),
      images: { ...settled.images, peer: image, tools: image },
    };
    expect(done(rebuildPlan(observed))).toMatchInlineSnapshot(`
      "swap: other programs: peer0.org1.example.com, cli
      sampleconfig: goes into peer, orderer and tools
      image.peer: what goes into peer changed
      image.tools: what goes into tools changed
      verify: images were built"
    `);
  });

  it('swaps where the images are right and nodes are not, as after a run that was interrupted', () => {
    expect(done(rebuildPlan(withNetwork({ otherPrograms: [PEER] })))).toMatchInlineSnapshot(
      `"swap: other programs: peer0.org1.example.com"`,
    );
  });

  it('makes anew only the nodes whose sampleconfig changed, and compiles nothing', () => {
    const image = { ...sameImage, wanted: 'edited' };
    const observed = {
      ...withNetwork({ outdated: [ORDERER, PEER, 'cli'], stale: [] }),
      images: { ...settled.images, peer: image, orderer: image, tools: image },
    };
    const plan = rebuildPlan(observed);
    expect(done(plan)).toMatchInlineSnapshot(`
      "sampleconfig: goes into peer, orderer and tools
      image.peer: what goes into peer changed
      image.orderer: what goes into orderer changed
      image.tools: what goes into tools changed
      verify: images were built
      start: sampleconfig or base image changed: orderer.example.com, peer0.org1.example.com, cli
      ready: nodes were started"
    `);
    expect(startTargets(plan)).toEqual([ORDERER, PEER, 'cli']);
  });

  it('starts a node that is down, and no other', () => {
    const plan = rebuildPlan(withNetwork({ down: [PEER] }));
    expect(done(plan)).toMatchInlineSnapshot(`
      "start: not running: peer0.org1.example.com
      ready: nodes were started"
    `);
    expect(startTargets(plan)).toEqual([PEER]);
  });

  it('makes every node anew where the compose file is to be another', () => {
    const plan = rebuildPlan({ ...withNetwork({ compose: 'changed' }), outputs: undefined });
    expect(done(plan)).toMatchInlineSnapshot(`
      "compile: source, ldflags or builder changed
      sampleconfig: goes into peer, orderer and tools
      goshim: goes into ccenv
      image.ccenv: compile or its base image changes first
      image.peer: compile or its base image changes first
      image.orderer: compile or its base image changes first
      image.tools: compile or its base image changes first
      verify: images were built
      compose: the compose file differs from the choices
      start: the compose file is new
      ready: nodes were started"
    `);
    expect(causeOf(plan, 'swap')).toBe('every node is made anew');
    expect(startTargets(plan)).toBeUndefined();
    expect(plan.stages.find(({ id }) => id === 'compose')?.needs).toEqual(['verify']);
    expect(plan.stages.find(({ id }) => id === 'start')?.needs).toEqual(['verify', 'compose']);
  });

  it('builds images, and starts nothing, where no network runs', () => {
    for (const observed of [
      bare,
      { ...withNetwork({ running: false, down: [ORDERER, PEER] }), outputs: undefined },
    ]) {
      const plan = rebuildPlan(observed);
      const started = ['swap', 'compose', 'start', 'ready'];
      expect(plan.stages.filter(({ id, action }) => started.includes(id) && action === 'run')).toEqual([]);
      expect([causeOf(plan, 'swap'), causeOf(plan, 'start')]).toEqual(['no network runs', 'no network runs']);
      expect(done(plan)).toContain('image.peer');
    }
  });

  it('proves the network last where that is asked for, and only then', () => {
    const smoke = rebuildPlan(settled, { ...REBUILD, smoke: true }).stages.at(-1);
    expect(smoke).toMatchObject({
      id: 'smoke',
      needs: ['ready', 'swap'],
      action: 'run',
      cause: { key: 'cause.requested' },
    });
    expect(rebuildPlan(settled).stages.map(({ id }) => id)).not.toContain('smoke');
  });

  it('does everything that an edit does where no cache may be used', () => {
    const plan = rebuildPlan(settled, { ...REBUILD, force: true });
    expect(done(plan)).toMatchInlineSnapshot(`
      "compile: asked for without caches
      swap: what the compile changes goes into the running nodes
      sampleconfig: goes into peer, orderer and tools
      goshim: goes into ccenv
      image.ccenv: asked for without caches
      image.peer: asked for without caches
      image.orderer: asked for without caches
      image.tools: asked for without caches
      verify: images were built"
    `);
  });

  it('never touches certificates, channel or ledgers', () => {
    const ids = rebuildPlan(bare).stages.map(({ id }) => id);
    for (const id of ['crypto', 'artifacts', 'channel', 'join', 'anchors']) expect(ids).not.toContain(id);
  });
});
