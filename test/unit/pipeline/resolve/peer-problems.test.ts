import { describe, expect, it } from 'vitest';
import { apiMismatch } from '../../../../src/pipeline/fabric/engine-api.ts';
import { peerReleaseOf } from '../../../../src/pipeline/fabric/peer-release.ts';
import { imagesOfPeer } from '../../../../src/pipeline/resolve/peer-images.ts';
import { repairsOf } from '../../../../src/pipeline/resolve/repair.ts';
import {
  coreYaml,
  findingsOf,
  imageOf,
  localOf,
  peerContainer,
  peerOf,
  versionOf,
} from '../../../support/peers.ts';

/** `fail runtime-absent`, … */
function codes(found: ReturnType<typeof findingsOf>): string[] {
  return found.map(({ severity, problem }) => `${severity} ${problem.kind}`);
}

function withCore(release: string, templates: { builder?: string; runtime?: string }) {
  return peerOf(release, { coreYaml: { path: '/c/core.yaml', text: coreYaml(release, templates) } });
}

const CCENV_14 = { 'hyperledger/fabric-ccenv:1.4': imageOf({ id: 'sha256:c' }) };

describe('a peer whose images are present', () => {
  it.each(['1.0.0', '1.4.12', '2.2.5', '2.5.14', '3.1.5'])('%s: nothing is wrong', (release) => {
    expect(codes(findingsOf(peerOf(release)))).toEqual([]);
  });
});

