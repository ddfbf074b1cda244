/** What is observed of a network: its files against the configuration, its nodes against images and source. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ObservedState } from '../../../../src/pipeline/context/observed-state.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { networkDir, STATE_FOLDER } from '../../../../src/pipeline/host/state-folder.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { recordCertificates } from '../../../../src/pipeline/network/certificate-files.ts';
import { peerFilesId, writePeerFiles } from '../../../../src/pipeline/network/external-builder.ts';
import { membersOf, withAddition } from '../../../../src/pipeline/network/members.ts';
import {
  artifactFiles,
  artifactsFingerprint,
  composeText,
  cryptoFingerprint,
} from '../../../../src/pipeline/network/network-plan.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { SAVED_NETWORK } from '../../../../src/pipeline/network/saved-network.ts';
import { observe } from '../../../../src/pipeline/plan/observe.ts';
import { writeCertificates } from '../../../support/certificates.ts';
import { TEST_PROJECT } from '../../../support/contexts.ts';
import { nodeLabels } from '../../../support/fake-engine.ts';
import {
  BUILDER,
  type Given,
  newProject,
  type ObservedProject,
  RUNTIME,
} from '../../../support/observed-project.ts';
import { UP } from '../../../support/plans.ts';
import { type EngineContainer, type EngineImage, socketEngine } from '../../../support/socket-engine.ts';

const PEER = 'peer0.org1.example.com';
const INSTANCE = 'c0ffee';

function nodeOf(node: string, image: EngineImage, more: Partial<EngineContainer> = {}): EngineContainer {
  return {
    id: `id-of-${node}`,
    name: `${TEST_PROJECT}-${node}`,
    imageId: image.id,
    labels: { ...image.labels, ...nodeLabels(TEST_PROJECT, node) },
    networks: [TEST_PROJECT],
    ...more,
  };
}

describe("the network's files", () => {
  /** What a run records about a network of the default configuration. */
  async function recordedFacts(project: ObservedProject): Promise<Record<string, unknown>> {
    const context = await project.context({});
    const artifacts = artifactsFingerprint(context, INSTANCE);
    return {
      [STATE_KEYS.crypto.key]: { fingerprint: cryptoFingerprint(context), instance: INSTANCE },
      [STATE_KEYS.artifacts.key]: { fingerprint: artifacts, instance: INSTANCE },
      [STATE_KEYS.anchors.key]: { fingerprint: artifacts },
      [SAVED_NETWORK.key]: { spec: context.spec, version: '1.4.12' },
    };
  }

  /** The observed files. The compose file of the default configuration is there, for the socket of the engine. */
  async function seen(
    project: ObservedProject,
    given: Given = {},
    compose: (text: string) => string = (text) => text,
  ) {
    const engine = await socketEngine({});
    const before = await project.context({}, engine.docker);
    await project.write('network/docker-compose.yaml', compose(await composeText(before, INSTANCE)));
    const context = await project.context(given, engine.docker);
    const options = { signal: new AbortController().signal, askPeers: false, chaincodes: [] };
    const {
      crypto,
      changes,
      artifacts,
      compose: file,
      anchorsSet,
    } = (await observe(context, UP, options)).network;
    return { crypto, changes, artifacts, compose: file, anchorsSet };
  }

  async function made(): Promise<ObservedProject> {
    const project = await newProject();
    await project.write('network/crypto-config/ca.crt', 'certificate');
    await recordCertificates(join(project.dir, STATE_FOLDER, 'network'));
    const context = await project.context({});
    await writePeerFiles(context, join(project.dir, STATE_FOLDER, 'network'));
    for (const name of artifactFiles(context.spec))
      await project.write(`network/channel-artifacts/${name}`, 'block');
    return project;
  }

  it('are absent before a run, and every peer has to join', async () => {
    const { network } = await (await newProject()).observed({ goal: UP });
    expect(network).toMatchObject({
      crypto: 'absent',
      artifacts: 'absent',
      compose: 'absent',
      changes: [],
      anchorsSet: false,
      running: false,
      unjoined: [PEER],
    });
  });

  it('are the same after a run with the same configuration', async () => {
    const project = await made();
    expect(await seen(project, { facts: await recordedFacts(project) })).toEqual({
      crypto: 'same',
      changes: [],
      artifacts: 'same',
      compose: 'same',
      anchorsSet: true,
    });
  });

  it('name what differs where an older version of this program wrote the compose file', async () => {
    const project = await made();
    const { docker } = await socketEngine({});
    const facts = await recordedFacts(project);
    const older = await project.context({ facts, flags: { gossip: 'default' } }, docker);
    await project.write('network/docker-compose.yaml', await composeText(older, INSTANCE));
    const options = { signal: new AbortController().signal, askPeers: false, chaincodes: [] };
    const { network } = await observe(await project.context({ facts }, docker), UP, options);
    expect(network).toMatchObject({
      compose: 'changed',
      composeDiffers: ['CORE_PEER_GOSSIP_MAXPROPAGATIONBURSTLATENCY', 'CORE_PEER_GOSSIP_RECONNECTINTERVAL'],
    });
  });

  it('are written again if core.yaml is missing', async () => {
    const project = await made();
    await project.remove('network/config/core.yaml');
    const seenFiles = await seen(project, { facts: await recordedFacts(project) });
    expect(seenFiles).toMatchObject({ crypto: 'same', artifacts: 'same', compose: 'changed' });
  });

  it('differ beside a peer that joins, if the configuration was edited', async () => {
    const project = await made();
    const { docker } = await socketEngine({});
    const before = await project.context({ facts: await recordedFacts(project) }, docker);
    await project.write('network/docker-compose.yaml', await composeText(before, INSTANCE));
    const joining = async (flags: Readonly<Record<string, string>>) => {
      const context = await project.context({ flags, facts: await recordedFacts(project) }, docker);
      const members = withAddition(membersOf(context.config, undefined), { kind: 'peer', org: 'Org1' });
      const { release } = context.source;
      const spec = networkSpec(context.config, release, TEST_PROJECT, {}, members);
      const options = { signal: new AbortController().signal, askPeers: false, chaincodes: [] };
      const { network } = await observe({ ...context, spec }, { ...UP, until: 'add' }, options);
      expect(network.joining).toEqual(['peer1.org1.example.com']);
      return network.changed;
    };
    expect(await joining({})).toEqual([]);
    const nodes = (changed: readonly { readonly node: string; readonly keys: readonly string[] }[]) =>
      changed.map(({ node, keys }) => `${node}: ${keys.join(' ')}`);
    expect(nodes(await joining({ portBase: '8050' }))).toEqual([
      'orderer.example.com: ports',
      `${PEER}: ports`,
    ]);
    expect(nodes(await joining({ dockerNs: 'acme' }))).toContain('orderer.example.com: image labels');
    expect(nodes(await joining({ chaincodeBuilder: 'acme/builder:1' }))).toContain(
      `${PEER}: labels CORE_CHAINCODE_BUILDER`,
    );
  });

  it('are absent where the journal has facts and the disk has no files', async () => {
    const project = await newProject();
    const recorded = await recordedFacts(project);
    expect(await project.observed({ goal: UP, facts: recorded })).toMatchObject({
      network: { crypto: 'absent', artifacts: 'absent', compose: 'absent' },
    });
  });

  it.each(['genesis.block', 'mychannel.tx'])('are made again if %s is missing or a folder', async (name) => {
    const project = await made();
    const recorded = await recordedFacts(project);
    await project.remove(`network/channel-artifacts/${name}`);
    const absent = { crypto: 'same', artifacts: 'absent', compose: 'same' };
    expect(await seen(project, { facts: recorded })).toMatchObject(absent);
    await project.write(`network/channel-artifacts/${name}/x`, '');
    expect(await seen(project, { facts: recorded })).toMatchObject(absent);
  });

  it.each(['genesis.block', 'mychannel-Org1MSP-anchors.tx'])(
    'are made again if %s is damaged',
    async (name) => {
      const project = await made();
      const recorded = await recordedFacts(project);
      const { spec } = await project.context({});
      const sha256 = createHash('sha256').update('block').digest('hex');
      const files = Object.fromEntries(artifactFiles(spec).map((each) => [each, sha256]));
      const known = { ...(recorded[STATE_KEYS.artifacts.key] as object), files };
      const facts = { ...recorded, [STATE_KEYS.artifacts.key]: known };
      expect(await seen(project, { facts })).toMatchObject({ artifacts: 'same' });
      await project.write(`network/channel-artifacts/${name}`, 'blo');
      expect(await seen(project, { facts })).toMatchObject({ artifacts: 'absent' });
    },
  );

  it('are absent where the disk has files and the journal has no facts', async () => {
    expect(await seen(await made())).toEqual({
      crypto: 'absent',
      changes: [],
      artifacts: 'absent',
      compose: 'absent',
      anchorsSet: false,
    });
  });

  it.each([
    [
      'more peers',
      { peers: '2' },
      {
        crypto: 'changed',
        changes: [{ key: 'change.peers', from: 1, to: 2 }],
        artifacts: 'same',
        compose: 'changed',
      },
    ],
    [
      'another organisation and another consensus',
      { orgs: '2', consensus: 'etcdraft' },
      {
        crypto: 'changed',
        changes: [
          { key: 'change.orgs', from: 1, to: 2 },
          { key: 'change.consensus', from: 'solo', to: 'etcdraft' },
        ],
      },
    ],
    // The ledger of an orderer states its consensus, although the certificates are the same.
    [
      'another consensus',
      { consensus: 'etcdraft' },
      { crypto: 'changed', changes: [{ key: 'change.consensus', from: 'solo', to: 'etcdraft' }] },
    ],
    // The facts are those of a version that recorded no channels.
    [
      'one more channel, with members of its own',
      { channels: 'mychannel, trade organisations=Org1' },
      { crypto: 'same', changes: [], artifacts: 'changed' },
    ],
    [
      'other policies of a channel',
      { channels: 'mychannel capability=V1_3' },
      { crypto: 'changed', changes: [{ key: 'change.channels', channels: 'mychannel' }] },
    ],
    ['another channel', { channel: 'trade' }, { crypto: 'same', artifacts: 'changed', anchorsSet: false }],
    [
      'CouchDB',
      { couchdb: true },
      { crypto: 'changed', changes: [{ key: 'change.state', from: 'LevelDB', to: 'CouchDB' }] },
    ],
  ])('are changed by %s', async (_, flags, expected) => {
    const project = await made();
    const recorded = await recordedFacts(project);
    expect(await seen(project, { facts: recorded, flags })).toMatchObject(expected);
  });

  it('count the ledgers of the network in place, of whatever project', async () => {
    const project = await made();
    const volumes = [
      'fw-unit-c0ffee-orderer',
      'other-c0ffee-peer0',
      'fw-unit-decade-peer0',
      'fabric-wizard-go-1',
    ];
    const { network } = await project.observed({ goal: UP, facts: await recordedFacts(project), volumes });
    expect(network).toMatchObject({ crypto: 'same', inPlace: { instance: INSTANCE, ledgers: 2 } });
    expect(network.kept).toBeUndefined();
  });

  /** Writes the files of a network as they are kept: with a record of what it is. */
  async function keep(
    project: ObservedProject,
    folder: string,
    instance: string,
    given: Given,
  ): Promise<void> {
    const context = await project.context(given);
    const record = {
      crypto: { fingerprint: cryptoFingerprint(context), instance },
      artifacts: { fingerprint: artifactsFingerprint(context, instance), instance },
    };
    await project.write(`${folder}/network.json`, JSON.stringify(record));
    await project.write(`${folder}/crypto-config/ca.crt`, 'certificate');
    await recordCertificates(join(project.dir, STATE_FOLDER, folder));
    for (const name of artifactFiles(context.spec))
      await project.write(`${folder}/channel-artifacts/${name}`, 'block');
  }

  it('cannot be kept if a certificate is lost, and a replaced network that lost one is not used again', async () => {
    const project = await made();
    await keep(project, 'networks/decade', 'decade', {});
    const facts = await recordedFacts(project);
    const lost = join(project.dir, STATE_FOLDER, 'network/crypto-config/ca.crt');
    await project.write('network/crypto-config/ca.crt', 'certif');
    const { network } = await project.observed({ goal: UP, facts });
    expect(network).toMatchObject({
      crypto: 'changed',
      changes: [{ key: 'change.file-lost', path: lost }],
      lost: [lost],
      inPlace: { instance: INSTANCE },
      kept: { instance: 'decade' },
    });
    await project.remove('networks/decade/crypto-config/ca.crt');
    const other = await project.observed({ goal: UP, facts });
    expect(other.network.kept).toBeUndefined();
  });

  it('are those of a replaced network that has the wanted configuration', async () => {
    const project = await made();
    const two = { flags: { peers: '2' } };
    await keep(project, 'networks/decade', 'decade', two);
    await project.write('networks/broken/network.json', '{');
    const facts = await recordedFacts(project);
    const volumes = ['fw-unit-c0ffee-orderer', 'fw-unit-decade-orderer', 'fw-unit-decade-peer0'];
    const { network } = await project.observed({ goal: UP, facts, volumes, ...two });
    expect(network).toMatchObject({
      crypto: 'changed',
      inPlace: { instance: INSTANCE, ledgers: 1 },
      kept: { instance: 'decade', ledgers: 2 },
      artifacts: 'same',
    });
    const other = await project.observed({ goal: UP, facts, volumes, flags: { peers: '3' } });
    expect(other.network.kept).toBeUndefined();
  });

  it('are found by their record where the journal has lost them', async () => {
    const project = await newProject();
    await keep(project, 'network', 'decade', {});
    const volumes = ['fw-unit-decade-orderer'];
    const again = await project.observed({ goal: UP, volumes });
    expect(again.network).toMatchObject({ crypto: 'absent', kept: { instance: 'decade', ledgers: 1 } });
    const other = await project.observed({ goal: UP, volumes, flags: { peers: '2' } });
    expect(other.network).toMatchObject({
      crypto: 'changed',
      inPlace: { instance: 'decade', ledgers: 1 },
      kept: undefined,
    });
  });

  it('have another compose file where a user edited it, or an older version recorded less', async () => {
    const project = await made();
    const recorded = await recordedFacts(project);
    const edited = await seen(project, { facts: recorded }, (text) => `${text}# mine\n`);
    expect(edited).toMatchObject({ compose: 'changed', crypto: 'same' });
    const { [SAVED_NETWORK.key]: _, ...older } = recorded;
    expect(await seen(project, { facts: older })).toMatchObject({ compose: 'changed', crypto: 'same' });
  });
});

