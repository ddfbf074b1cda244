/** The ports of peers that are added beside other networks and programs on the host. */
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { withFreePorts } from '../../../../src/pipeline/network/addition-ports.ts';
import type { Addition } from '../../../../src/pipeline/network/members.ts';

/** The next peer of the network has the number 2. */
const PEER: Addition = { kind: 'peer', org: 'Org1' };

async function added(addition: Addition, containers: readonly object[] = [], portBase = '17050', orgs = '2') {
  const { values: config } = await loadConfig({
    dir: '/nowhere',
    flags: { orgs, peers: '1', portBase },
  });
  const release = releaseOf('2.5.12') ?? expect.fail('no release');
  const address = { endpoint: 'unix:///var/run/docker.sock' };
  const docker = { address, listContainers: async () => containers } as unknown as DockerPort;
  const network = { config, release, project: 'fw-mine', made: { ports: { base: Number(portBase) } } };
  return withFreePorts(addition, network, async () => docker);
}

/** A container that publishes a port. */
function publishing(port: number, project: string) {
  return { name: 'theirs', labels: { 'io.fabric-wizard.project': project }, ports: [{ public: port }] };
}

function numbersOf(addition: Addition): readonly number[] {
  return ('ports' in addition ? addition.ports : undefined) ?? [];
}

it('leave out those of another network, also if only one of a peer is taken', async () => {
  expect(numbersOf(await added(PEER, [publishing(19054, 'fw-theirs')]))[0]).toBeGreaterThan(2);
});

it('leave out those of a program on the host', async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => {
    server.listen({ port: 0, host: '127.0.0.1' }, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : expect.fail('no port');
  // The program has the main port of the peer.
  expect(numbersOf(await added(PEER, [], String(port - 2001)))[0]).toBeGreaterThan(2);
});

it('are as many as an organisation has peers, each free', async () => {
  const org: Addition = { kind: 'org', peers: 2 };
  const numbers = numbersOf(await added(org, [publishing(20051, 'fw-theirs')]));
  expect(numbers).toHaveLength(2);
  expect(numbers).not.toContain(3);
});

it('are those of the compact scheme if those of first-network are used up', async () => {
  const others = Array.from({ length: 5 }, (_, index) => publishing(61051 + 1000 * index, 'fw-theirs'));
  expect(numbersOf(await added(PEER, others, '59050'))).toEqual([7]);
});

it('are refused if none is left', async () => {
  // The 54th peer has the last ports.
  const others = [publishing(65531, 'fw-theirs')];
  await expect(added(PEER, others, '65000', '53')).rejects.toMatchObject({
    failure: { message: { key: 'usage.no-port', port: 65541 } },
  });
});

it('are refused to more peers than a network can have', async () => {
  await expect(added({ kind: 'org', peers: 63 })).rejects.toMatchObject({
    failure: { message: { key: 'usage.too-many-peers', have: 2, count: 63, most: 64 } },
  });
});

it('are none of a channel', async () => {
  const channel: Addition = { kind: 'channel', name: 'orders' };
  expect(await added(channel)).toEqual(channel);
});
