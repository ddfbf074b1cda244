import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { imageOverrides, loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { configtxYaml } from '../../../../src/pipeline/network/configtx.ts';
import type { Gateway } from '../../../../src/pipeline/network/gateway.ts';
import {
  type ComposeInput,
  composeYaml,
  cryptoConfigYaml,
} from '../../../../src/pipeline/network/network-files.ts';
import { filesVolumes, isBuilderMount } from '../../../../src/pipeline/network/network-mounts.ts';
import {
  allPeers,
  firstOrderer,
  firstPeer,
  networkNodes,
  networkSpec,
} from '../../../../src/pipeline/network/network-spec.ts';
import { usesProxy } from '../../../../src/pipeline/network/no-proxy.ts';
import { endorserFlags, ordererFlags } from '../../../../src/pipeline/network/peer-cli.ts';
import { publishedPorts } from '../../../../src/pipeline/network/published-ports.ts';
import { SAVED_NETWORK } from '../../../../src/pipeline/network/saved-network.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      environment: z.record(z.string(), z.string()),
      ports: z.array(z.string()).optional(),
      labels: z.record(z.string(), z.string()),
      volumes: z.array(z.unknown()),
      depends_on: z.array(z.string()).optional(),
      cap_drop: z.array(z.string()).optional(),
      security_opt: z.array(z.string()).optional(),
    }),
  ),
  networks: z.record(z.string(), z.object({ name: z.string() })),
  volumes: z.record(
    z.string(),
    z.object({
      name: z.string(),
      labels: z.optional(z.record(z.string(), z.string())),
      external: z.optional(z.boolean()),
    }),
  ),
});

const GATEWAY: Gateway = {
  image: { ref: 'fabric-wizard/gateway:0123', fingerprint: '0123', sources: [] },
  policy: { builders: ['ns/fabric-ccenv:1'], runtimes: ['ns/fabric-baseos:1'], hostConfig: { Dns: ['$x'] } },
};

/** @param made certificates of the network, if it exists */
async function network(
  version: string,
  flags: Record<string, unknown> = {},
  made?: { readonly ports?: { readonly base: number }; readonly unused?: true },
  more: Partial<ComposeInput> = {},
) {
  const release = releaseOf(version);
  if (!release) throw new Error(version);
  const { values } = await loadConfig({ dir: await tempDir(), flags });
  const spec = networkSpec(values, release, 'fw-test', made);
  const text = composeYaml({
    spec,
    release,
    images: {
      peer: 'ns/fabric-peer:1',
      orderer: 'ns/fabric-orderer:1',
      tools: 'ns/fabric-tools:1',
      ...(values.couchdb ? { couchdb: 'couchdb:3.4.2' } : {}),
    },
    instance: 'abc123',
    socketOn: () => '/run/user/1000/docker.sock',
    uses: ['ns/fabric-ccenv:1'],
    peerEnv: imageOverrides(values),
    ...(values.gateway ? { gateway: GATEWAY } : {}),
    ...more,
  });
  return { spec, release, text, file: compose.parse(parse(text)) };
}