describe('references', () => {
  it("reports an absent image with its key, the release's template and the nearest image", () => {
    const peer = withCore('1.4.12', {
      runtime: '$(BASE_DOCKER_NS)/fabric-yxbaseos:$(ARCH)-$(BASE_VERSION)',
    });
    const locals = [localOf('o', ['hyperledger/fabric-baseos:amd64-0.4.22'], { layers: ['base'] })];
    const [finding, ...others] = findingsOf(peer, { images: CCENV_14, locals });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'fail',
      problem: {
        kind: 'runtime-absent',
        ref: 'hyperledger/fabric-yxbaseos:amd64-0.4.22',
        key: 'chaincode.golang.runtime',
        origin: 'core.yaml',
        ownTemplate: '$(BASE_DOCKER_NS)/fabric-baseos:$(ARCH)-$(BASE_VERSION)',
        candidates: [{ ref: 'hyperledger/fabric-baseos:amd64-0.4.22' }],
      },
    });
    const tag = {
      kind: 'tag',
      from: 'hyperledger/fabric-baseos:amd64-0.4.22',
      to: 'hyperledger/fabric-yxbaseos:amd64-0.4.22',
    };
    const override = { kind: 'override', role: 'runtime', ref: tag.from };
    const ours = { kind: 'container', name: 'peer0', running: true, ours: true } as const;
    const build = { kind: 'build', runtime: tag.to };
    expect(finding && repairsOf(finding.problem, peer.subject)).toEqual([tag, build]);
    expect(finding && repairsOf(finding.problem, ours)).toEqual([tag, override, build]);
  });

  it('offers to build a runtime if no local image is similar', () => {
    const found = findingsOf(peerOf('1.4.12'), { images: {}, locals: [localOf('r', ['redis:7'])] });
    expect(codes(found)).toEqual(['fail builder-absent', 'fail runtime-absent']);
    expect(found.flatMap(({ problem }) => repairsOf(problem, peerOf('1.4.12').subject))).toEqual([
      { kind: 'build', runtime: 'hyperledger/fabric-baseos:amd64-0.4.22' },
    ]);
  });

  it.each([
    ['2.5.0', 'hyperledger/fabric-ccenv:latest', 'latest-only'],
    ['2.4.9', 'hyperledger/fabric-ccenv:latest', 'other'],
    ['1.0.0', 'hyperledger/fabric-ccenv:amd64-1.0.0', 'architecture'],
    ['1.0.0', 'hyperledger/fabric-ccenv:x86_64-1.0.0-snapshot-d8a6f12', 'snapshot'],
    ['1.4.12', 'hyperledger/fabric-ccenv:1.3', 'other'],
  ])('%s with %s: another tag, because of %s', (release, local, cause) => {
    const found = findingsOf(peerOf(release), { images: {}, locals: [localOf('l', [local])] });
    expect(found.map(({ problem }) => problem)).toContainEqual(
      expect.objectContaining({
        kind: 'builder-tag',
        cause,
        candidates: [expect.objectContaining({ ref: local })],
      }),
    );
  });

  it('reports images in another namespace than the compiled-in one', () => {
    const peer = peerOf('2.5.14', { imageRef: 'acme/fabric-peer:2.5' });
    const locals = [localOf('l', ['acme/fabric-ccenv:2.5']), localOf('m', ['acme/fabric-baseos:2.5'])];
    const found = findingsOf(peer, { images: {}, locals });
    expect(codes(found)).toEqual(['fail builder-namespace', 'fail runtime-namespace']);
    expect(found[0]?.problem).toMatchObject({ compiled: 'hyperledger' });
  });

  describe.each([
    {
      situation: 'another namespace is compiled in',
      release: '1.4.12',
      wanted: 'nowhere/fabric-baseos:amd64-0.4.22',
      found: 'hyperledger/fabric-baseos:amd64-0.4.22',
      expected: { kind: 'runtime-namespace' },
    },
    {
      situation: 'another base version is compiled in',
      release: '1.4.12',
      wanted: 'hyperledger/fabric-baseos:amd64-0.0.9',
      found: 'hyperledger/fabric-baseos:amd64-0.4.22',
      expected: { kind: 'runtime-tag', cause: 'other' },
    },
    {
      situation: 'make docker tagged the image as latest only',
      release: '2.5.0',
      wanted: 'hyperledger/fabric-baseos:2.5',
      found: 'hyperledger/fabric-baseos:latest',
      expected: { kind: 'runtime-tag', cause: 'latest-only' },
    },
    {
      situation: 'the architecture is spelled differently',
      release: '1.4.12',
      wanted: 'hyperledger/fabric-baseos:x86_64-0.4.22',
      found: 'hyperledger/fabric-baseos:amd64-0.4.22',
      expected: { kind: 'runtime-tag', cause: 'architecture' },
    },
  ])('where $situation', ({ release, wanted, found, expected }) => {
    const env = { CORE_CHAINCODE_GOLANG_RUNTIME: wanted };
    const builder = { [imagesOfPeer(peerOf(release)).builder.ref]: imageOf() };
    const likely = localOf('likely', [found]);
    // What other releases, projects and builds leave on an engine, all newer than the image that explains it.
    const foreign = [
      localOf('older', ['hyperledger/fabric-baseos:amd64-0.4.15'], { layers: ['base'] }),
      localOf('elsewhere', ['somebody/fabric-baseos:amd64-0.3.1'], { layers: ['base'] }),
      localOf('peer', ['hyperledger/fabric-peer:2.2', 'somebody/fabric-peer:latest'], { layers: ['base'] }),
      localOf('thin', ['acme/thin:7'], { layers: ['base'] }),
      localOf('registry', ['localhost:5000/hyperledger/fabric-baseos:2.2'], { layers: ['base'] }),
    ].map((image) => ({ ...image, created: 5000 }));

    it.each([
      ['alone', [likely]],
      ...foreign.map((image) => [`beside ${image.id}`, [image, likely]] as const),
      ['beside all of them', [...foreign, likely]],
    ] as const)('the answer is the same %s', (_, locals) => {
      const [finding, ...others] = findingsOf(peerOf(release, { env }), { images: builder, locals });
      expect(others).toEqual([]);
      expect(finding?.problem).toMatchObject(expected);
      expect(finding && repairsOf(finding.problem, peerOf(release).subject)[0]).toEqual({
        kind: 'tag',
        from: found,
        to: wanted,
      });
    });
  });

  it('warns if the compiled-in namespace has the images too', () => {
    const peer = peerOf('2.5.14', { imageRef: 'localhost:5000/acme/fabric-peer:2.5' });
    const found = findingsOf(peer);
    expect(codes(found)).toEqual(['warn namespace']);
    expect(found[0]?.problem).toMatchObject({ imageNamespace: 'localhost:5000/acme' });
    // Complete references do not depend on the namespace.
    const env = { CORE_CHAINCODE_BUILDER: 'a/b:1', CORE_CHAINCODE_GOLANG_RUNTIME: 'c/d:1' };
    expect(codes(findingsOf({ ...peer, env }))).toEqual([]);
  });

  it('reports a variable that the release does not know', () => {
    const found = findingsOf(withCore('2.1.1', { runtime: '$(BASE_DOCKER_NS)/x:$(UNKNOWN)' }));
    expect(codes(found)).toEqual(['fail runtime-variable']);
    expect(found[0]?.problem).toMatchObject({ unknown: ['$(BASE_DOCKER_NS)', '$(UNKNOWN)'] });
  });

  it('reports the empty linker flags of 1.0', () => {
    const version = versionOf('1.0.0', { version: '', baseVersion: '', dockerNs: '', baseDockerNs: '' });
    const found = findingsOf(peerOf('1.0.0', { version: { ...version, origin: 'peer version' } }), {
      images: {},
    });
    expect(found.map(({ problem }) => problem)).toMatchObject([
      { kind: 'builder-invalid', ref: '/fabric-ccenv:x86_64-', empty: ['DockerNamespace', 'Version'] },
      {
        kind: 'runtime-invalid',
        ref: '/fabric-baseos:x86_64-',
        empty: ['BaseDockerNamespace', 'BaseVersion'],
      },
    ]);
  });

  it('tags a reference without a tag as latest, and none by digest', () => {
    const locals = [localOf('o', ['hyperledger/fabric-baseos:amd64-0.4.22'], { layers: ['base'] })];
    const repairs = (runtime: string) =>
      findingsOf(withCore('1.4.12', { runtime }), { images: CCENV_14, locals }).flatMap(({ problem }) =>
        repairsOf(problem, peerOf('1.4.12').subject),
      );
    expect(repairs('acme/baseos')).toMatchObject([
      { kind: 'tag', to: 'acme/baseos:latest' },
      { kind: 'build', runtime: 'acme/baseos:latest' },
    ]);
    expect(repairs(`acme/baseos@sha256:${'0'.repeat(64)}`)).toEqual([]);
  });

  it('names an image with only a similar name, but does not tag it', () => {
    const locals = [localOf('o', ['other/fabric-ccenv:amd64-1.4.12'])];
    const [finding] = findingsOf(peerOf('1.0.0'), { images: {}, locals });
    expect(finding?.problem).toMatchObject({ kind: 'builder-absent', candidates: [{ id: 'o' }] });
    expect(finding && repairsOf(finding.problem, peerOf('1.0.0').subject)).toEqual([]);
  });

  it('offers to build an image for a running network', () => {
    const madeHere = new Set(['hyperledger/fabric-ccenv:1.4', 'hyperledger/fabric-baseos:amd64-0.4.22']);
    const found = findingsOf(peerOf('1.4.12', { madeHere }), { images: {} });
    expect(found.map(({ problem }) => problem)).toMatchObject([
      { kind: 'builder-absent', madeHere: true },
      { kind: 'runtime-absent', madeHere: true },
    ]);
    for (const { problem } of found)
      expect(repairsOf(problem, peerOf('1.4.12').subject)).toEqual([{ kind: 'build' }]);
  });

  it('ignores absent images that `up` will produce', () => {
    const madeHere = new Set(['hyperledger/fabric-ccenv:1.4', 'hyperledger/fabric-baseos:amd64-0.4.22']);
    const subject = { kind: 'configuration', source: '/src' } as const;
    expect(codes(findingsOf(peerOf('1.4.12', { subject, madeHere }), { images: {} }))).toEqual([]);
  });
});

