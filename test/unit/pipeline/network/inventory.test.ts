/** What `down` and `clean` find on an engine that holds more than one project's things. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import {
  NETWORK_ONLY,
  type RemovalScope,
  removals,
  removeAll,
} from '../../../../src/pipeline/network/inventory.ts';
import { nodeLabels } from '../../../support/fake-engine.ts';
import {
  type EngineContainer,
  type EngineContent,
  type EngineImage,
  type EngineVolume,
  socketEngine,
} from '../../../support/socket-engine.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const MINE = 'mine';
const PEER = 'peer0.org1.example.com';
const DOWN: RemovalScope = NETWORK_ONLY;
const IMAGES: RemovalScope = {
  volumes: true,
  snapshots: true,
  chaincodeImages: true,
  images: true,
  all: false,
};
const ALL: RemovalScope = { ...IMAGES, all: true };

/** Labels that a container inherits from an image of ours. */
const OF_IMAGE = {
  [LABEL.project]: MINE,
  [LABEL.run]: 'run-1',
  [LABEL.fingerprint]: 'f',
  [LABEL.content]: '{}',
};
const NODE_LABELS = { ...OF_IMAGE, ...nodeLabels(MINE, PEER) };

function container(name: string, more: Partial<EngineContainer> = {}): EngineContainer {
  return { id: name, name, labels: {}, ...more };
}

function node(project: string, more: Partial<EngineContainer> = {}): EngineContainer {
  const labels = { ...OF_IMAGE, ...nodeLabels(project, PEER), ...more.labels };
  return container(`${project}-${PEER}`, { networks: [project], ...more, labels });
}

function image(id: string, tags: readonly string[], more: Partial<EngineImage> = {}): EngineImage {
  return { id, tags, labels: OF_IMAGE, ...more };
}

const BASE_LABELS = { [LABEL.origin]: 'debian', [LABEL.fingerprint]: 'base' };

function base(id: string, ...tags: readonly string[]): EngineImage {
  return { id, tags, labels: BASE_LABELS };
}

function cache(builder: string): EngineVolume {
  return { name: `fabric-wizard-go-${builder}`, labels: { [LABEL.role]: 'cache' } };
}

function runOf(project: string, pid: number, uses: readonly string[]): EngineVolume {
  const labels = { [LABEL.project]: project, [LABEL.role]: 'run', [LABEL.run]: `run-${pid}` };
  return { name: `run-of-${project}`, labels: { ...labels, [LABEL.uses]: JSON.stringify(uses) } };
}

/** A process id that no process can have. */
const NO_PROCESS = 2 ** 30;

/** Names of what is removed, and the users of what is not. */
async function found(content: EngineContent, scope: RemovalScope, project = MINE) {
  const { docker } = await socketEngine(content);
  const items = await removals(docker, project, '/absent', scope);
  return {
    free: items.filter(({ usedBy }) => usedBy.length === 0).map(({ name }) => name),
    used: Object.fromEntries(
      items.filter(({ usedBy }) => usedBy.length > 0).map(({ name, usedBy }) => [name, usedBy]),
    ),
  };
}