describe('compose file', () => {
  it('keeps every client of the network away from a proxy that docker gives to containers', async () => {
    const { file, spec } = await network('1.4.12', { peers: '2', couchdb: true });
    const names = networkNodes(spec).flatMap(({ node, role }) => (role === 'gateway' ? [] : [node.name]));
    for (const [client, { environment }] of Object.entries(file.services)) {
      if (client.startsWith('couchdb')) continue;
      const couchdb = allPeers(spec).find(({ name }) => name === client)?.couchdb?.name;
      const reached = names.filter((name) => !name.startsWith('couchdb') || name === couchdb);
      const env = { HTTPS_PROXY: 'http://p:1', http_proxy: 'http://p:1', NO_PROXY: 'corp', ...environment };
      for (const name of reached) expect(usesProxy(env, name), `${client} to ${name}`).toBe(false);
    }
  });

  it('has an orderer, every peer of every organisation, the gateway and one CLI', async () => {
    const { file } = await network('1.4.12', { orgs: '3', peers: '2' });
    expect(Object.keys(file.services)).toEqual([
      'orderer.example.com',
      'peer0.org1.example.com',
      'peer1.org1.example.com',
      'peer0.org2.example.com',
      'peer1.org2.example.com',
      'peer0.org3.example.com',
      'peer1.org3.example.com',
      'gateway',
      'cli',
    ]);
  });

  it('sets the configured images for peers only', async () => {
    const overrides = (file: Awaited<ReturnType<typeof network>>['file']) =>
      Object.values(file.services).flatMap(({ environment }) =>
        Object.entries(environment).filter(([name]) => name.startsWith('CORE_CHAINCODE_')),
      );
    expect(overrides((await network('1.4.12')).file)).toEqual([]);
    const { file } = await network('1.4.12', { peers: '1', chaincodeRuntime: 'acme/base:1' });
    expect(overrides(file)).toEqual([
      ['CORE_CHAINCODE_GOLANG_RUNTIME', 'acme/base:1'],
      ['CORE_CHAINCODE_GOLANG_RUNTIME', 'acme/base:1'],
    ]);
  });

  it('publishes each port once, on 127.0.0.1 only', async () => {
    const { spec, file } = await network('1.4.12');
    const ports = Object.values(file.services).flatMap((service) => service.ports ?? []);
    expect(ports.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
    const hostPorts = ports.map((port) => Number(port.split(':')[1]));
    expect(new Set(hostPorts).size).toBe(hostPorts.length);
    expect(new Set(hostPorts)).toEqual(new Set(publishedPorts(spec).map(({ port }) => port)));
  });

  it('attaches chaincode to the network by its real name', async () => {
    const { spec, file } = await network('1.4.12');
    expect(Object.values(file.networks)).toEqual([expect.objectContaining({ name: spec.network })]);
    for (const peer of allPeers(spec)) {
      const environment = file.services[peer.name]?.environment;
      expect(environment?.CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE).toBe(spec.network);
      expect(environment?.CORE_PEER_NETWORKID).toBe('fw-test');
      expect(environment?.CORE_PEER_GOSSIP_USELEADERELECTION).toBe('false');
      expect(environment?.CORE_PEER_GOSSIP_ORGLEADER).toBe('true');
    }
  });

  it('has the complete environment of the CLI', async () => {
    const { file } = await network('1.4.12');
    const environment = file.services.cli?.environment ?? {};
    const crypto = '/opt/gopath/src/github.com/hyperledger/fabric/peer/crypto';
    const peer = `${crypto}/peerOrganizations/org1.example.com/peers/peer0.org1.example.com`;
    expect(environment).toMatchObject({
      CORE_PEER_ADDRESS: 'peer0.org1.example.com:7051',
      CORE_PEER_LOCALMSPID: 'Org1MSP',
      CORE_PEER_MSPCONFIGPATH: `${crypto}/peerOrganizations/org1.example.com/users/Admin@org1.example.com/msp`,
      CORE_PEER_TLS_ENABLED: 'true',
      CORE_PEER_TLS_CERT_FILE: `${peer}/tls/server.crt`,
      CORE_PEER_TLS_KEY_FILE: `${peer}/tls/server.key`,
      CORE_PEER_TLS_ROOTCERT_FILE: `${peer}/tls/ca.crt`,
    });
  });

  it.each([
    ['1.0.6', 'CORE_LOGGING_LEVEL', 'FABRIC_LOGGING_SPEC'],
    ['1.3.0', 'CORE_LOGGING_LEVEL', 'FABRIC_LOGGING_SPEC'],
    ['1.4.0', 'FABRIC_LOGGING_SPEC', 'CORE_LOGGING_LEVEL'],
    ['1.4.12', 'FABRIC_LOGGING_SPEC', 'CORE_LOGGING_LEVEL'],
  ])('%s sets %s and never %s', async (version, used, unused) => {
    const { text } = await network(version);
    expect(text).toContain(used);
    expect(text).not.toContain(unused);
  });

  it('sets the chaincode, event and operations ports that the release has', async () => {
    const old = (await network('1.0.0')).text;
    expect(old).not.toContain('CHAINCODELISTENADDRESS');
    expect(old).toContain(':7053');
    expect(old).not.toContain('OPERATIONS');
    const late = (await network('1.4.12')).text;
    expect(late).toContain('CORE_PEER_CHAINCODELISTENADDRESS: 0.0.0.0:7052');
    expect(late).not.toContain(':7053');
    expect(late).toContain('CORE_OPERATIONS_LISTENADDRESS');
  });

  it('names ledgers after the crypto material', async () => {
    const { file } = await network('1.4.12');
    expect(file.volumes['peer0.org1.example.com']?.name).toBe('fw-test-abc123-peer0.org1.example.com');
  });

  it.each(['1.0.6', '1.4.12', '2.2.15', '3.1.1'])(
    "gives the engine's socket to the gateway of %s only, and without a gateway to the peers only",
    async (version) => {
      const withSocket = async (gateway: boolean) => {
        const { file } = await network(version, { orgs: '1', peers: '2', gateway });
        const hasSocket = ({ volumes }: { readonly volumes: unknown }) =>
          JSON.stringify(volumes).includes('"/run/user/1000/docker.sock"');
        return Object.entries(file.services).flatMap(([name, service]) => (hasSocket(service) ? [name] : []));
      };
      expect(await withSocket(true)).toEqual(['gateway']);
      expect(await withSocket(false)).toEqual(['peer0.org1.example.com', 'peer1.org1.example.com']);
    },
  );

  it('labels every container with the images that its network needs', async () => {
    const { file } = await network('1.4.12', { orgs: '1', peers: '1' });
    for (const { labels } of Object.values(file.services))
      expect(labels).toMatchObject({ 'io.fabric-wizard.uses': '["ns/fabric-ccenv:1"]' });
  });

  it('has an admin port and no genesis block for orderers that join channels one by one', async () => {
    const { file, spec } = await network('3.1.1', { orderers: '3' });
    expect(spec).toMatchObject({ consensus: 'etcdraft', channelCreation: 'participation' });
    const orderers = ['orderer', 'orderer2', 'orderer3'].map((name) => file.services[`${name}.example.com`]);
    expect(orderers.map((orderer) => orderer?.ports)).toEqual([
      ['127.0.0.1:7050:7050', '127.0.0.1:7055:8443', '127.0.0.1:7056:7053'],
      ['127.0.0.1:7150:7150', '127.0.0.1:7155:8443', '127.0.0.1:7156:7053'],
      ['127.0.0.1:7250:7250', '127.0.0.1:7255:8443', '127.0.0.1:7256:7053'],
    ]);
    for (const orderer of orderers) {
      expect(orderer?.environment).toMatchObject({
        ORDERER_GENERAL_BOOTSTRAPMETHOD: 'none',
        ORDERER_CHANNELPARTICIPATION_ENABLED: 'true',
        ORDERER_ADMIN_LISTENADDRESS: '0.0.0.0:7053',
        ORDERER_GENERAL_CLUSTER_CLIENTCERTIFICATE: '/var/hyperledger/orderer/tls/server.crt',
      });
      expect(JSON.stringify(orderer?.volumes)).not.toContain('genesis.block');
    }
  });

  it.each([
    ['1.4.12', {}, 'solo', 'GENESIS'],
    ['1.4.12', { consensus: 'etcdraft' }, 'etcdraft', 'GENESIS'],
    ['2.2.15', {}, 'etcdraft', 'BOOTSTRAP'],
    ['2.5.12', { tls: false }, 'solo', 'BOOTSTRAP'],
  ])('%s %j: %s with a genesis block in %s', async (version, flags, consensus, word) => {
    const { file, spec } = await network(version, flags);
    expect(spec).toMatchObject({ consensus, channelCreation: 'system' });
    const { environment } = file.services['orderer.example.com'] ?? {};
    expect(environment).toMatchObject({
      [`ORDERER_GENERAL_${word}METHOD`]: 'file',
      [`ORDERER_GENERAL_${word}FILE`]: '/var/hyperledger/orderer/genesis.block',
    });
    const clustered = Object.keys(environment ?? {}).some((name) => name.includes('_CLUSTER_'));
    expect(clustered).toBe(consensus === 'etcdraft');
  });

  it('has no CouchDB by default', async () => {
    expect((await network('2.5.12')).text.toLowerCase()).not.toContain('couchdb');
  });

  it('has a CouchDB with its own volume and port for each peer', async () => {
    const { file, spec } = await network('2.5.12', { couchdb: true, peers: '1', orderers: '3' });
    expect(file.services.couchdb1).toMatchObject({
      image: 'couchdb:3.4.2',
      environment: { COUCHDB_USER: 'admin', COUCHDB_PASSWORD: 'adminpw' },
      ports: ['127.0.0.1:8057:5984'],
      volumes: ['couchdb1:/opt/couchdb/data'],
    });
    expect(file.volumes.couchdb1?.name).toBe('fw-test-abc123-couchdb1');
    expect(file.services['peer0.org2.example.com']?.environment).toMatchObject({
      CORE_LEDGER_STATE_STATEDATABASE: 'CouchDB',
      CORE_LEDGER_STATE_COUCHDBCONFIG_COUCHDBADDRESS: 'couchdb1:5984',
      CORE_LEDGER_STATE_COUCHDBCONFIG_USERNAME: 'admin',
      CORE_LEDGER_STATE_COUCHDBCONFIG_PASSWORD: 'adminpw',
    });
    const published = publishedPorts(spec).map(({ port }) => port);
    expect(new Set(published).size).toBe(published.length);
    expect(published).toEqual(expect.arrayContaining([7057, 8057]));
    expect(
      networkNodes(spec)
        .filter(({ role }) => role === 'couchdb')
        .map(({ node }) => node.name),
    ).toEqual(['couchdb0', 'couchdb1']);
  });

  it.each(['1.0.0', '1.4.12', '2.5.12', '3.1.1'])(
    '%s: its ports stay apart with nine orderers',
    async (version) => {
      const shape = {
        consensus: version === '1.0.0' ? 'solo' : 'etcdraft',
        couchdb: true,
        orgs: '3',
        peers: '3',
      };
      const { spec } = await network(version, { ...shape, orderers: '9' });
      const ports = publishedPorts(spec).map(({ port }) => port);
      expect(new Set(ports).size).toBe(ports.length);
    },
  );

  it('supports a network without TLS', async () => {
    const { text } = await network('1.4.12', { tls: false });
    expect(text).not.toContain('TLS_ENABLED: "true"');
  });
});

describe('the ports inside', () => {
  const PEER = 'peer1.org2.example.com';
  const shape = { peers: '2', orderers: '3', consensus: 'etcdraft', portBase: '17050' };

  /** The addresses of a network, wherever they are written. */
  async function addresses(version: string, flags = {}, made?: Parameters<typeof network>[2]) {
    const { file, spec, release } = await network(version, { ...shape, ...flags }, made);
    const text = configtxYaml(spec, release, 'c');
    // A host is in several profiles, with another indentation.
    const portsOf = (host: RegExp) => {
      const hosts = new Set(
        text.replace(/\n +/g, ' ').match(new RegExp(`Host: ${host.source} Port: \\d+`, 'g')),
      );
      return [...hosts].map((pair) => Number(pair.split(' ').at(-1)));
    };
    const { environment, ports } = file.services[PEER] ?? {};
    return {
      orderers: [...new Set(text.match(/orderer\d?\.example\.com:\d+/g))],
      consenters: portsOf(/orderer\S+/),
      anchors: portsOf(/peer\S+/),
      ordererListens: ['orderer', 'orderer2', 'orderer3'].map(
        (name) => file.services[`${name}.example.com`]?.environment.ORDERER_GENERAL_LISTENPORT,
      ),
      peer: {
        published: ports?.[0],
        address: environment?.CORE_PEER_ADDRESS,
        listens: environment?.CORE_PEER_LISTENADDRESS,
        external: environment?.CORE_PEER_GOSSIP_EXTERNALENDPOINT,
        bootstrap: environment?.CORE_PEER_GOSSIP_BOOTSTRAP,
      },
      cli: file.services.cli?.environment.CORE_PEER_ADDRESS,
      flags: [
        ...ordererFlags(spec, firstOrderer(spec)).slice(1, 2),
        ...endorserFlags(spec, firstPeer(spec)).slice(1, 2),
      ],
    };
  }

  it.each(['1.4.12', '2.5.12'])('of a new network of %s are those on the host', async (version) => {
    expect(await addresses(version)).toEqual({
      orderers: ['orderer.example.com:17050', 'orderer2.example.com:17150', 'orderer3.example.com:17250'],
      consenters: [17050, 17150, 17250],
      anchors: [17051, 19051],
      ordererListens: ['17050', '17150', '17250'],
      peer: {
        published: '127.0.0.1:20051:20051',
        address: `${PEER}:20051`,
        listens: '0.0.0.0:20051',
        external: `${PEER}:20051`,
        bootstrap: 'peer0.org2.example.com:19051',
      },
      cli: 'peer0.org1.example.com:17051',
      flags: ['orderer.example.com:17050', 'peer0.org1.example.com:17051'],
    });
  });

  it.each(['1.4.12', '2.5.12'])('of an older network of %s are 7050 and 7051', async (version) => {
    expect(await addresses(version, {}, {})).toEqual({
      orderers: ['orderer.example.com:7050', 'orderer2.example.com:7050', 'orderer3.example.com:7050'],
      consenters: [7050, 7050, 7050],
      anchors: [7051, 7051],
      ordererListens: ['7050', '7050', '7050'],
      peer: {
        published: '127.0.0.1:20051:7051',
        address: `${PEER}:7051`,
        listens: '0.0.0.0:7051',
        external: `${PEER}:7051`,
        bootstrap: 'peer0.org2.example.com:7051',
      },
      cli: 'peer0.org1.example.com:7051',
      flags: ['orderer.example.com:7050', 'peer0.org1.example.com:7051'],
    });
  });

  it('stay in the configuration of the channels if a network is moved to other ports of the host', async () => {
    const moved = await network('2.5.12', { portBase: '27050' }, { ports: { base: 17050 } });
    const before = await network('2.5.12', { portBase: '17050' });
    const configtx = ({ spec, release }: typeof moved) => configtxYaml(spec, release, 'c');
    expect(configtx(moved)).toBe(configtx(before));
    expect(moved.file.services['peer0.org1.example.com']?.ports).toContain('127.0.0.1:27051:17051');
  });

  it('move with the network until it has a channel, unless its orderers have a system channel', async () => {
    const made = { ports: { base: 17050 }, unused: true } as const;
    const inside = async (version: string) => {
      const { spec } = await network(version, { portBase: '27050' }, made);
      return [spec.ports?.base, spec.orderers[0]?.listens, spec.orgs[0]?.peers[0]?.listens];
    };
    expect(await inside('2.5.12')).toEqual([27_050, 27_050, 27_051]);
    expect(await inside('1.4.12')).toEqual([17_050, 17_050, 17_051]);
  });

  it.each([
    [7051, 'peer0.org1', 'CORE_PEER_CHAINCODELISTENADDRESS', '2.5.12'],
    [9442, 'peer0.org1', 'CORE_OPERATIONS_LISTENADDRESS', '2.5.12'],
    [7052, 'peer0.org1', 'CORE_PEER_EVENTS_ADDRESS', '1.0.6'],
    [7053, 'orderer', 'ORDERER_ADMIN_LISTENADDRESS', '2.5.12'],
    [8443, 'orderer', 'ORDERER_OPERATIONS_LISTENADDRESS', '2.5.12'],
  ])('with %d as first port, %s has another port for %s', async (portBase, node, variable, version) => {
    const { file, spec } = await network(version, { portBase: String(portBase) });
    const { environment, ports } = file.services[`${node}.example.com`] ?? {};
    const { listens } = networkNodes(spec).flatMap(({ node: each }) =>
      each.name === `${node}.example.com` && 'listens' in each ? [each as { listens: number }] : [],
    )[0] ?? { listens: 0 };
    const other = environment?.[variable]?.split(':')[1];
    expect(Number(other)).not.toBe(listens);
    const inside = ports?.map((port) => port.split(':')[2]);
    expect(new Set(inside).size).toBe(inside?.length);
    if (!variable.includes('CHAINCODE')) expect(inside).toContain(other);
    else expect(environment?.CORE_PEER_CHAINCODEADDRESS?.split(':')[1]).toBe(other);
  });

  it('are known for a network that an older version saved', async () => {
    const { spec } = await network('1.4.12', { orgs: '1', peers: '1' }, {});
    const [orderer, peer] = [{ ...firstOrderer(spec) }, { ...firstPeer(spec) }] as Record<string, unknown>[];
    delete orderer?.listens;
    delete peer?.listens;
    const saved = { ...spec, orderers: [orderer], orgs: [{ ...spec.orgs[0], peers: [peer] }] };
    const text = JSON.stringify({ spec: saved, version: '1.4.12' });
    expect(text).not.toContain('listens');
    expect(SAVED_NETWORK.schema.parse(JSON.parse(text)).spec).toEqual(JSON.parse(JSON.stringify(spec)));
  });
});

describe('configtx.yaml', () => {
  const profiles = z.object({ Profiles: z.record(z.string(), z.record(z.string(), z.unknown())) });

  it('has no capabilities in 1.0 and those of the release later', async () => {
    const old = await network('1.0.0');
    expect(configtxYaml(old.spec, old.release, 'c')).not.toContain('Capabilities');
    const late = await network('1.4.12');
    const text = configtxYaml(late.spec, late.release, 'c');
    expect(text).toContain('V1_4_3: true');
    expect(text).toContain('V1_4_2: true');
  });

  it('lists each organisation with one anchor peer, without YAML aliases', async () => {
    const { spec, release } = await network('1.4.12', { orgs: '3' });
    const text = configtxYaml(spec, release, '/work/crypto-config');
    expect(text).not.toMatch(/[&*]a\d/);
    expect(Object.keys(profiles.parse(parse(text)).Profiles)).toEqual(['WizardGenesis', 'WizardChannel']);
    expect(text.match(/Host: peer0\.org\d\.example\.com/g)).toHaveLength(6);
  });
});

describe('configtx.yaml from 2.0 on', () => {
  const text = async (version: string, flags: Record<string, unknown> = {}) => {
    const { spec, release } = await network(version, flags);
    return configtxYaml(spec, release, 'c');
  };

  it('has lifecycle policies, signed by peers if certificates have node OUs', async () => {
    expect(await text('2.2.15')).toContain("OR('Org1MSP.member')");
    expect(await text('2.2.15')).not.toContain('.peer');
    const late = await text('2.5.12');
    expect(late).toContain('LifecycleEndorsement');
    expect(late).toContain("OR('Org2MSP.peer')");
    expect(late).toContain('V2_5: true');
    expect(await text('1.4.12')).not.toContain('Endorsement');
  });

  it('has a channel profile for orderers that join it, and a system channel otherwise', async () => {
    const profiles = async (version: string, flags = {}) => {
      const parsed: { Profiles: Record<string, Record<string, unknown>> } = parse(await text(version, flags));
      return Object.entries(parsed.Profiles).map(([name, profile]) =>
        [name, ...Object.keys(profile)].join(' '),
      );
    };
    expect(await profiles('2.5.12')).toEqual(['WizardChannel Capabilities Policies Orderer Application']);
    expect(await profiles('2.2.15')).toEqual([
      'WizardGenesis Capabilities Policies Orderer Consortiums',
      'WizardChannel Consortium Capabilities Policies Application',
    ]);
  });

  it('lists BFT consenters by identity, without common addresses', async () => {
    const bft = await text('3.1.1', { consensus: 'BFT', orderers: '4' });
    expect(bft).toContain('V3_0: true');
    expect(bft).not.toContain(' Addresses:');
    expect(bft).toContain('OrdererEndpoints');
    expect(bft.match(/Identity: .*orderer\d?\.example\.com-cert\.pem/g)).toHaveLength(4);
    expect(await text('3.1.1', { orderers: '3' })).toMatch(/EtcdRaft:[\s\S]*Host: orderer3\.example\.com/);
  });
});

it('enables node OUs from 2.5 on', async () => {
  const units = async (version: string) => {
    const { spec, release } = await network(version);
    return cryptoConfigYaml(spec, release).match(/EnableNodeOUs: true/g)?.length ?? 0;
  };
  expect([await units('1.4.12'), await units('2.4.9'), await units('2.5.12'), await units('3.1.1')]).toEqual([
    0, 0, 3, 3,
  ]);
});

it('has the host names for clients on the host in certificates', async () => {
  const { spec, release } = await network('1.4.12', { orgs: '1', peers: '3' });
  const text = cryptoConfigYaml(spec, release);
  expect(text).toContain('Count: 3');
  expect(text.match(/- localhost/g)).toHaveLength(2);
});

describe('a network with a gateway', () => {
  it('runs it without rights and without ports', async () => {
    const { file } = await network('2.5.12');
    expect(file.services.gateway).toMatchObject({
      image: 'fabric-wizard/gateway:0123',
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(file.services.gateway?.ports).toBeUndefined();
  });

  it('gives each peer a socket of its own, where it looks for that of the engine', async () => {
    const { file, spec } = await network('1.4.12');
    const peers = allPeers(spec).map(({ name }) => name);
    for (const peer of peers) {
      const { volumes, environment, depends_on } = file.services[peer] ?? {};
      expect(volumes).toContain(`gateway-${peer}:/host/var/run`);
      expect(environment?.CORE_VM_ENDPOINT).toBe('unix:///host/var/run/docker.sock');
      expect(depends_on).toEqual(['gateway']);
      expect(file.services.gateway?.volumes).toContain(`gateway-${peer}:/sockets/${peer}`);
      expect(file.volumes[`gateway-${peer}`]?.name).toBe(`fw-test-gateway-${peer}`);
    }
    // The engine's socket, the socket of each peer, and the programs that it keeps.
    expect(file.services.gateway?.volumes).toHaveLength(1 + peers.length + 1);
    expect(file.services.gateway?.volumes).toContain('gateway-programs:/kept');
    expect(file.volumes['gateway-programs']?.name).toBe('fw-test-gateway-programs');
  });

  it('tells the gateway whom it serves and what they may ask for', async () => {
    const { file, spec } = await network('1.4.12', { project: 'fw-test' });
    // Compose replaces `$$` by `$`.
    const config = (file.services.gateway?.environment.GATEWAY_CONFIG ?? '').replaceAll('$$', '$');
    expect(JSON.parse(config)).toEqual({
      project: 'fw-test',
      network: 'fw-test',
      networkId: 'fw-test',
      peers: allPeers(spec).map(({ name }) => name),
      ...GATEWAY.policy,
    });
  });

  it('starts a peer by hand only after its CouchDB and the gateway', async () => {
    const { file } = await network('1.4.12', { couchdb: true });
    expect(file.services['peer0.org1.example.com']?.depends_on).toEqual(['couchdb0', 'gateway']);
  });

  it('is explained where users see it', async () => {
    const { text } = await network('1.4.12');
    expect(text).toMatch(/^ {2}# Peers reach the engine through this container\..+\n {2}gateway:$/m);
    expect(text).toMatch(/^ {2}# The sockets of the peers .+\n {2}gateway-peer0\.org1\.example\.com:$/m);
  });

  it('is the default, and a network can do without', async () => {
    const { text } = await network('2.5.12', { gateway: false });
    expect(text).not.toContain('gateway');
    expect(text).not.toContain('socket');
  });
});

describe('compose file for an engine elsewhere', () => {
  interface Mount {
    readonly type: string;
    readonly source: string;
    readonly target: string;
  }
  const builder = { path: '/opt/hyperledger/ccaas_builder', core: 'chaincode: {}' };
  const mountsOf = (file: Awaited<ReturnType<typeof network>>['file'], service: string) =>
    (file.services[service]?.volumes ?? []).filter((each): each is Mount => typeof each === 'object');

  it('mounts no path but that of the socket of the engine', async () => {
    const { file } = await network('2.5.12', { couchdb: true }, undefined, { elsewhere: true, builder });
    const mounts = Object.keys(file.services).flatMap((service) => mountsOf(file, service));
    const paths = mounts.filter(({ type }) => type === 'bind').map(({ source }) => source);
    expect(new Set(paths)).toEqual(new Set(['/run/user/1000/docker.sock']));
    for (const { source } of mounts.filter(({ type }) => type === 'volume'))
      expect(file.volumes[source], source).toMatchObject({ external: true });
  });

  it.each([
    ['1.4.12', {}],
    ['2.5.12', { elsewhere: true, builder }],
  ] as const)(
    'copies every file that a node reads to the place where it is in a mounted folder: %s',
    async (version, more) => {
      const here = await network(version, {}, undefined, { ...more, elsewhere: false });
      const there = await network(version, {}, undefined, { ...more, elsewhere: true });
      const volumes = filesVolumes(there.spec, true);
      /** Places in a container by what is there, of the files beside the compose file. */
      const placed = (service: string) =>
        mountsOf(there.file, service).flatMap(({ source, target }) =>
          (volumes.find(({ key }) => key === source)?.parts ?? []).map(({ from, at }) => ({
            from,
            target: at === '' ? target : `${target}/${at}`,
          })),
        );
      for (const service of Object.keys(here.file.services))
        for (const { source, target } of mountsOf(here.file, service).filter(({ source }) =>
          source.startsWith('./'),
        )) {
          const path = source.slice(2);
          const found = placed(service).some(
            (each) =>
              path.startsWith(each.from) && `${each.target}${path.slice(each.from.length)}` === target,
          );
          // The program finds this one by a variable.
          const isNamed =
            path === 'config/core.yaml' &&
            there.file.services[service]?.environment.FABRIC_CFG_PATH === '/etc/hyperledger/fabric';
          expect(found || isNamed, `${service}: ${source}`).toBe(true);
        }
    },
  );

  it('has an external builder that a deployment recognises', async () => {
    const { spec, file } = await network('2.5.12', {}, undefined, { elsewhere: true, builder });
    const mounts = mountsOf(file, firstPeer(spec).name).map(({ source, target }) => ({
      source: `/volumes/${file.volumes[source]?.name}/_data`,
      volume: file.volumes[source]?.name ?? '',
      target,
    }));
    expect(mounts.filter(isBuilderMount).map(({ target }) => target)).toEqual([builder.path]);
    expect(isBuilderMount({ source: '/home/me/.fabric-wizard/network/ccaas' })).toBe(true);
  });

  it('gives a node the keys of no other node', async () => {
    const { spec } = await network('1.4.12');
    const [peer] = allPeers(spec);
    const volume = filesVolumes(spec, false).find(({ key }) => key === `${peer?.name}-files`);
    expect(volume?.parts.map(({ from }) => from)).toEqual([
      'crypto-config/peerOrganizations/org1.example.com/peers/peer0.org1.example.com',
      'config/core.yaml',
    ]);
  });
});