describe('release and engine', () => {
  /** Maximum and minimum API version of engines. */
  const ENGINES = [
    { version: '20.10', api: '1.41', minApi: '1.12' },
    { version: '25', api: '1.44', minApi: '1.24' },
    { version: '29.0', api: '1.52', minApi: '1.44' },
    { version: '29.1', api: '1.52', minApi: '1.40' },
  ];

  it.each([
    ['1.0.0', 'ok', 'ok', 'ok', 'ok'],
    ['1.4.12', 'ok', 'ok', 'ok', 'ok'],
    ['2.0.1', 'ok', 'ok', 'ok', 'ok'],
    ['2.2.5', 'ok', 'ok', 'ok', 'ok'],
    ['2.2.6', 'ok', 'ok', 'engine-too-new', 'engine-too-new'],
    ['2.3.3', 'ok', 'ok', 'ok', 'ok'],
    ['2.4.9', 'ok', 'ok', 'engine-too-new', 'engine-too-new'],
    ['2.5.14', 'ok', 'ok', 'engine-too-new', 'engine-too-new'],
    ['2.5.15', 'engine-too-old', 'ok', 'ok', 'ok'],
    ['2.5.16', 'engine-too-old', 'ok', 'ok', 'ok'],
    ['3.0.0', 'ok', 'ok', 'engine-too-new', 'engine-too-new'],
    ['3.1.3', 'ok', 'ok', 'engine-too-new', 'engine-too-new'],
    ['3.1.4', 'engine-too-old', 'ok', 'ok', 'ok'],
    ['3.1.5', 'ok', 'ok', 'ok', 'ok'],
  ])('%s', (release, ...expected) => {
    const line = peerReleaseOf(release);
    if (!line) throw new Error(release);
    const found = ENGINES.map((engine) => apiMismatch(line.engineApi, engine) ?? 'ok');
    expect(found).toEqual(expected);
  });

  it('reports the versions of both sides', () => {
    const found = findingsOf(peerOf('2.5.16'));
    expect(found).toMatchObject([
      {
        severity: 'fail',
        problem: {
          kind: 'engine-api',
          release: '2.5.16',
          side: 'engine-too-old',
          engine: { version: '20.10.24', api: '1.41' },
        },
      },
    ]);
  });

  it('reports no absent images for an engine that was not queried', () => {
    const reach = {
      same: false,
      endpoint: 'tcp://build:2376',
      origin: 'CORE_VM_ENDPOINT',
      how: 'tcp',
      hostPath: undefined,
    } as const;
    expect(codes(findingsOf(peerOf('2.5.16'), { reach, images: {} }))).toEqual(['fail other-engine']);
  });
});

