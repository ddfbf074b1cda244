/** What `doctor` finds out about the size of a network and the nodes of it that run. */
import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import type { DoctorFacts } from '../../../../src/pipeline/doctor/doctor-facts.ts';
import { ENGINE_PROBES } from '../../../../src/pipeline/doctor/engine-probes.ts';
import { FactSource, type GatheringInput, type Probes } from '../../../../src/pipeline/doctor/fact-source.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { nodeNames } from '../../../../src/pipeline/network/network-spec.ts';
import { writeNetwork } from '../../../support/made-network.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const FLAGS = { orderers: '3', consensus: 'etcdraft', couchdb: 'true', metrics: 'true' };

const NODE = { state: 'ready', address: '10.0.0.2', labels: {} };

/** The facts about a network of three orderers, with a CouchDB for each peer and a Prometheus. */
async function source({ runs = false, made = false, drained = false }) {
  const dir = await tempDir();
  const spec = await writeNetwork(dir, '2.5.12', FLAGS);
  const { project } = spec;
  const containers = nodeNames(spec).map((node) => ({
    name: `${project}-${node}`,
    state: 'running',
    networks: [project],
    labels: {
      'com.docker.compose.project': project,
      'io.fabric-wizard.project': project,
      'io.fabric-wizard.role': 'node',
      'io.fabric-wizard.node': node,
    },
  }));
  const docker = {
    address: { endpoint: 'unix:///var/run/docker.sock', origin: { kind: 'default' } },
    info: async () => ({ host: hostname(), memory: 8e9 }),
    listContainers: async () => (runs ? containers : []),
    swarmMember: async () => ({ nodeId: 'id-m1', isManager: true }),
    swarmNodes: async () => [
      { ...NODE, id: 'id-m1', name: 'm1', availability: drained ? 'drain' : 'active' },
      { ...NODE, id: 'id-m2', name: 'm2', availability: 'drain' },
    ],
  };
  const crypto = made ? { instance: 'i1' } : undefined;
  const input = {
    docker,
    dir,
    project,
    spec,
    config: { swarm: true, placement: '', machines: '', orgs: 2, peers: 2, orderers: 3, organisations: '' },
    known: { engine: { answers: true } },
    state: { getFact: (key: unknown) => (key === STATE_KEYS.crypto ? crypto : undefined) },
  } as unknown as GatheringInput;
  const limits = { engineMs: 1000, allMs: 1000 };
  return new FactSource(input, ENGINE_PROBES as Probes, limits, new AbortController().signal);
}

const SIZE: DoctorFacts['memory']['size'] = { orgs: 2, peers: 4, perPeer: 2, orderers: 3, metrics: true };

it('orderers and CouchDBs are counted among the nodes that need memory', async () => {
  const from = await source({});
  expect(await from.fact('memory')).toMatchObject({ nodes: 11, size: SIZE, made: false });
});

it('the gateway, the CLI container and Prometheus do not stand for nodes', async () => {
  const from = await source({ runs: true, made: true });
  expect(await from.fact('memory')).toMatchObject({ nodes: 0, made: true });
});

it('neighbours are those of others as long as no node of the network runs', async () => {
  expect((await (await source({})).fact('neighbours')).size).toEqual(SIZE);
  expect((await (await source({ runs: true })).fact('neighbours')).others).toBe(0);
});

it('the machines of a Swarm are those that up would use', async () => {
  const fact = async (drained: boolean) => (await source({ drained })).fact('machines');
  expect(await fact(false)).toEqual({ places: 'Org1: m1; Org2: m1; orderers: m1' });
  expect(await fact(true)).toMatchObject({
    failure: { kind: 'usage', message: { key: 'usage.no-active-machine' } },
  });
});