describe('containers of a project', () => {
  it('are its nodes and work containers, as earlier versions labelled them, and its chaincode', async () => {
    const content = {
      containers: [
        node(MINE),
        container('work', { labels: { [LABEL.project]: MINE, [LABEL.role]: 'work' } }),
        container(`${MINE}-${PEER}-mycc-1.0`, { networks: [MINE] }),
      ],
    };
    expect((await found(content, DOWN)).free).toEqual([
      `${MINE}-${PEER}`,
      'work',
      `${MINE}-${PEER}-mycc-1.0`,
    ]);
  });

  it.each<[string, EngineContainer]>([
    ['started from our image', container('shell', { labels: OF_IMAGE })],
    [
      "started from our image in somebody's compose project",
      container('theirs-peer-1', {
        labels: { ...OF_IMAGE, 'com.docker.compose.project': 'theirs' },
        networks: ['theirs'],
      }),
    ],
    ['started from our image on our network', container('shell', { labels: OF_IMAGE, networks: [MINE] })],
    ['started from an image that was committed from a node', container('copy', { labels: NODE_LABELS })],
    [
      'chaincode of a network with our network id',
      container(`${MINE}-${PEER}-mycc-1.0`, { networks: ['theirs'] }),
    ],
    ['a node of another project', node('other')],
  ])('do not include a container %s', async (_, other) => {
    expect((await found({ containers: [other] }, ALL)).free).toEqual([]);
  });

  it('include what compiles chaincode, unless it may belong to the peers of others', async () => {
    const command = "/bin/sh -c 'go build -o /chaincode/output/chaincode'";
    const ccenv = image('sha256:cc', ['acme/fabric-ccenv:1']);
    const build = container('busy_bell', { imageId: 'sha256:cc', command, labels: OF_IMAGE });
    const shell = container('shell', { imageId: 'sha256:cc', labels: OF_IMAGE });
    const theirs = node('other', { labels: { [LABEL.uses]: '["acme/fabric-ccenv:1"]' } });
    const alone = { images: [ccenv], containers: [build, shell] };
    expect((await found(alone, DOWN)).free).toEqual(['busy_bell']);
    expect((await found({ ...alone, containers: [build, theirs] }, DOWN)).free).toEqual([]);
  });

  it('include the steps of image builds that peers of 2.5.15 and later leave behind', async () => {
    const step = { command: "/bin/sh -c '#(nop) ' 'LABEL a=b'", labels: {}, networks: [MINE] };
    const containers = [
      container('bold_bell', { ...step, state: 'created' }),
      container('of_another', { ...step, state: 'created', networks: ['theirs'] }),
      container('kept', { ...step, command: 'sh', state: 'created' }),
    ];
    expect((await found({ containers }, DOWN)).free).toEqual(['bold_bell']);
  });

  it('of a project named dev do not include chaincode of the samples', async () => {
    const samples = container('dev-peer0.org1.example.com-mycc-1.0', { networks: ['net_byfn'] });
    const tag = 'dev-peer0.org1.example.com-mycc-1.0-26c2:latest';
    const content = { containers: [samples], images: [image('sha256:s', [tag], { labels: {} })] };
    expect(await found(content, IMAGES, 'dev')).toEqual({ free: [], used: {} });
  });
});

describe('network and volumes', () => {
  const labels = { [LABEL.project]: MINE };

  it('that another container uses stay, with its name', async () => {
    const web = container('web', { networks: ['bridge', MINE], volumes: ['ledger'] });
    const content = {
      containers: [node(MINE), web],
      networks: [{ name: MINE, labels }],
      volumes: [
        { name: 'ledger', labels },
        { name: 'free', labels },
      ],
    };
    const user = { kind: 'container', name: 'web', composeProject: undefined };
    expect(await found(content, IMAGES)).toEqual({
      free: [`${MINE}-${PEER}`, 'free'],
      used: { [MINE]: [user], ledger: [user] },
    });
  });

  it('of a run that was killed are no ledgers', async () => {
    expect((await found({ volumes: [runOf(MINE, NO_PROCESS, [])] }, ALL)).free).toEqual([]);
  });
});

