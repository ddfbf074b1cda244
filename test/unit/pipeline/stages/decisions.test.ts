/** What each stage decides: from an observed state and a goal to `run`, `cached` or `absent`, with the cause. */
import { describe, expect, it } from 'vitest';
import type { ObservedImage, ObservedState } from '../../../../src/pipeline/context/observed-state.ts';
import type { PlanGoal } from '../../../../src/pipeline/context/stage-definition.ts';
import type { Phrase, Text } from '../../../../src/pipeline/core/phrase.ts';
import type { ImageName } from '../../../../src/pipeline/fabric/release-facts.ts';
import { STAGES, type StageId } from '../../../../src/pipeline/stages/stage-list.ts';
import { absentImage, bare, planFor, sameImage, settled, UP, withUpstream } from '../../../support/plans.ts';

const BUILD: PlanGoal = { ...UP, until: 'build' };
const REBUILD: PlanGoal = { ...UP, until: 'rebuild' };
const SMOKE: PlanGoal = { ...UP, until: 'smoke' };
const FORCE: PlanGoal = { ...UP, force: true };
const BINARIES: PlanGoal = { ...BUILD, binaries: true };

const PEER = 'peer0.org1.example.com';
const ORDERER = 'orderer.example.com';
const GOLANG = 'golang:1.21.6-alpine3.18';

/** `absent`: the plan does not have the stage. */
type Outcome = 'run' | 'cached' | 'absent';

interface Row {
  readonly when: string;
  readonly observed: ObservedState;
  readonly goal: PlanGoal;
  readonly outcome: Outcome;
  readonly cause?: Text;
  /** The nodes or images that the stage is limited to. */
  readonly targets?: readonly string[];
}

function row(
  when: string,
  [observed, goal]: readonly [ObservedState, PlanGoal],
  outcome: Outcome,
  cause?: Text,
  targets?: readonly string[],
): Row {
  return { when, observed, goal, outcome, cause, targets };
}

const edited: ObservedState = { ...settled, outputs: undefined };

function network(changed: Partial<ObservedState['network']>, state = settled): ObservedState {
  return { ...state, network: { ...state.network, ...changed } };
}

function image(name: ImageName, changed: ObservedImage): ObservedState {
  return { ...settled, images: { ...settled.images, [name]: changed } };
}

function baseOf(kind: 'builder' | 'runtime', run: boolean, cause: Text): ObservedState {
  return { ...settled, base: { ...settled.base, [kind]: { run, cause } } };
}

const MORE_PEERS: Phrase = { key: 'change.peers', from: 1, to: 2 };
const KEPT = { instance: 'decade', ledgers: 2, keptIn: '.fabric-wizard/networks/decade' };
const stopped = network({ running: false, down: [ORDERER, PEER] });
const ADD: PlanGoal = { ...UP, until: 'add' };
const upstream = withUpstream(settled);

const GATEWAY = 'fabric-wizard/gateway:0123456789ab';

function withGateway(present: boolean, state: ObservedState = settled): ObservedState {
  return { ...state, gateway: { ref: GATEWAY, present } };
}
const metrics = { ref: 'fabric-wizard/prometheus:1', present: false, runs: false };
const measured = { ...settled, metrics: { ...metrics, present: true, runs: true } };
const CA = 'hyperledger/fabric-ca:1.5.5';
const noCa: ObservedState = { ...settled, ca: { ref: CA, present: undefined, wanted: 'f' } };
const withCa: ObservedState = { ...settled, ca: { ref: CA, present: { fingerprint: 'f' }, wanted: 'f' } };
const issuing: ObservedState = {
  ...settled,
  ca: { ref: CA, present: undefined, wanted: 'f', issuesAll: true },
};
const couchdb = { ref: 'couchdb:3.4.2', present: false };
const deployed: ObservedState = { ...settled, deployed: ['basic'] };
const otherImage: ObservedImage = { ...sameImage, wanted: 'g' };
const cacheOnly = { ...settled, ccenvPayload: 'gocache' } as const;

