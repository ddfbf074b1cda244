import { describe, expect, it } from 'vitest';
import type { ImageName } from '../../../../src/pipeline/fabric/fabric-line.ts';
import type { ObservedImage, ObservedState } from '../../../../src/pipeline/run/observed-state.ts';
import { makePlan, type Plan, type PlanGoal, planText } from '../../../../src/pipeline/run/plan.ts';

const UP: PlanGoal = {
  until: 'up',
  images: ['ccenv', 'peer', 'orderer', 'tools'],
  force: false,
  binaries: false,
  smoke: false,
};

const same: ObservedImage = {
  present: { id: 'sha256:1', ours: true, fingerprint: 'f', content: undefined },
  wanted: 'f',
  missingRefs: [],
  verified: true,
};

/** A machine on which everything is done. */
const settled: ObservedState = {
  base: { builder: { run: false, cause: 'local' }, runtime: { run: false, cause: 'local' } },
  outputsKept: true,
  chaintool: undefined,
  images: { ccenv: same, peer: same, orderer: same, tools: same },
  channel: 'mychannel',
  network: {
    crypto: 'same',
    artifacts: 'same',
    compose: 'same',
    running: true,
    down: [],
    stale: [],
    outdated: [],
    otherPrograms: [],
    unjoined: [],
    anchorsSet: true,
  },
  stageSeconds: {},
};

const absent: ObservedImage = { wanted: undefined, missingRefs: [], verified: false };

const bare: ObservedState = {
  ...settled,
  base: { builder: { run: true, cause: 'missing' }, runtime: { run: true, cause: 'missing' } },
  outputsKept: false,
  images: { ccenv: absent, peer: absent, orderer: absent, tools: absent },
  network: {
    crypto: 'absent',
    artifacts: 'absent',
    compose: 'absent',
    running: false,
    down: ['orderer.example.com'],
    stale: [],
    outdated: [],
    otherPrograms: [],
    unjoined: ['peer0.org1.example.com'],
    anchorsSet: false,
  },
};

function running(plan: Plan): string[] {
  return plan.stages.filter(({ action }) => action === 'run').map(({ id }) => id);
}

function causeOf(plan: Plan, id: string): string | undefined {
  return plan.stages.find((stage) => stage.id === id)?.cause;
}

function withImage(name: ImageName, image: ObservedImage): ObservedState {
  return { ...settled, images: { ...settled.images, [name]: image } };
}

const NETWORK = ['start', 'ready', 'channel', 'join', 'anchors', 'smoke'];

describe('makePlan', () => {
  it('runs everything on a bare machine, in an order where needs come first', () => {
    const plan = makePlan(bare, UP);
    expect(plan.stages.every(({ action }) => action === 'run')).toBe(true);
    const seen = new Set<string>();
    for (const stage of plan.stages) {
      for (const need of stage.needs) expect(seen, `${stage.id} needs ${need}`).toContain(need);
      seen.add(stage.id);
    }
    expect(planText(plan)).toMatchInlineSnapshot(`
      "run    source         always: to know what is built
      run    base.builder   missing
      run    base.runtime   missing
      run    compile        the builder image comes first
      run    sampleconfig   goes into peer, orderer and tools
      run    goshim         goes into ccenv
      run    image.ccenv    ccenv image is missing
      run    image.peer     peer image is missing
      run    image.orderer  orderer image is missing
      run    image.tools    tools image is missing
      run    verify         images were built
      run    crypto         no crypto material yet
      run    artifacts      new crypto material
      run    compose        the network is new
      run    start          the network is new or changed
      run    ready          nodes were started
      run    channel        nodes were started
      run    join           the channel was asked about
      run    anchors        the channel was asked about
      run    smoke          the proof is always made anew"
    `);
  });

  it('proves again and does nothing else where nothing changed', () => {
    expect(running(makePlan(settled, UP))).toEqual(['source', 'smoke']);
  });

  it('after an edit compiles, rebuilds and restarts, and keeps crypto material and ledgers', () => {
    const plan = makePlan({ ...settled, outputsKept: false }, UP);
    expect(running(plan)).toEqual([
      'source',
      'compile',
      'sampleconfig',
      'goshim',
      'image.ccenv',
      'image.peer',
      'image.orderer',
      'image.tools',
      'verify',
      ...NETWORK,
    ]);
    expect(causeOf(plan, 'compile')).toBe('source, ldflags or builder changed');
  });

  it('recompiles nothing for a sampleconfig edit', () => {
    const plan = makePlan(withImage('peer', { ...same, wanted: 'g' }), UP);
    expect(running(plan)).toEqual(['source', 'sampleconfig', 'image.peer', 'verify', ...NETWORK]);
    expect(causeOf(plan, 'image.peer')).toBe('what goes into peer changed');
  });

  it.each<[string, ObservedImage, string]>([
    [
      'a missing tag',
      { ...same, missingRefs: ['hyperledger/fabric-ccenv:1.4'] },
      'missing tag hyperledger/fabric-ccenv:1.4',
    ],
    [
      'an image of somebody else',
      { ...same, present: { id: 'x', ours: false, fingerprint: 'f', content: undefined } },
      'ccenv image was not built here',
    ],
    ['an absent image', absent, 'ccenv image is missing'],
  ])('mends %s', (_, image, cause) => {
    const plan = makePlan(withImage('ccenv', image), UP);
    expect(running(plan)).toContain('image.ccenv');
    expect(running(plan)).not.toContain('image.peer');
    expect(causeOf(plan, 'image.ccenv')).toBe(cause);
  });

  it('verifies images that were built by a run that ended before it could', () => {
    expect(running(makePlan(withImage('tools', { ...same, verified: false }), UP))).toEqual([
      'source',
      'verify',
      'smoke',
    ]);
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
    ['an edited compose file', { compose: 'changed' }, ['compose', ...NETWORK]],
    ['another channel', { artifacts: 'changed' }, ['artifacts', 'compose', ...NETWORK]],
    ['another shape of network', { crypto: 'changed' }, ['crypto', 'artifacts', 'compose', ...NETWORK]],
  ])('goes on from %s', (_, network, expected) => {
    const plan = makePlan({ ...settled, network: { ...settled.network, ...network } }, UP);
    expect(running(plan)).toEqual(['source', ...expected]);
  });

  it('ends a build with verified images', () => {
    const plan = makePlan(bare, { ...UP, until: 'build', images: ['peer'] });
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

  it('compiles for host binaries even where every image is there', () => {
    const plan = makePlan(settled, { ...UP, until: 'build', binaries: true });
    expect(causeOf(plan, 'compile')).toBe('host binaries are wanted');
  });

  it('takes the weight of a stage from earlier runs', () => {
    const plan = makePlan({ ...bare, stageSeconds: { compile: 12 } }, UP);
    expect(plan.stages.find(({ id }) => id === 'compile')?.weight).toBe(12);
    expect(makePlan(settled, UP).stages.find(({ id }) => id === 'compile')?.weight).toBe(0);
  });
});