describe('images of a project', () => {
  const ccenv = image('sha256:cc', ['acme/fabric-ccenv:1', 'acme/fabric-ccenv:latest']);

  it('are removed when nobody else needs them', async () => {
    const content = {
      images: [ccenv, image('sha256:old', [])],
      containers: [node(MINE, { imageId: 'sha256:cc' })],
    };
    expect((await found(content, IMAGES)).free).toEqual([`${MINE}-${PEER}`, ...ccenv.tags, 'sha256:old']);
  });

  it.each<[string, EngineContainer, object]>([
    [
      'runs a network that names them',
      node('other', { labels: { [LABEL.uses]: '["acme/fabric-ccenv:latest"]' } }),
      { kind: 'project', name: 'other', running: true },
    ],
    [
      'has stopped containers of them',
      node('other', { imageId: 'sha256:cc', state: 'exited' }),
      { kind: 'project', name: 'other', running: false },
    ],
    [
      'has peers of an earlier version in the same namespace',
      node('other', { image: 'acme/fabric-peer:1' }),
      { kind: 'project', name: 'other', running: true },
    ],
    [
      'is of another tool, with peers from our images',
      container('p0', {
        image: 'acme/fabric-peer:1',
        labels: { ...OF_IMAGE, 'com.docker.compose.project': 'theirs' },
      }),
      { kind: 'container', name: 'p0', composeProject: 'theirs' },
    ],
  ])('stay if a project %s', async (_, other, user) => {
    const { free, used } = await found({ images: [ccenv], containers: [other] }, IMAGES);
    expect(free).toEqual([]);
    expect(used).toEqual(Object.fromEntries(ccenv.tags.map((tag) => [tag, [user]])));
  });

  it('are removed next to networks that use other images', async () => {
    const other = node('other', {
      image: 'acme/fabric-peer:1',
      labels: { [LABEL.uses]: '["acme/fabric-ccenv:2"]' },
    });
    const theirs = container('p0', { image: 'hyperledger/fabric-peer:1' });
    expect((await found({ images: [ccenv], containers: [other, theirs] }, IMAGES)).free).toEqual(ccenv.tags);
  });

  it('are removed if a peer of another tool cannot request them', async () => {
    const images = ['orderer', 'tools', 'ca', 'couchdb', 'ccenv', 'baseos', 'javaenv', 'nodeenv'].map(
      (name) => image(`sha256:${name}`, [`acme/fabric-${name}:1`]),
    );
    const theirs = container('p0', { image: 'acme/fabric-peer:1' });
    const { used } = await found({ images, containers: [theirs] }, IMAGES);
    expect(Object.keys(used)).toEqual(['acme/fabric-ccenv:1', 'acme/fabric-baseos:1']);
  });

  it('do not include images that somebody built on them, whatever their names', async () => {
    const step = '/bin/sh -c #(nop) COPY file:1 in /opt';
    const content = {
      images: [image('sha256:a', ['me/fabric-peer:1'], { step }), image('sha256:b', [], { step })],
    };
    expect((await found(content, ALL)).free).toEqual([]);
  });
});

describe('what all projects share', () => {
  const runtime = base('sha256:rt', 'acme/fabric-baseos:amd64-0.4.22');
  const builder = base(
    'sha256:0123456789abcdef',
    'fabric-wizard/debian-go:1',
    'hyperledger/fabric-baseimage:x',
  );

  it('is found by label, even if a later build has taken over its tag', async () => {
    const content = { images: [runtime, builder, base('sha256:older')], volumes: [cache('0123456789ab')] };
    expect((await found(content, ALL)).free).toEqual([
      'fabric-wizard-go-0123456789ab',
      'acme/fabric-baseos:amd64-0.4.22',
      'fabric-wizard/debian-go:1',
      'hyperledger/fabric-baseimage:x',
      'sha256:older',
    ]);
  });

  it('does not include chaincode and images that are built on a base image', async () => {
    const step = '/bin/sh -c #(nop) ADD file:1 in /usr/local/bin';
    const onBase = { ...base('sha256:c', `other-${PEER}-mycc-1.0-ab:latest`, 'me/fabric-baseos:1'), step };
    expect((await found({ images: [onBase] }, ALL)).free).toEqual([]);
  });

  it('stays if the network of another project needs it, with the cache of its builder', async () => {
    const uses = JSON.stringify([...runtime.tags, 'hyperledger/fabric-baseimage:x']);
    const other = node('other', { state: 'exited', labels: { [LABEL.uses]: uses } });
    const content = {
      images: [runtime, builder],
      volumes: [cache('0123456789ab'), cache('ffffffffffff')],
      containers: [other],
    };
    const { free, used } = await found(content, ALL);
    expect(free).toEqual(['fabric-wizard-go-ffffffffffff']);
    expect(Object.keys(used)).toEqual(['fabric-wizard-go-0123456789ab', ...runtime.tags, ...builder.tags]);
  });

  it('stays while a run of another project needs it, and not after that run was killed', async () => {
    const content = (pid: number) => ({ images: [runtime], volumes: [runOf('other', pid, runtime.tags)] });
    expect((await found(content(process.pid), ALL)).used).toEqual({
      'acme/fabric-baseos:amd64-0.4.22': [{ kind: 'run', project: 'other' }],
    });
    expect((await found(content(NO_PROCESS), ALL)).free).toEqual(runtime.tags);
  });

  it.each([
    ['running', { kind: 'project', name: 'other', running: true }],
    ['exited', { kind: 'run', project: 'other' }],
  ])('names a project with a network that is %s and a run in progress once', async (state, user) => {
    const labels = { [LABEL.uses]: JSON.stringify(runtime.tags) };
    const content = {
      images: [runtime],
      containers: [node('other', { state, labels })],
      volumes: [runOf('other', process.pid, runtime.tags)],
    };
    expect((await found(content, ALL)).used).toEqual({ [runtime.tags[0] ?? '']: [user] });
  });

  it('stays if a container of a killed run still mounts it', async () => {
    const work = container('work', {
      labels: { [LABEL.project]: 'other', [LABEL.role]: 'work' },
      volumes: ['fabric-wizard-go-0123456789ab'],
      state: 'exited',
    });
    expect((await found({ volumes: [cache('0123456789ab')], containers: [work] }, ALL)).used).toEqual({
      'fabric-wizard-go-0123456789ab': [{ kind: 'project', name: 'other', running: false }],
    });
  });
});