describe('the nodes', () => {
  /** A project whose peer image is the one of its source. */
  async function withPeer() {
    const project = await newProject();
    const recipe = await project.recipe('peer', await project.compile());
    const peer = await project.builtImage('peer', recipe);
    const nodesOf = async (
      container: EngineContainer,
      more: Given & { readonly image?: EngineImage } = {},
    ): Promise<Partial<ObservedState['network']>> => {
      const images = [BUILDER, RUNTIME, more.image ?? peer];
      return (await project.observed({ goal: UP, ...more, images, containers: [container] })).network;
    };
    return { project, recipe, peer, nodesOf };
  }

  const CURRENT = { running: true, stale: [], outdated: [], otherPrograms: [] };

  it.each([
    ['of the network in place are asked', {}, true],
    ['of a network that is replaced are not asked', { fingerprint: 'of another release' }, false],
  ])('%s for their channels', async (_, more, asked) => {
    const { peer, project } = await withPeer();
    const nodes = ['orderer.example.com', PEER, 'gateway', 'cli'].map((node) => nodeOf(node, peer));
    const engine = await socketEngine({ images: [BUILDER, RUNTIME, peer], containers: nodes });
    const made = await project.context({});
    await writeCertificates(networkDir(made.stateDir), made.spec);
    await recordCertificates(networkDir(made.stateDir));
    const crypto = { fingerprint: cryptoFingerprint(made), instance: INSTANCE, ...more };
    const context = await project.context({ facts: { [STATE_KEYS.crypto.key]: crypto } }, engine.docker);
    const options = { signal: new AbortController().signal, askPeers: true, chaincodes: [] };
    const { network } = await observe(context, UP, options);
    expect(network).toMatchObject({ down: [], unjoined: [PEER] });
    expect(engine.requests.some((request) => request.includes('/exec'))).toBe(asked);
  });

  it('are not looked for where a build is the goal', async () => {
    const { peer, project } = await withPeer();
    const given = { images: [BUILDER, RUNTIME, peer], containers: [nodeOf(PEER, peer)] };
    expect((await project.observed(given)).network).toMatchObject({ running: false, down: [] });
  });

  it.each([
    ['was disconnected', {}],
    ['was removed', { [TEST_PROJECT]: 'id of a removed network' }],
  ])('are down if their network %s', async (_, attached) => {
    const { peer, nodesOf } = await withPeer();
    const down = ['orderer.example.com', PEER, 'gateway', 'cli'];
    expect(await nodesOf(nodeOf(PEER, peer, { attached }))).toMatchObject({ running: false, down });
  });

  it('run, are down, or belong to another project', async () => {
    const { peer, nodesOf } = await withPeer();
    const down = ['orderer.example.com', 'gateway', 'cli'];
    expect(await nodesOf(nodeOf(PEER, peer))).toMatchObject({ ...CURRENT, down });
    const all = ['orderer.example.com', PEER, 'gateway', 'cli'];
    expect(await nodesOf(nodeOf(PEER, peer, { state: 'exited' }))).toMatchObject({
      running: false,
      down: all,
    });
    const other = nodeOf(PEER, peer);
    const foreign = { ...other, labels: { ...other.labels, [LABEL.project]: 'theirs' } };
    expect(await nodesOf(foreign)).toMatchObject({ running: false, down: all });
  });

  it('have other programs than their image, until the programs are copied into them', async () => {
    const { peer, recipe, nodesOf, project } = await withPeer();
    const older = { ...recipe.content, programs: { peer: 'older' } };
    const container = nodeOf(PEER, await project.builtImage('peer', { ...recipe, content: older }));
    expect(await nodesOf(container)).toMatchObject({ ...CURRENT, stale: [PEER], otherPrograms: [PEER] });
    const swapped = { [STATE_KEYS.swapped.key]: { [container.id]: recipe.content.programs } };
    expect(await nodesOf(container, { facts: swapped })).toMatchObject(CURRENT);
    const elsewhere = { [STATE_KEYS.swapped.key]: { another: recipe.content.programs } };
    expect(await nodesOf(container, { facts: elsewhere })).toMatchObject({ otherPrograms: [PEER] });
    expect(await nodesOf(nodeOf(PEER, peer))).toMatchObject(CURRENT);
  });

  it('need a new container where more than their programs differs from the source', async () => {
    const { recipe, nodesOf, project } = await withPeer();
    const older = { ...recipe.content, rest: 'older sampleconfig' };
    const image = await project.builtImage('peer', { ...recipe, content: older });
    expect(await nodesOf(nodeOf(PEER, image))).toMatchObject({
      ...CURRENT,
      stale: [PEER],
      outdated: [PEER],
    });
    // As it is its image's, only the source asks for another one.
    expect(await nodesOf(nodeOf(PEER, image), { image })).toMatchObject({ ...CURRENT, outdated: [PEER] });
  });

  it('need a new container where the files that they mount were written after they started', async () => {
    const { peer, nodesOf, project } = await withPeer();
    const given = { release: { externalBuilders: true } };
    const context = await project.context(given);
    const folder = networkDir(context.stateDir);
    await writePeerFiles(context, folder);
    const started = nodeOf(PEER, peer);
    const labels = { ...started.labels, [LABEL.builder]: (await peerFilesId(folder)) ?? '' };
    expect(await nodesOf({ ...started, labels }, given)).toMatchObject(CURRENT);
    // As `add peer` does after an edit of core.yaml.
    await project.remove('network/ccaas/bin/detect');
    await writePeerFiles(context, folder);
    const old = { ...CURRENT, stale: [PEER], outdated: [PEER] };
    expect(await nodesOf({ ...started, labels }, given)).toMatchObject(old);
  });

  it('without labels of content are compared by the id of their image', async () => {
    const { peer, nodesOf } = await withPeer();
    const bare = { ...peer, labels: {} };
    expect(await nodesOf(nodeOf(PEER, bare))).toMatchObject({ stale: [] });
    expect(await nodesOf(nodeOf(PEER, { ...bare, id: 'sha256:older' }))).toMatchObject({ stale: [PEER] });
  });
});
