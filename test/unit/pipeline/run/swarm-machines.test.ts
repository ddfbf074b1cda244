/** How the machines of a Swarm are found: engines that answer as those of a Swarm do. */

import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { CancelledError, WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { helpFor } from '../../../../src/pipeline/diagnosis/failure-help.ts';
import { selectMachines } from '../../../../src/pipeline/engine/engine-address.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { placed } from '../../../../src/pipeline/network/swarm-plan.ts';
import { swarmOf } from '../../../../src/pipeline/run/swarm-machines.ts';
import { type Answer, answeringEngine, json } from '../../../support/answering-engine.ts';
import { nodeContainer, nodeLabels } from '../../../support/fake-engine.ts';
import { writeNetwork } from '../../../support/made-network.ts';
import { socketEngine } from '../../../support/socket-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const VERSION = { Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12', Arch: 'amd64' };

function member(NodeID: string, ControlAvailable = false): Answer {
  return json({ Name: 'host', Swarm: { NodeID, ControlAvailable } });
}

function node(name: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    ...{ ID: `id-${name}`, Spec: { Availability: 'active' }, Description: { Hostname: name } },
    Status: { State: 'ready', Addr: '10.0.0.2' },
    ...more,
  };
}

const LEADER = node('m1', {
  Status: { State: 'ready', Addr: '0.0.0.0' },
  ManagerStatus: { Addr: '10.0.0.1:2377' },
});

/** An engine that is this node of a Swarm. */
function engine(id: string, answers: Readonly<Record<string, Answer>> = {}) {
  return answeringEngine('Docker/20.10.24 (linux)', {
    'GET /version': json(VERSION),
    'GET /info': member(id),
    ...answers,
  });
}

interface Swarm {
  readonly nodes?: readonly object[];
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly replaceNetwork?: boolean;
  readonly signal?: AbortSignal;
}

async function found({
  nodes = [LEADER],
  answers = {},
  flags = {},
  facts = {},
  replaceNetwork,
  signal,
}: Swarm) {
  onTestFinished(() => selectMachines(undefined));
  const { docker } = await answeringEngine('Docker/20.10.24 (linux)', {
    ...{ 'GET /info': member('id-m1', true), 'GET /nodes': json(nodes), 'GET /containers/json': json([]) },
    ...answers,
  });
  const dir = await tempDir();
  const config = await loadConfig({ dir, flags: { swarm: true, ...flags } });
  const journal = { getFact: ({ key }: { readonly key: string }) => facts[key] } as never;
  const request = {
    config,
    goal: { until: 'up' as const },
    dir,
    replaceNetwork,
    signal: signal ?? new AbortController().signal,
  };
  return swarmOf(request, 'fw-unit', docker, journal);
}

async function refusal(swarm: Swarm) {
  const error = await found(swarm).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof WizardFailure && error.failure.kind === 'usage') return error.failure;
  throw new Error(`expected a usage failure, got ${String(error)}`);
}

describe('the machines of a Swarm', () => {
  it('are the nodes that get nodes of the network, reached at the addresses that are named', async () => {
    const { docker } = await engine('id-m2');
    const nodes = [LEADER, node('m2'), node('m3'), node('m4', { Spec: { Availability: 'drain' } })];
    const swarm = await found({
      nodes,
      flags: { placement: 'Org2=m2,orderers=m1', machines: `m2=${docker.endpoint}` },
    });
    expect(swarm?.machines).toEqual({ selected: 'm1', others: [{ name: 'm2', endpoint: docker.endpoint }] });
    expect(Object.fromEntries(swarm?.owners ?? [])).toEqual({ Org1: ['m1'], Org2: ['m2'], orderers: ['m1'] });
  });

  it('have one entry of a machine that has joined again', async () => {
    const nodes = [LEADER, node('m1', { ID: 'old', Status: { State: 'down', Addr: '10.0.0.1' } })];
    expect((await found({ nodes }))?.machines).toEqual({ selected: 'm1', others: [] });
  });

  it('are asked for again while a manager that has just started has not heard from them', async () => {
    const { docker } = await engine('id-m2');
    const states = ['unknown', 'unknown', 'ready'];
    const heard: Answer = (request, response) => {
      const Status = { State: states.shift() ?? 'ready', Addr: '10.0.0.2' };
      return json([LEADER, node('m2', { Status })])(request, response);
    };
    const swarm = await found({
      answers: { 'GET /nodes': heard },
      flags: { machines: `m2=${docker.endpoint}` },
    });
    expect(states).toEqual([]);
    expect(swarm?.machines.others.map(({ name }) => name)).toEqual(['m2']);
  });

  it('are not looked for if the network has one engine', async () => {
    expect(await found({ flags: { swarm: false } })).toBeUndefined();
  });

  it('are also those on which nodes of the replaced network run', async () => {
    const running = json([
      {
        ...{ Id: 'c', Names: ['/fw-unit-peer0'], Image: 'acme/peer:1', ImageID: 'sha256:1', Ports: [] },
        ...{
          State: 'running',
          Labels: nodeLabels('fw-unit', 'peer0'),
          HostConfig: { NetworkMode: 'fw-unit' },
        },
      },
    ]);
    const [m2, m3, m4] = [
      await engine('id-m2', { 'GET /containers/json': running }),
      await engine('id-m3', { 'GET /containers/json': running }),
      await engine('id-m4', { 'GET /containers/json': json([]) }),
    ];
    const endpoints = { m2: m2.docker.endpoint, m3: m3.docker.endpoint, m4: m4.docker.endpoint };
    const machines = Object.entries({ ...endpoints, m5: `unix://${await tempDir()}/no.sock` });
    const others = machines.map(([name, endpoint]) => ({ name, endpoint }));
    const swarm = await found({
      // The last two have no such nodes: m5 is gone.
      nodes: [LEADER, ...others.map(({ name }) => node(name))],
      flags: {
        placement: 'Org1=m1,Org2=m3,orderers=m1',
        machines: machines.map((each) => each.join('=')).join(','),
      },
      facts: {
        [STATE_KEYS.engine.key]: { machines: { selected: 'm1', others } },
        [STATE_KEYS.crypto.key]: {
          placedBy: 'Org1=m4,Org2=m2',
          placement: { peer0: 'm2', peer1: 'm4', p2: 'm5' },
        },
      },
      replaceNetwork: true,
    });
    expect(swarm?.machines.others.map(({ name }) => name)).toEqual(['m2', 'm3']);
  });

  it('stay those of a network that runs on them', async () => {
    const { docker } = await socketEngine({ containers: [nodeContainer('fw-unit', 'cli')] });
    const dir = await tempDir();
    const config = await loadConfig({ dir, flags: {} });
    const facts = {
      [STATE_KEYS.engine.key]: {
        machines: { selected: 'm1', others: [{ name: 'm2', endpoint: 'tcp://h:1' }] },
      },
    };
    const journal = { getFact: ({ key }: { readonly key: keyof typeof facts }) => facts[key] } as never;
    const request = { config, goal: { until: 'up' as const }, dir, signal: new AbortController().signal };
    await expect(swarmOf(request, 'fw-unit', docker, journal)).rejects.toMatchObject({
      failure: { kind: 'usage', message: { key: 'usage.runs-in-swarm', machines: 'm1, m2' } },
    });
  });
});