describe('pulls', () => {
  const API = { api: '1.52', minApi: '1.24' };

  it.each([
    ['2.5.15', {}, ['fail always-pull']],
    ['2.5.16', {}, []],
    ['3.1.4', {}, ['fail always-pull']],
    ['3.1.5', {}, []],
    ['1.4.12', { CORE_CHAINCODE_PULL: 'true' }, ['fail always-pull']],
    ['1.4.12', { CORE_CHAINCODE_PULL: 'false' }, []],
    ['1.0.6', { CORE_CHAINCODE_PULL: 'true' }, []],
  ])('%s with %j', (release, env, expected) => {
    const peer = peerOf(release, { env: { ...env } as Record<string, string> });
    expect(codes(findingsOf(peer, API))).toEqual(expected);
  });

  it('ignores an image that can be pulled again', () => {
    const pulled = imageOf({ digests: ['hyperledger/fabric-baseos@sha256:0'] });
    const images = { 'hyperledger/fabric-ccenv:2.5': imageOf(), 'hyperledger/fabric-baseos:2.5': pulled };
    expect(codes(findingsOf(peerOf('2.5.15'), { ...API, images }))).toEqual([]);
  });
});

describe("the chaincode's network", () => {
  const MODE = 'CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE';
  const ADDRESS = 'CORE_PEER_ADDRESS';
  const networks = [
    { id: 'n1', name: 'net_byfn' },
    { id: 'n2', name: 'other' },
  ];

  it.each([
    ['host', ['fail network-mode']],
    ['bridge', ['fail network-mode']],
    ['default', ['fail network-mode']],
    ['none', ['fail network-mode']],
    ['container:peer0', []],
    ['net_byfn', []],
    ['n1', []],
    ['_test', ['fail network-mode']],
    ['constructor', ['fail network-mode']],
    ['other', ['fail network-mode']],
  ])('a peer in a network of its own, chaincode in %s', (mode, expected) => {
    const found = findingsOf(peerOf('1.4.12', { env: { [MODE]: mode } }), { networks, hostAddresses: [] });
    expect(codes(found)).toEqual(expected);
    for (const { problem } of found)
      expect(problem).toMatchObject({ mode, origin: MODE, attached: ['net_byfn'] });
  });

  it.each(['1.4.12', '2.5.14'])('%s takes the network of the host if no mode is set', (release) => {
    const text = coreYaml(release).replace(/ {6}NetworkMode: .*\n/, '');
    const peer = peerOf(release, { coreYaml: { path: '/c/core.yaml', text } });
    expect(findingsOf(peer, { networks, hostAddresses: [] })).toMatchObject([
      { severity: 'fail', problem: { kind: 'network-mode', mode: 'host', attached: ['net_byfn'] } },
    ]);
  });

  it.each([
    // The host reaches the addresses of all networks.
    ['0.0.0.0:7051', ['172.20.0.2'], {}, []],
    ['172.20.0.2:7051', undefined, {}, []],
    // /etc/hosts of the machine.
    ['peer0:7051', ['172.20.0.2'], {}, []],
    ['peer0:7051', ['127.0.0.1'], {}, ['fail network-mode']],
    ['peer0:7051', ['127.0.0.1'], { hostPorts: [7052] }, []],
    ['localhost:7051', undefined, { hostPorts: [7051, 7052] }, []],
    ['localhost:7051', undefined, { hostPorts: [7051] }, ['fail network-mode']],
    // The names of another machine are not known.
    ['peer0:7051', undefined, {}, []],
  ])(
    'chaincode in the network of the host, a peer at %s, there %j, with %j',
    (address, hostAddresses, more, expected) => {
      const peer = peerOf('1.4.12', {
        env: { [MODE]: 'host', [ADDRESS]: address },
        container: peerContainer(undefined, more),
      });
      expect(codes(findingsOf(peer, { networks, hostAddresses }))).toEqual(expected);
    },
  );

  it.each([
    ['172.20.0.2:7051', ['fail network-mode']],
    ['192.168.1.5:7051', []],
    ['peer.example.com:7051', []],
    ['0.0.0.0:7051', ['fail network-mode']],
  ])('chaincode in the default bridge, a peer at %s', (address, expected) => {
    const peer = peerOf('1.4.12', { env: { [MODE]: 'bridge', [ADDRESS]: address } });
    expect(codes(findingsOf(peer, { networks }))).toEqual(expected);
  });

  it('entries of ExtraHosts and other name servers count', () => {
    const withHostConfig = (line: string) => {
      const text = coreYaml('1.4.12').replace(/NetworkMode: .*/, `NetworkMode: bridge\n      ${line}`);
      return codes(findingsOf(peerOf('1.4.12', { coreYaml: { path: '/c/core.yaml', text } }), { networks }));
    };
    expect(withHostConfig('ExtraHosts: ["peer0:192.168.1.5"]')).toEqual([]);
    expect(withHostConfig('ExtraHosts: ["peer1:192.168.1.5"]')).toEqual(['fail network-mode']);
    expect(withHostConfig('Dns: [192.168.1.1]')).toEqual([]);
  });

  it('warns of another network if the address may still be known there', () => {
    const peer = peerOf('1.4.12', { env: { [MODE]: 'other', [ADDRESS]: 'peer.example.com:7051' } });
    expect(codes(findingsOf(peer, { networks }))).toEqual(['warn network-mode']);
  });

  it.each([
    ['localhost:7051', {}, 'localhost:7052'],
    ['peer0:7051', { CORE_PEER_CHAINCODEADDRESS: '127.0.0.1:9999' }, '127.0.0.1:9999'],
    ['peer0:7051', { CORE_PEER_CHAINCODELISTENADDRESS: '127.0.0.1:7054' }, '127.0.0.1:7054'],
  ])('in the network of the peer, %s with %j leads elsewhere', (address, env, expected) => {
    const peer = peerOf('1.4.12', { env: { ...env, [ADDRESS]: address } as Record<string, string> });
    expect(findingsOf(peer, { networks })).toMatchObject([
      { severity: 'fail', problem: { kind: 'peer-address', address: expected, network: 'net_byfn' } },
    ]);
  });

  it('the default bridge has no names', () => {
    const env = { [MODE]: 'bridge' };
    const container = peerContainer({ bridge: '172.17.0.2' });
    expect(codes(findingsOf(peerOf('1.4.12', { env, container }), { networks }))).toEqual([
      'fail peer-address',
    ]);
    const detected = { ...env, CORE_PEER_ADDRESSAUTODETECT: 'true' };
    expect(codes(findingsOf(peerOf('1.4.12', { env: detected, container }), { networks }))).toEqual([]);
  });

  it('warns of the development mode, in which the peer builds no chaincode', () => {
    const peer = peerOf('1.4.12', { env: { CORE_CHAINCODE_MODE: 'dev' } });
    expect(codes(findingsOf(peer))).toEqual(['warn dev-mode']);
  });
});