describe('a removal that the engine refuses', () => {
  it('leaves the item with the reason, and removes the rest', async () => {
    const content: EngineContent = {
      images: [image('sha256:cc', ['acme/fabric-ccenv:1']), image('sha256:p', ['acme/fabric-peer:1'])],
      volumes: [cache('0123456789ab'), cache('ffffffffffff')],
      refusals: {
        '/volumes/fabric-wizard-go-0123456789ab': { status: 409, body: { message: 'volume is in use' } },
        '/images/acme/fabric-ccenv:1': { status: 409, body: { message: 'conflict: image is being used' } },
        '/volumes/fabric-wizard-go-ffffffffffff': { status: 404, body: { message: 'no such volume' } },
      },
    };
    const engine = await socketEngine(content);
    const refused = await removeAll(await removals(engine.docker, MINE, '/absent', ALL));
    expect(refused.map(({ item, reason }) => [item.name, reason])).toEqual([
      ['fabric-wizard-go-0123456789ab', 'volume is in use'],
      ['acme/fabric-ccenv:1', 'conflict: image is being used'],
    ]);
    expect(engine.removed()).toEqual(['/images/acme/fabric-peer:1']);
  });
});

describe('a network that the engine does not remove', () => {
  const labels = { [LABEL.project]: MINE };
  const message = 'error while removing network: network mine id 43b853df has active endpoints';

  it.each([
    ['an endpoint that no container has', undefined, []],
    [
      'one of a container that is gone',
      { 'ep-1': { Name: 'mine-cli' } },
      ['docker network disconnect --force mine mine-cli'],
    ],
    ['one without a name', { 'ep-1': { Name: '' } }, ['docker network disconnect --force mine ep-1']],
  ])('has %s', async (_, connected, disconnect) => {
    const { docker } = await socketEngine({
      networks: [{ name: MINE, labels }],
      ...(connected ? { endpoints: { [MINE]: connected } } : {}),
      refusals: { [`/networks/${MINE}`]: { status: 403, body: { message } } },
    });
    const [refused] = await removeAll(await removals(docker, MINE, '/absent', DOWN));
    expect(refused).toMatchObject({ item: { name: MINE }, reason: message, disconnect });
  });

  it('may have endpoints of a machine that does not answer', async () => {
    const { docker } = await socketEngine({
      networks: [{ name: MINE, labels }],
      refusals: { [`/networks/${MINE}`]: { status: 403, body: { message } } },
    });
    Object.defineProperty(docker, 'unreachable', { value: ['machine2'] });
    const [refused] = await removeAll(await removals(docker, MINE, '/absent', DOWN));
    expect(refused?.reason).toBe(message);
    expect(refused?.disconnect).toBeUndefined();
  });
});