/** The rows that all images have in common. */
function imageRows(name: ImageName): readonly Row[] {
  const ref = `hyperledger/fabric-${name}:1.4`;
  const foreign = { id: 'x', ours: false, fingerprint: 'f', content: undefined };
  const having = (changed: ObservedImage) => image(name, changed);
  const goal = { ...BUILD, images: [name] };
  return [
    row('forced', [having(sameImage), { ...goal, force: true }], 'run', { key: 'cause.forced' }),
    row('no image', [having(absentImage), goal], 'run', { key: 'cause.image-missing', image: name }),
    row('an image of somebody else', [having({ ...sameImage, present: foreign }), goal], 'run', {
      key: 'cause.image-foreign',
      image: name,
    }),
    row('a compile before it', [{ ...having(sameImage), outputs: undefined }, goal], 'run', {
      key: 'cause.image-after',
    }),
    row('other inputs', [having(otherImage), goal], 'run', { key: 'cause.image-changed', image: name }),
    row('a tag that is missing', [having({ ...sameImage, missingRefs: [ref] }), goal], 'run', {
      key: 'cause.tag-missing',
      ref,
    }),
    row('the same inputs', [having(sameImage), goal], 'cached', { key: 'cause.unchanged' }),
    row(
      "the checkout's own Dockerfile and a compile",
      [withUpstream({ ...having(sameImage), outputs: undefined }), { ...goal, binaries: true }],
      'cached',
      { key: 'cause.unchanged' },
    ),
    row('another image wanted', [bare, { ...BUILD, images: [name === 'peer' ? 'tools' : 'peer'] }], 'absent'),
    row('a proof only', [bare, SMOKE], 'absent'),
  ];
}

function baseRows(kind: 'builder' | 'runtime'): readonly Row[] {
  const cause: Text = { key: 'cause.missing', what: 'the image' };
  const present: Text = { key: 'cause.present', what: 'the image' };
  return [
    row('no image', [baseOf(kind, true, cause), UP], 'run', cause),
    row('an image', [baseOf(kind, false, present), UP], 'cached', present),
    row("only the checkout's own Dockerfiles", [withUpstream(bare), UP], 'absent'),
    row('a proof only', [bare, SMOKE], 'absent'),
    ...(kind === 'builder' ? [row('tests', [baseOf(kind, true, cause), TESTS], 'run', cause)] : []),
    row('tests of nothing', [baseOf(kind, true, cause), NO_TESTS], 'absent'),
  ];
}

const TESTS: PlanGoal = {
  ...UP,
  until: 'test',
  tests: { packages: ['core/peer'], race: false, why: { key: 'cause.requested' }, withoutPkcs11: [] },
};
const UNCHANGED: Text = { key: 'cause.no-changed-packages', commit: 'c0ffee' };
const NO_TESTS: PlanGoal = {
  ...TESTS,
  tests: { packages: [], race: false, why: UNCHANGED, withoutPkcs11: [] },
};

function hooked(event: string, command: string) {
  return { command, key: `hooks.${event}`, where: 'fabric-wizard.yaml:1:1' };
}
const HOOKED: PlanGoal = {
  ...UP,
  hooks: {
    'after-start': [hooked('after-start', './seed.sh')],
    'after-proof': [hooked('after-proof', 'npm test'), hooked('after-proof', 'true')],
  },
};

const SUITES: PlanGoal = {
  ...UP,
  until: 'test',
  suites: { suites: ['sbe'], ginkgo: 2, leftOut: [], skip: '', absent: [], programs: [], names: [] },
};