describe('architectures, stale chaincode and unreadable peers', () => {
  it('reports images of another architecture', () => {
    const arm = imageOf({ architecture: 'arm64' });
    const images = { ...CCENV_14, 'hyperledger/fabric-baseos:amd64-0.4.22': arm };
    const found = findingsOf(peerOf('1.4.12', { image: arm }), { images });
    expect(codes(found)).toEqual(['fail architecture', 'warn architecture']);
    expect(found.map(({ problem }) => problem)).toMatchObject([
      { of: 'runtime', is: 'arm64', should: 'amd64' },
      { of: 'peer', is: 'arm64', should: 'amd64' },
    ]);
  });

  it('reports chaincode built before the current builder', () => {
    const chaincode = [
      { name: 'dev-peer0-old', created: 999 },
      { name: 'dev-peer0-new', created: 1001 },
    ];
    const peer = peerOf('1.4.12');
    expect(findingsOf(peer, { chaincode })).toMatchObject([
      { severity: 'warn', problem: { kind: 'stale-chaincode', images: ['dev-peer0-old'] } },
    ]);
    expect(findingsOf(peer, { chaincode, builderSince: 2000 })).toMatchObject([
      { problem: { images: ['dev-peer0-new', 'dev-peer0-old'] } },
    ]);
    expect(findingsOf(peer, { chaincode, builderSince: 5 })).toEqual([]);
  });

  it('knows only overridden references without a core.yaml', () => {
    const peer = peerOf('1.4.12', {
      coreYaml: { path: '/x/core.yaml', text: undefined },
      env: { CORE_CHAINCODE_BUILDER: 'a/$(UNKNOWN)' },
    });
    expect(codes(findingsOf(peer))).toEqual(['fail core-yaml-missing', 'fail builder-variable']);
  });

  it('reports a guessed release', () => {
    const version = { ...versionOf('1.4.10', { version: 'latest' }), releaseKnown: false };
    const peer = peerOf('1.4.12', {
      version: { ...version, origin: 'labels' },
      versionProblem: 'no answer',
    });
    expect(codes(findingsOf(peer))).toEqual(['warn version-unknown', 'warn release-guessed']);
  });
});
