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

describe('makePlan for a rebuild', () => {
  it('after an edit of Go builds the images after the swap, and starts no node', () => {
    const plan = rebuildPlan({ ...settled, outputs: undefined });
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
      "swap: outdated binaries: peer0.org1.example.com, cli
      sampleconfig: needed by peer, orderer and tools
      image.peer: inputs of the peer image changed
      image.tools: inputs of the tools image changed
      verify: images are rebuilt"
    `);
  });

  it('swaps where the images are right and nodes are not, as after a run that was interrupted', () => {
    expect(done(rebuildPlan(withNetwork({ otherPrograms: [PEER] })))).toMatchInlineSnapshot(
      `"swap: outdated binaries: peer0.org1.example.com"`,
    );
  });

  it('recreates only the nodes whose sampleconfig changed, and compiles nothing', () => {
    const image = { ...sameImage, wanted: 'edited' };
    const observed = {
      ...withNetwork({ outdated: [ORDERER, PEER, 'cli'], stale: [] }),
      images: { ...settled.images, peer: image, orderer: image, tools: image },
    };
    const plan = rebuildPlan(observed);
    expect(done(plan)).toMatchInlineSnapshot(`
      "sampleconfig: needed by peer, orderer and tools
      image.peer: inputs of the peer image changed
      image.orderer: inputs of the orderer image changed
      image.tools: inputs of the tools image changed
      verify: images are rebuilt
      start: sampleconfig or base image changed: orderer.example.com, peer0.org1.example.com, cli
      ready: nodes are started"
    `);
    expect(startTargets(plan)).toEqual([ORDERER, PEER, 'cli']);
  });

  it('replaces every node after the images are verified where the compose file is to be another', () => {
    const plan = rebuildPlan({ ...withNetwork({ compose: 'changed' }), outputs: undefined });
    expect(startTargets(plan)).toBeUndefined();
    expect(plan.stages.find(({ id }) => id === 'compose')?.needs).toEqual(['verify']);
    expect(plan.stages.find(({ id }) => id === 'start')?.needs).toEqual(['verify', 'compose']);
  });

  it('proves the network after every node has the new programs', () => {
    const smoke = rebuildPlan(settled, { ...REBUILD, smoke: true }).stages.at(-1);
    expect(smoke).toMatchObject({ id: 'smoke', needs: ['ready', 'swap'] });
  });

  it('does everything that an edit does where no cache may be used', () => {
    const plan = rebuildPlan(settled, { ...REBUILD, force: true });
    expect(done(plan)).toMatchInlineSnapshot(`
      "compile: forced, even if up to date
      swap: copy changed binaries into running nodes
      sampleconfig: needed by peer, orderer and tools
      goshim: needed by ccenv
      image.ccenv: forced, even if up to date
      image.peer: forced, even if up to date
      image.orderer: forced, even if up to date
      image.tools: forced, even if up to date
      verify: images are rebuilt"
    `);
  });

  it('never touches certificates, channel or ledgers', () => {
    const ids = rebuildPlan(bare).stages.map(({ id }) => id);
    for (const id of ['crypto', 'artifacts', 'channel', 'join', 'anchors']) expect(ids).not.toContain(id);
  });
});