const DECISIONS: Readonly<Record<StageId, readonly Row[]>> = {
  source: [
    row('nothing to do', [settled, UP], 'run', { key: 'cause.always' }),
    row('everything to do', [bare, REBUILD], 'run', { key: 'cause.always' }),
    row('no Fabric', [{ ...settled, fallback: 'no network' }, UP], 'run', {
      key: 'cause.practice',
      why: 'no network',
    }),
    row('a proof only', [settled, SMOKE], 'absent'),
    row('tests', [settled, TESTS], 'run', { key: 'cause.always' }),
  ],
  test: [
    row('up', [bare, UP], 'absent'),
    row('a rebuild', [bare, REBUILD], 'absent'),
    row('named packages', [settled, TESTS], 'run', { key: 'cause.requested' }),
    row('nothing changed', [bare, NO_TESTS], 'cached', UNCHANGED),
    row('suites', [settled, SUITES], 'absent'),
  ],
  suites: [
    row('up', [bare, UP], 'absent'),
    row('packages', [settled, TESTS], 'absent'),
    row('named suites', [settled, SUITES], 'run', { key: 'cause.requested' }),
  ],
  couchdb: [
    row('LevelDB', [settled, UP], 'absent'),
    row('a build', [{ ...settled, couchdb }, BUILD], 'absent'),
    row('a rebuild without a network', [{ ...stopped, couchdb }, REBUILD], 'absent'),
    row('no image', [{ ...settled, couchdb }, UP], 'run', { key: 'cause.missing', what: couchdb.ref }),
    row('an image', [{ ...settled, couchdb: { ...couchdb, present: true } }, REBUILD], 'cached', {
      key: 'cause.present',
      what: couchdb.ref,
    }),
  ],
  metrics: [
    row('a network without it', [settled, UP], 'absent'),
    row('a rebuild', [{ ...settled, metrics }, REBUILD], 'absent'),
    row('no image', [{ ...settled, metrics }, UP], 'run', { key: 'cause.missing', what: metrics.ref }),
    row('an image', [{ ...settled, metrics: { ...metrics, present: true } }, UP], 'cached', {
      key: 'cause.present',
      what: metrics.ref,
    }),
  ],
  ca: [
    row('a network without CAs', [settled, UP], 'absent'),
    row('a proof only', [noCa, SMOKE], 'absent'),
    row('no image', [noCa, UP], 'run', { key: 'cause.image-missing', image: 'ca' }),
    row('a build without an image', [noCa, BUILD], 'run', { key: 'cause.image-missing', image: 'ca' }),
    row('the same source', [withCa, REBUILD], 'cached', { key: 'cause.unchanged' }),
    row(
      'another source',
      [{ ...settled, ca: { ref: CA, present: { fingerprint: 'f' }, wanted: 'g' } }, UP],
      'run',
      {
        key: 'cause.image-changed',
        image: 'ca',
      },
    ),
    row('another builder', [{ ...withCa, base: bare.base }, UP], 'run', { key: 'cause.image-after' }),
    row('force', [withCa, FORCE], 'run', { key: 'cause.forced' }),
  ],
  javaenv: [
    row('up with Go', [settled, { ...UP, chaincodes: ['basic'], languages: ['go'] }], 'absent'),
    row('up', [settled, { ...UP, chaincodes: ['basic'], languages: ['java'] }], 'run', {
      key: 'cause.configured',
    }),
    row(
      'up with what the network has',
      [deployed, { ...UP, chaincodes: ['basic'], languages: ['java'] }],
      'cached',
      {
        key: 'cause.deployed',
      },
    ),
    row('a proof only', [settled, { ...SMOKE, languages: ['java'] }], 'absent'),
  ],
  nodeenv: [
    row('up with Go', [settled, { ...UP, chaincodes: ['basic'], languages: ['go'] }], 'absent'),
    row('requested', [settled, { ...SMOKE, until: 'deploy', languages: ['go', 'node'] }], 'run', {
      key: 'cause.requested',
    }),
    row(
      'up with what the network has',
      [deployed, { ...UP, chaincodes: ['basic'], languages: ['node'] }],
      'cached',
      {
        key: 'cause.deployed',
      },
    ),
    row(
      'images that are new',
      [
        { ...deployed, outputs: undefined },
        { ...UP, chaincodes: ['basic'], languages: ['node'] },
      ],
      'run',
      { key: 'cause.configured' },
    ),
    row('a rebuild', [settled, { ...REBUILD, languages: ['node'] }], 'absent'),
  ],
  gateway: [
    row('a network without it', [settled, UP], 'absent'),
    row('a build', [withGateway(false), BUILD], 'absent'),
    row('a rebuild without a network', [withGateway(false, stopped), REBUILD], 'absent'),
    row('no image', [withGateway(false), UP], 'run', { key: 'cause.missing', what: GATEWAY }),
    row('an image', [withGateway(true), REBUILD], 'cached', { key: 'cause.present', what: GATEWAY }),
  ],
  'base.builder': [
    ...baseRows('builder'),
    row(
      "a gateway to compile beside the checkout's own Dockerfiles",
      [withGateway(false, upstream), UP],
      'cached',
      settled.base.builder.cause,
    ),
    row("a gateway beside the checkout's own Dockerfiles", [withGateway(true, upstream), UP], 'absent'),
    row(
      "host binaries beside the checkout's own Dockerfiles",
      [withUpstream(settled), BINARIES],
      'cached',
      settled.base.builder.cause,
    ),
  ],
  'base.runtime': [
    ...baseRows('runtime'),
    row("host binaries beside the checkout's own Dockerfiles", [withUpstream(bare), BINARIES], 'absent'),
  ],
  compile: [
    row('forced', [settled, FORCE], 'run', { key: 'cause.forced' }),
    row('a builder before it', [baseOf('builder', true, 'x'), UP], 'run', { key: 'cause.builder-first' }),
    row('other inputs', [edited, UP], 'run', { key: 'cause.inputs-changed' }),
    row('host binaries', [settled, BINARIES], 'run', { key: 'cause.binaries' }),
    row('the same inputs', [settled, UP], 'cached', { key: 'cause.inputs-same' }),
    row("only the checkout's own Dockerfiles", [withUpstream(bare), UP], 'absent'),
    row('a proof only', [bare, SMOKE], 'absent'),
  ],
  swap: [
    row('no network', [stopped, REBUILD], 'cached', { key: 'cause.no-network' }),
    row('another compose file', [network({ compose: 'changed' }, edited), REBUILD], 'cached', {
      key: 'cause.all-recreated',
    }),
    row('a compile before it', [edited, REBUILD], 'run', { key: 'cause.compile-swaps' }),
    row('nodes with other programs', [network({ otherPrograms: [PEER] }), REBUILD], 'run', {
      key: 'cause.other-programs',
      nodes: [PEER],
    }),
    row('the same programs', [settled, REBUILD], 'cached', { key: 'cause.same-programs' }),
    row("the checkout's own Dockerfiles", [upstream, REBUILD], 'absent'),
    row('no rebuild', [edited, UP], 'absent'),
  ],
  chaintool: [
    row('none wanted', [settled, UP], 'absent'),
    row('a file that is not here', [{ ...settled, chaintool: { from: '/c', present: false } }, UP], 'run', {
      key: 'cause.requested',
    }),
    row('a file that is here', [{ ...settled, chaintool: { from: '/c', present: true } }, UP], 'cached', {
      key: 'cause.present',
      what: '/c',
    }),
  ],
  'base.upstream': [
    row('our own Dockerfiles', [bare, UP], 'absent'),
    row('nothing to build', [withUpstream(settled, [GOLANG]), BUILD], 'cached', { key: 'cause.not-needed' }),
    row(
      'a base image that is missing',
      [withUpstream(image('peer', absentImage), [GOLANG]), BUILD],
      'run',
      { key: 'cause.images-missing', what: [GOLANG] },
      ['peer'],
    ),
    row('all base images', [withUpstream(bare), BUILD], 'cached', { key: 'cause.images-here' }),
  ],
  sampleconfig: [
    row('a node image to build', [image('orderer', otherImage), UP], 'run', { key: 'cause.into-programs' }),
    row('only ccenv to build', [image('ccenv', otherImage), UP], 'cached', { key: 'cause.not-needed' }),
    row('nothing to build', [settled, UP], 'cached', { key: 'cause.not-needed' }),
    row("only the checkout's own Dockerfiles", [withUpstream(bare), UP], 'absent'),
  ],
  goshim: [
    row('ccenv to build', [image('ccenv', otherImage), UP], 'run', { key: 'cause.into-ccenv' }),
    row('only a node image to build', [image('peer', otherImage), UP], 'cached', { key: 'cause.not-needed' }),
    row('a release without goshim', [{ ...bare, ccenvPayload: 'gocache' }, UP], 'absent'),
  ],
  gocache: [
    row('ccenv to build', [{ ...cacheOnly, outputs: undefined }, UP], 'run', { key: 'cause.into-ccenv' }),
    row('nothing to build', [cacheOnly, UP], 'cached', { key: 'cause.not-needed' }),
    row('a release with goshim', [bare, UP], 'absent'),
  ],
  'image.baseos': imageRows('baseos'),
  'image.ccenv': [
    ...imageRows('ccenv'),
    row('its base image before it', [baseOf('builder', true, 'x'), UP], 'run', { key: 'cause.image-after' }),
    row("the nodes' base image before it", [baseOf('runtime', true, 'x'), UP], 'cached', {
      key: 'cause.unchanged',
    }),
    row('a chaintool before it', [{ ...settled, chaintool: { from: '/c', present: false } }, UP], 'run', {
      key: 'cause.image-after',
    }),
  ],
  'image.peer': [
    ...imageRows('peer'),
    row('its base image before it', [baseOf('runtime', true, 'x'), UP], 'run', { key: 'cause.image-after' }),
  ],
  'image.orderer': imageRows('orderer'),
  'image.tools': imageRows('tools'),
  verify: [
    row('an image to build', [image('peer', otherImage), UP], 'run', { key: 'cause.images-built' }),
    row('an image that was never verified', [image('tools', { ...sameImage, verified: false }), UP], 'run', {
      key: 'cause.never-verified',
    }),
    row(
      'another image that was never verified',
      [image('tools', { ...sameImage, verified: false }), { ...BUILD, images: ['peer'] }],
      'cached',
      {
        key: 'cause.verified',
      },
    ),
    row('verified images', [settled, UP], 'cached', { key: 'cause.verified' }),
    row('a proof only', [bare, SMOKE], 'absent'),
  ],
  crypto: [
    row('a peer that is added', [network({ joining: [PEER] }), ADD], 'run', {
      key: 'cause.joining',
      members: [PEER],
    }),
    row('none yet', [network({ crypto: 'absent' }), UP], 'run', { key: 'cause.no-crypto' }),
    row('none yet, and Fabric CA makes them', [network({ crypto: 'absent' }, issuing), UP], 'run', {
      key: 'cause.no-identities',
    }),
    row('a network of another shape', [network({ crypto: 'changed', changes: [MORE_PEERS] }), UP], 'run', {
      key: 'cause.network-differs',
      changes: [MORE_PEERS],
    }),
    row('a network that an older version made', [network({ crypto: 'changed' }), UP], 'run', {
      key: 'cause.crypto-changed',
    }),
    row(
      'a replaced network with this configuration',
      [network({ crypto: 'changed', kept: KEPT }), UP],
      'run',
      {
        key: 'cause.network-again',
        instance: KEPT.instance,
      },
    ),
    row('the same network', [settled, UP], 'cached', { key: 'cause.unchanged' }),
    row('a rebuild', [bare, REBUILD], 'absent'),
  ],
  packages: [
    row('nothing is added', [settled, UP], 'absent'),
    row('a peer that is added', [network({ adding: true }), ADD], 'run', { key: 'cause.adding' }),
    row('an addition that was interrupted', [network({ adding: true }), UP], 'run', { key: 'cause.adding' }),
  ],
  members: [
    row('no organisation was added', [network({ unjoined: [PEER] }), UP], 'absent'),
    row('an organisation that was added', [network({ extended: true, unjoined: [PEER] }), UP], 'run', {
      key: 'cause.channel-state',
    }),
    row('channels that have it', [network({ extended: true }), UP], 'cached', { key: 'cause.members-known' }),
    row('a rebuild', [network({ extended: true }), REBUILD], 'absent'),
  ],
  artifacts: [
    row('a peer that is added', [network({ joining: [PEER] }), ADD], 'cached', { key: 'cause.unchanged' }),
    row('new crypto material', [network({ crypto: 'absent' }), UP], 'run', { key: 'cause.new-crypto' }),
    row('those of a replaced network', [network({ crypto: 'changed', kept: KEPT }), UP], 'cached', {
      key: 'cause.unchanged',
    }),
    row('none yet', [network({ artifacts: 'absent' }), UP], 'run', { key: 'cause.no-genesis' }),
    row('another channel', [network({ artifacts: 'changed' }), UP], 'run', { key: 'cause.channel-changed' }),
    row('the same channel', [settled, UP], 'cached', { key: 'cause.unchanged' }),
    row('a rebuild', [bare, REBUILD], 'absent'),
  ],
  compose: [
    row('a peer that is added', [network({ joining: [PEER] }), ADD], 'run', {
      key: 'cause.joining',
      members: [PEER],
    }),
    row('new crypto material', [network({ crypto: 'changed' }), UP], 'run', { key: 'cause.network-new' }),
    row('none yet', [network({ compose: 'absent' }), UP], 'run', { key: 'cause.no-compose' }),
    row('a Prometheus to be provided', [{ ...settled, metrics }, UP], 'run', { key: 'cause.metrics-new' }),
    row('another file', [network({ compose: 'changed' }), REBUILD], 'run', { key: 'cause.compose-differs' }),
    row(
      'another variable',
      [network({ compose: 'changed', composeDiffers: ['CORE_PEER_GOSSIP_PULLINTERVAL'] }), UP],
      'run',
      { key: 'cause.compose-settings', settings: ['CORE_PEER_GOSSIP_PULLINTERVAL'] },
    ),
    row('the same file', [settled, UP], 'cached', { key: 'cause.unchanged' }),
    row('a rebuild without a network', [stopped, REBUILD], 'absent'),
    row('a build', [bare, BUILD], 'absent'),
  ],
  start: [
    row(
      'a peer that is added: with the gateway, and no other node',
      [withGateway(true, network({ joining: [PEER], down: [PEER], stale: [ORDERER] })), ADD],
      'run',
      { key: 'cause.joining', members: [PEER] },
      ['gateway', PEER],
    ),
    row('a channel that is added', [network({ joining: ['b'], stale: [ORDERER] }), ADD], 'cached', {
      key: 'cause.all-run',
    }),
    row('up: another network', [network({ compose: 'changed' }), UP], 'run', {
      key: 'cause.network-changed',
    }),
    row('up: an image to build', [image('peer', otherImage), UP], 'run', { key: 'cause.images-built' }),
    row('up: a CA to build', [noCa, UP], 'run', { key: 'cause.images-built' }),
    row(
      'a rebuild of the CA',
      [{ ...withCa, ca: { ref: CA, present: { fingerprint: 'f' }, wanted: 'g' } }, REBUILD],
      'run',
      {
        key: 'cause.images-built',
      },
    ),
    row('up: a node that is down', [network({ down: [PEER] }), UP], 'run', {
      key: 'cause.down',
      nodes: [PEER],
    }),
    row('up: a node on an older image', [network({ stale: [ORDERER] }), UP], 'run', {
      key: 'cause.stale',
      nodes: [ORDERER],
    }),
    row('up: all nodes run', [settled, UP], 'cached', { key: 'cause.all-current' }),
    row('up: a Prometheus to be provided', [{ ...settled, metrics }, UP], 'cached', {
      key: 'cause.all-current',
    }),
    row('rebuild: no network', [stopped, REBUILD], 'cached', { key: 'cause.no-network' }),
    row(
      'rebuild: another compose file',
      [network({ compose: 'changed', outdated: [PEER] }), REBUILD],
      'run',
      {
        key: 'cause.compose-new',
      },
    ),
    row(
      'rebuild: a node with another base image, and one that is down',
      [network({ outdated: [PEER], down: [ORDERER] }), REBUILD],
      'run',
      { key: 'cause.outdated', nodes: [PEER] },
      [PEER, ORDERER],
    ),
    row(
      "rebuild: other programs in an image of the checkout's own Dockerfile",
      [network({ outdated: [PEER], otherPrograms: [PEER, ORDERER] }, upstream), REBUILD],
      'run',
      { key: 'cause.other-configured-image', nodes: [PEER, ORDERER] },
      [PEER, ORDERER],
    ),
    row(
      'rebuild: a node that is down',
      [network({ down: [PEER] }), REBUILD],
      'run',
      { key: 'cause.down', nodes: [PEER] },
      [PEER],
    ),
    row('rebuild: other programs only', [network({ otherPrograms: [PEER] }), REBUILD], 'cached', {
      key: 'cause.all-run',
    }),
    row('a build', [bare, BUILD], 'absent'),
  ],
  prometheus: [
    row('no metrics', [settled, UP], 'absent'),
    row('one that runs', [measured, UP], 'cached', { key: 'cause.all-run' }),
    row('nodes that start', [network({ down: [PEER] }, measured), UP], 'run', { key: 'cause.started' }),
    row('no image yet', [{ ...settled, metrics }, UP], 'run', { key: 'cause.metrics-new' }),
    row('one that is down', [{ ...settled, metrics: { ...measured.metrics, runs: false } }, REBUILD], 'run', {
      key: 'cause.down',
      nodes: ['prometheus'],
    }),
    row('a rebuild without an image', [{ ...settled, metrics }, REBUILD], 'absent'),
    row('a channel that is added', [network({ joining: ['orders'] }, measured), ADD], 'cached', {
      key: 'cause.all-run',
    }),
    row('another compose file', [network({ compose: 'changed' }, measured), ADD], 'run', {
      key: 'cause.compose-new',
    }),
  ],
  ready: [
    row('nodes that start', [network({ down: [PEER] }), REBUILD], 'run', { key: 'cause.started' }),
    row('a Prometheus to be provided', [{ ...settled, metrics }, UP], 'cached', { key: 'cause.all-answer' }),
    row('a rebuild that starts none', [settled, REBUILD], 'cached', { key: 'cause.none-started' }),
    row('a peer that has not joined', [network({ unjoined: [PEER] }), UP], 'run', {
      key: 'cause.some-unjoined',
    }),
    row('peers that have joined', [settled, UP], 'cached', { key: 'cause.all-answer' }),
    row('a proof only', [settled, SMOKE], 'absent'),
  ],
  channel: [
    row('nodes that start', [network({ stale: [PEER] }), UP], 'run', { key: 'cause.started' }),
    row('a peer that has not joined', [network({ unjoined: [PEER] }), UP], 'run', {
      key: 'cause.some-unjoined',
    }),
    row('peers that have joined', [{ ...settled, channels: ['a', 'b'] }, UP], 'cached', {
      key: 'cause.on-channel',
      channels: 'a, b',
    }),
    row('a rebuild', [bare, REBUILD], 'absent'),
  ],
  join: [
    row('nodes that start', [network({ down: [PEER] }), UP], 'run', { key: 'cause.channel-state' }),
    row('a peer that has not joined', [network({ unjoined: [PEER] }), UP], 'run', {
      key: 'cause.channel-state',
    }),
    row('peers that have joined', [settled, UP], 'cached', {
      key: 'cause.on-channel',
      channels: 'mychannel',
    }),
    row('a rebuild', [bare, REBUILD], 'absent'),
  ],
  anchors: [
    row('a channel that is not known', [network({ unjoined: [PEER] }), UP], 'run', {
      key: 'cause.channel-state',
    }),
    row('never set', [network({ anchorsSet: false }), UP], 'run', { key: 'cause.no-anchors' }),
    row('set', [settled, UP], 'cached', { key: 'cause.anchors-set' }),
    row('a rebuild', [bare, REBUILD], 'absent'),
  ],
  'after-start': [
    row('no hooks', [stopped, UP], 'absent'),
    row('nodes that start', [stopped, HOOKED], 'run', { key: 'cause.hook', commands: './seed.sh' }),
    row('nodes that run', [settled, HOOKED], 'cached', { key: 'cause.none-started' }),
    row('one that an earlier run did not finish', [{ ...settled, hooksDue: true }, HOOKED], 'run', {
      key: 'cause.hook',
      commands: './seed.sh',
    }),
    row('a rebuild', [stopped, { ...HOOKED, until: 'rebuild' }], 'absent'),
  ],
  'after-proof': [
    row('no hooks', [settled, UP], 'absent'),
    row('up', [settled, HOOKED], 'run', { key: 'cause.hook', commands: 'npm test, true' }),
    row('a proof only', [settled, { ...HOOKED, until: 'smoke' }], 'run', {
      key: 'cause.hook',
      commands: 'npm test, true',
    }),
    row('a rebuild without a proof', [settled, { ...HOOKED, until: 'rebuild' }], 'absent'),
  ],
  smoke: [
    row('up', [settled, UP], 'run', { key: 'cause.proof' }),
    row('a proof only', [settled, SMOKE], 'run', { key: 'cause.requested' }),
    row('a rebuild with a proof', [settled, { ...REBUILD, smoke: true }], 'run', { key: 'cause.requested' }),
    row('a rebuild', [settled, REBUILD], 'absent'),
    row('a build', [bare, BUILD], 'absent'),
  ],
  deploy: [
    row('up without chaincodes', [settled, UP], 'absent'),
    row('up', [settled, { ...UP, chaincodes: ['basic'] }], 'run', { key: 'cause.configured' }, ['basic']),
    row(
      'up with what the network has',
      [deployed, { ...UP, chaincodes: ['basic'] }],
      'cached',
      { key: 'cause.deployed' },
      ['basic'],
    ),
    row(
      'one that the network does not have',
      [deployed, { ...UP, chaincodes: ['basic', 'accounts'] }],
      'run',
      { key: 'cause.configured' },
      ['basic', 'accounts'],
    ),
    row(
      'nodes that are started',
      [
        { ...stopped, deployed: ['basic'] },
        { ...UP, chaincodes: ['basic'] },
      ],
      'run',
      { key: 'cause.configured' },
      ['basic'],
    ),
    row(
      'requested, although the network has it',
      [deployed, { ...SMOKE, until: 'deploy', chaincodes: ['basic'] }],
      'run',
      { key: 'cause.requested' },
      ['basic'],
    ),
    row(
      'requested',
      [settled, { ...SMOKE, until: 'deploy', chaincodes: ['basic'] }],
      'run',
      { key: 'cause.requested' },
      ['basic'],
    ),
    row('a proof only', [settled, { ...SMOKE, chaincodes: ['basic'] }], 'absent'),
  ],
};

/** Stages that have something to do whenever a plan has them. */
const ALWAYS_RUN: readonly StageId[] = ['source', 'suites', 'smoke', 'packages', 'after-proof'];

describe.each(STAGES.map(({ id }) => id))('%s', (id) => {
  it.each(DECISIONS[id])('$when: $outcome', ({ observed, goal, outcome, cause, targets }) => {
    const stage = planFor(observed, goal).stages.find((each) => each.id === id);
    expect(stage?.action ?? 'absent').toBe(outcome);
    expect(stage?.cause).toEqual(cause);
    expect(stage?.targets).toEqual(targets);
  });

  it('has a row for every outcome', () => {
    const outcomes = new Set(DECISIONS[id].map(({ outcome }) => outcome));
    const possible: readonly Outcome[] = ALWAYS_RUN.includes(id)
      ? ['absent', 'run']
      : ['absent', 'cached', 'run'];
    expect([...outcomes].sort()).toEqual(possible);
  });
});