describe('the copies of files on an engine elsewhere', () => {
  const copy = (name: string, role: string, project = MINE): EngineVolume => ({
    name: `${project}-${name}`,
    labels: { [LABEL.project]: project, [LABEL.role]: role },
  });
  const volumes = ['abc123-peer-files files', 'source-1 source'].flatMap((each) => {
    const [name = '', role = ''] = each.split(' ');
    return [copy(name, role), copy(name, role, 'other')];
  });

  it.each([
    ['down', DOWN, []],
    ['down --volumes', { ...DOWN, volumes: true }, [`${MINE}-abc123-peer-files`]],
    ['clean', { ...IMAGES, images: false }, [`${MINE}-abc123-peer-files`, `${MINE}-source-1`]],
  ] as const)('go with %s', async (_, scope, names) => {
    expect((await found({ volumes }, scope)).free).toEqual(names);
  });
});

describe('the sockets of the gateway', () => {
  function socketOf(project: string): EngineVolume {
    const labels = { [LABEL.project]: project, [LABEL.role]: 'socket', [LABEL.node]: PEER };
    return { name: `${project}-gateway-${PEER}`, labels };
  }

  it('are removed even if the ledgers stay, but not those of other projects', async () => {
    const ledger = { name: `${MINE}-abc123-${PEER}`, labels: { [LABEL.project]: MINE, [LABEL.node]: PEER } };
    const content = { volumes: [socketOf(MINE), socketOf('other'), ledger] };
    expect((await found(content, DOWN)).free).toEqual([`${MINE}-gateway-${PEER}`]);
    expect((await found(content, { ...DOWN, volumes: true })).free).toEqual([
      `${MINE}-gateway-${PEER}`,
      ledger.name,
    ]);
  });
});

describe('the programs that the gateway keeps', () => {
  it('stay when the network goes with its ledgers, and go with its chaincode', async () => {
    const name = `${MINE}-gateway-programs`;
    const labels = { [LABEL.project]: MINE, [LABEL.role]: 'programs' };
    const content = { volumes: [{ name, labels }] };
    expect((await found(content, { ...DOWN, volumes: true })).free).toEqual([]);
    expect((await found(content, { ...DOWN, chaincodeImages: true })).free).toEqual([name]);
  });
});

describe('the image of the gateway', () => {
  const ref = 'fabric-wizard/gateway:0123456789ab';
  const gateway: EngineImage = {
    id: 'sha256:gateway',
    tags: [ref],
    labels: { [LABEL.origin]: 'gateway', [LABEL.fingerprint]: '0123' },
    step: '',
  };

  it('is removed with the base images, unless a node of another project needs it', async () => {
    expect((await found({ images: [gateway] }, IMAGES)).free).toEqual([]);
    expect((await found({ images: [gateway] }, ALL)).free).toContain(ref);
    const other = node('other', { labels: { [LABEL.uses]: JSON.stringify([ref]) } });
    const { used } = await found({ images: [gateway], containers: [other] }, ALL);
    expect(Object.keys(used)).toEqual([ref]);
  });
});

describe('snapshots of a project', () => {
  it('stay with `down`, and go with `clean`: volumes and files', async () => {
    const stateDir = await tempDir();
    await writeFiles(stateDir, {
      'snapshots/base/crypto-config/ca.crt': 'certificate',
      'snapshots/base/network.json': JSON.stringify({ crypto: { fingerprint: 'f', instance: 'c0ffee' } }),
    });
    const volume = (name: string, project: string) => ({
      name,
      labels: { [LABEL.project]: project, [LABEL.role]: 'snapshot', [LABEL.snapshot]: 'base' },
    });
    const volumes = [volume('mine-c0ffee-peer0', MINE), volume('other-c0ffee-peer0', 'other')];
    const { docker } = await socketEngine({ volumes });
    const namesIn = async (scope: RemovalScope) =>
      (await removals(docker, MINE, stateDir, scope)).map(({ name }) => name);
    expect(await namesIn({ ...DOWN, volumes: true })).toEqual([]);
    expect(await namesIn(IMAGES)).toEqual(['mine-c0ffee-peer0', join(stateDir, 'snapshots', 'base')]);
    expect(await namesIn(ALL)).toEqual(['mine-c0ffee-peer0', stateDir]);
  });
});