describe('what is no usable Swarm', () => {
  const noNodes = { 'GET /nodes': json({ message: 'This node is not a swarm manager.' }, 503) };

  it.each([
    ['is in none', { ...noNodes, 'GET /info': member('') }, 'usage.no-swarm', 'docker swarm init'],
    ['is a worker', { ...noNodes, 'GET /info': member('id-m1') }, 'usage.swarm-worker', 'docker info'],
    ['has no leader', noNodes, 'usage.swarm-leaderless', 'docker info'],
    [
      'knows none',
      { 'GET /info': json({}), 'GET /nodes': json({ cause: '' }, 404) },
      'usage.no-swarm',
      'docker swarm init',
    ],
  ])('is told if the engine %s', async (_, answers, key, next) => {
    const failure = await refusal({ answers });
    expect(failure).toMatchObject({ message: { key, endpoint: expect.stringContaining('unix://') } });
    expect(failure.next[0]).toBe(next);
  });

  it('is told if two nodes have one name', async () => {
    const message = { key: 'usage.same-machines', name: 'm2' };
    expect(await refusal({ nodes: [LEADER, node('m2'), node('M2', { ID: 'other' })] })).toMatchObject({
      message,
    });
  });

  it('is told if an address is for a node that is not there', async () => {
    const nodes = [LEADER, node('machine2')];
    expect(await refusal({ nodes, flags: { machines: 'machin2=tcp://h:1' } })).toMatchObject({
      message: { key: 'usage.no-such-machine', name: 'machin2', machines: 'm1, machine2' },
      next: ['docker node ls', 'fabric-wizard up --swarm --machines machine2=tcp://h:1'],
    });
  });
});

describe('a machine that cannot be used', () => {
  const nodes = [LEADER, node('m2')];

  it('is told if nothing answers at its address', async () => {
    const endpoint = `unix://${await tempDir()}/no.sock`;
    const failure = await refusal({ nodes, flags: { machines: `m2=${endpoint}` } });
    expect(helpFor(failure).exitCode).toBe(1);
    expect(failure).toMatchObject({
      message: { key: 'usage.machine-silent', name: 'm2', endpoint },
      next: ['fabric-wizard up --swarm --machines m2=ssh://USER@HOST', 'docker node ls'],
    });
  });

  it('is told with what its engine says', async () => {
    const { docker } = await engine('id-m2', { 'GET /info': json({ message: 'the daemon starts' }, 500) });
    const failure = await refusal({ nodes, flags: { machines: `m2=${docker.endpoint}` } });
    expect(failure.message).toMatchObject({ key: 'usage.machine-silent', detail: 'the daemon starts' });
  });

  it('is told if another node answers there', async () => {
    const { docker } = await engine('id-m3');
    const failure = await refusal({ nodes, flags: { machines: `m2=${docker.endpoint}` } });
    expect(failure.message).toMatchObject({ key: 'usage.other-machine', name: 'm2' });
    expect(helpFor(failure).exitCode).toBe(2);
  });

  it('does not delay a cancellation', async () => {
    const abort = new AbortController();
    const { docker } = await answeringEngine('Docker/20.10.24 (linux)', {
      'GET /version': () => abort.abort(),
    });
    const search = found({ nodes, flags: { machines: `m2=${docker.endpoint}` }, signal: abort.signal });
    await expect(search).rejects.toBeInstanceOf(CancelledError);
  });
});

it('is told if ledgers of the network are on a machine that is not used', async () => {
  const spec = await writeNetwork(await tempDir());
  const owners = new Map(['Org1', 'Org2', 'orderers'].map((owner) => [owner, ['m1']]));
  const swarm = { machines: { selected: 'm1', others: [] }, owners };
  const placement = { 'peer0.org2.example.com': 'm2' };
  expect(() => placed(spec, swarm, { placement })).toThrow(
    expect.objectContaining({
      failure: expect.objectContaining({ message: { key: 'usage.machine-gone', machine: 'm2' } }),
    }),
  );
  expect(placed(spec, swarm, undefined).placement).toMatchObject({ 'peer0.org2.example.com': 'm1' });
});
