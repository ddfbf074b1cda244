import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { AsyncSignal } from '../../../../src/pipeline/core/async-signal.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import type { NetworkEvent } from '../../../../src/pipeline/network/network-events.ts';
import { type NetworkSpec, networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { watchNetwork } from '../../../../src/pipeline/network/network-watch.ts';
import { FakeEngine, nodeContainer } from '../../../support/fake-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const PROJECT = 'fw-test';
const ORDERER = 'orderer.example.com';
const PEER = 'peer0.org1.example.com';
/** No node listens on it. */
const CLOSED_PORT = 1;

type EventOf<T extends NetworkEvent['type']> = Extract<NetworkEvent, { readonly type: T }>;

/** One orderer and one peer without TLS. */
async function oneOfEach(peerPort = CLOSED_PORT): Promise<NetworkSpec> {
  const release = releaseOf('1.4.12');
  if (!release) throw new Error('no release 1.4.12');
  const flags = { orgs: '1', peers: '1', tls: false };
  const { values } = await loadConfig({ dir: await tempDir(), flags });
  const spec = networkSpec(values, release, PROJECT);
  return {
    ...spec,
    orderers: spec.orderers.map((orderer) => ({ ...orderer, port: CLOSED_PORT })),
    orgs: spec.orgs.map((org) => ({ ...org, peers: org.peers.map((peer) => ({ ...peer, port: peerPort })) })),
  };
}

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

class Watch {
  readonly engine: FakeEngine;
  readonly changed = new AsyncSignal();
  readonly #abort = new AbortController();
  readonly #events: AsyncGenerator<NetworkEvent>;

  constructor(engine: FakeEngine, spec: NetworkSpec) {
    this.engine = engine;
    const { changed } = this;
    const swapped = async () => engine.swapped;
    const network = { docker: engine, project: PROJECT, spec, swapped, changed };
    this.#events = watchNetwork(network, this.#abort.signal);
    stops.push(() => this.stop());
  }

  /** Waits for an event; earlier events are dropped. */
  async next<T extends NetworkEvent['type']>(
    type: T,
    matches: (event: EventOf<T>) => boolean = () => true,
  ): Promise<EventOf<T>> {
    for (;;) {
      const { value, done } = await this.#events.next();
      if (done) throw new Error('the watch has ended');
      if (value.type === type && matches(value as EventOf<T>)) return value as EventOf<T>;
    }
  }

  /** Waits for the next event of one of these types. */
  async nextOf(...types: readonly NetworkEvent['type'][]): Promise<NetworkEvent> {
    for (;;) {
      const { value, done } = await this.#events.next();
      if (done) throw new Error('the watch has ended');
      if (types.includes(value.type)) return value;
    }
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    for await (const _ of this.#events);
  }
}

async function watchOf(
  spec?: NetworkSpec,
  nodes: readonly string[] = [ORDERER, PEER, 'cli'],
): Promise<Watch> {
  const engine = new FakeEngine(nodes.map((node) => nodeContainer(PROJECT, node)));
  return new Watch(engine, spec ?? (await oneOfEach()));
}

function stateOf({ nodes }: EventOf<'snapshot'>, node: string): string | undefined {
  return nodes.find((each) => each.node === node)?.state;
}

describe('snapshots', () => {
  it('have the nodes and chaincodes of the project only', async () => {
    const hash = 'a'.repeat(64);
    const engine = new FakeEngine([
      nodeContainer(PROJECT, ORDERER),
      nodeContainer(PROJECT, PEER),
      nodeContainer('other', PEER, { id: 'other' }),
      { ...nodeContainer(PROJECT, ''), id: 'cc', labels: {}, name: `${PROJECT}-${PEER}-smoke-1.0-${hash}` },
      nodeContainer(PROJECT, 'theirs', { id: 'committed', networks: ['bridge'] }),
      nodeContainer(PROJECT, '', {
        id: 'theirs',
        name: `${PROJECT}-${PEER}-a-1`,
        labels: {},
        networks: ['n'],
      }),
    ]);
    const snapshot = await new Watch(engine, await oneOfEach()).next('snapshot');
    expect(snapshot.nodes.map(({ node, role, state }) => [node, role, state])).toEqual([
      [ORDERER, 'orderer', 'running'],
      [PEER, 'peer', 'running'],
      ['gateway', 'gateway', 'removed'],
      ['cli', 'cli', 'removed'],
    ]);
    expect(snapshot.chaincodes).toEqual([
      { peer: PEER, container: 'cc', chaincode: 'smoke-1.0', running: true },
    ]);
  });

  it('are empty without a network', async () => {
    expect(await (await watchOf(undefined, [])).next('snapshot')).toMatchObject({
      nodes: [],
      chaincodes: [],
    });
  });

  it('follow the events of the engine', async () => {
    const watch = await watchOf();
    await watch.next('snapshot');
    watch.engine.set(nodeContainer(PROJECT, PEER, { state: 'exited', exitCode: 137 }), 'die');
    const exited = await watch.next('snapshot', (event) => stateOf(event, PEER) === 'exited');
    expect(exited.nodes.find(({ node }) => node === PEER)).toMatchObject({ exitCode: 137 });
    watch.engine.remove(`id-of-${PEER}`);
    const removed = await watch.next('snapshot', (event) => stateOf(event, PEER) === 'removed');
    expect(stateOf(removed, ORDERER)).toBe('running');
  });

  it('have nodes whose machine does not answer, until it is back', async () => {
    const spec = await oneOfEach();
    const placement = { [ORDERER]: 'near', [PEER]: 'far', gateway: 'near', cli: 'near' };
    const engine = new FakeEngine([ORDERER, PEER, 'cli'].map((node) => nodeContainer(PROJECT, node)));
    engine.machines = placement;
    const watch = new Watch(engine, { ...spec, placement });
    expect((await watch.next('snapshot')).nodes.find(({ node }) => node === PEER)).toMatchObject({
      state: 'running',
      machine: 'far',
    });
    const before = Date.now();
    engine.cut('far');
    const lost = await watch.next('snapshot', (event) => stateOf(event, PEER) === 'unreachable');
    expect(stateOf(lost, ORDERER)).toBe('running');
    expect(lost.nodes.find(({ node }) => node === PEER)).toMatchObject({ container: `id-of-${PEER}` });
    expect(lost.machines).toEqual([{ machine: 'far', state: 'unreachable', since: expect.any(Number) }]);
    expect(lost.machines?.[0]?.since).toBeGreaterThanOrEqual(before);
    engine.join('far');
    const back = await watch.next('snapshot', (event) => stateOf(event, PEER) === 'running');
    expect(back.machines).toBeUndefined();
    // Its log is followed again: what followed it may hang.
    expect(engine.followed.filter(({ id }) => id === `id-of-${PEER}`)).toHaveLength(2);
    expect(engine.followed.filter(({ id }) => id === `id-of-${ORDERER}`)).toHaveLength(1);
  });

  it('tell that a machine is drained', async () => {
    const spec = await oneOfEach();
    const engine = new FakeEngine([nodeContainer(PROJECT, 'cli')]);
    const watch = new Watch(engine, { ...spec, placement: { cli: 'near' } });
    await watch.next('snapshot');
    engine.drain('near');
    const drained = await watch.next('snapshot', ({ machines }) => machines !== undefined);
    expect(drained.machines).toEqual([{ machine: 'near', state: 'drain' }]);
  });

  it('tell which image has the programs that were copied into a node', async () => {
    const content = (program: string) => ({
      [LABEL.content]: JSON.stringify({ programs: { peer: program }, rest: 'r' }),
    });
    const peer = nodeContainer(PROJECT, PEER);
    const engine = new FakeEngine([{ ...peer, labels: { ...peer.labels, ...content('old') } }]);
    engine.image = { id: 'sha256:1', labels: content('old') };
    const watch = new Watch(engine, await oneOfEach());
    const next = async (id: string, isAhead: boolean) => {
      watch.changed.notify();
      await watch.next('snapshot', ({ nodes }) =>
        nodes.some(
          (node) => node.node === PEER && node.imageId === id && (node.isAhead ?? false) === isAhead,
        ),
      );
    };
    await next('sha256:1', false);
    engine.swapped = { [peer.id]: { peer: 'new' } };
    await next('sha256:1', true);
    engine.image = { id: 'sha256:2', labels: content('new') };
    await next('sha256:2', false);
  });

  it('continue after the engine was lost', async () => {
    const watch = await watchOf();
    await watch.next('snapshot');
    watch.engine.endEvents();
    await watch.next('engine-lost');
    expect(stateOf(await watch.next('snapshot'), PEER)).toBe('running');
    // The log streams ended with the engine, and are opened again.
    expect(watch.engine.followed.filter(({ id }) => id === `id-of-${PEER}`)).toHaveLength(2);
  });
});

describe('logs', () => {
  const at = (seconds: number) => `2026-11-29T04:00:0${seconds}.000000000Z`;

  it('come in order of time, with the height that they show', async () => {
    const watch = await watchOf();
    await watch.next('snapshot');
    watch.engine.print(`id-of-${PEER}`, at(2), '[mychannel] Committed block [4] with 1 transaction(s)');
    watch.engine.print(`id-of-${ORDERER}`, at(1), 'Writing block [4]');
    watch.engine.print(`id-of-${PEER}`, at(3), '[another] Committed block [9] with 1 transaction(s)');
    const { lines } = await watch.next('lines');
    expect(lines.map(({ node, line }) => [node, line.slice(0, 13)])).toEqual([
      [ORDERER, 'Writing block'],
      [PEER, '[mychannel] C'],
      [PEER, '[another] Com'],
    ]);
    expect(await watch.next('height')).toMatchObject({ node: PEER, height: 5 });
  });

  it('show the height of a channel that the peer is on', async () => {
    const one = await oneOfEach();
    const channelSettings = { mychannel: { organisations: ['Org2'] } };
    const watch = await watchOf({ ...one, channels: ['mychannel', 'another'], channelSettings });
    await watch.next('snapshot');
    watch.engine.print(`id-of-${PEER}`, at(1), '[another] Committed block [9] with 1 transaction(s)');
    expect(await watch.next('height')).toMatchObject({ node: PEER, height: 10 });
  });

  it('tell which request the gateway refused; a peer cannot pretend it', async () => {
    const watch = await watchOf(undefined, [ORDERER, PEER, 'cli', 'gateway']);
    await watch.next('snapshot');
    const refused = { type: 'refused', peer: PEER, request: 'POST /exec', reason: 'no', time: at(1) };
    watch.engine.print(`id-of-${PEER}`, at(1), JSON.stringify({ ...refused, reason: 'pretended' }));
    watch.engine.print('id-of-gateway', at(2), JSON.stringify(refused));
    expect(await watch.next('refused')).toMatchObject(refused);
  });

  it('continue after a restart without repeated lines', async () => {
    const watch = await watchOf();
    await watch.next('snapshot');
    watch.engine.print(`id-of-${PEER}`, at(1), 'before');
    await watch.next('lines');
    watch.engine.set(nodeContainer(PROJECT, PEER, { startedAt: 2000 }), 'start');
    await watch.next('snapshot', ({ nodes }) => nodes.some(({ startedAt }) => startedAt === 2000));
    expect(watch.engine.followed.at(-1)).toEqual({ id: `id-of-${PEER}`, since: Date.parse(at(1)) });
    watch.engine.print(`id-of-${PEER}`, at(1), 'before');
    watch.engine.print(`id-of-${PEER}`, at(2), 'after');
    expect((await watch.next('lines')).lines.map(({ line }) => line)).toEqual(['after']);
  });
});

describe('readiness', () => {
  it('is reported with the height once the port accepts connections', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    stops.push(async () => {
      server.close();
    });
    const watch = await watchOf(await oneOfEach((server.address() as AddressInfo).port));
    watch.engine.stdout = 'Blockchain info: {"height":7,"currentBlockHash":"x"}';
    expect(await watch.next('answers')).toMatchObject({ node: PEER, container: `id-of-${PEER}` });
    expect(await watch.next('height')).toMatchObject({ node: PEER, height: 7 });
    expect(watch.engine.commands).toEqual([['peer', 'channel', 'getinfo', '-c', 'mychannel']]);
  });
});

it('measures the usage of running nodes', async () => {
  const watch = await watchOf();
  watch.engine.set(nodeContainer(PROJECT, ORDERER, { state: 'exited' }), 'die');
  const { usage } = await watch.next('usage');
  expect(Object.keys(usage).sort()).toEqual(['cli', PEER]);
});

it('ticks between the measurements while a node is young', async () => {
  const young = new FakeEngine([nodeContainer(PROJECT, PEER, { startedAt: Date.now() })]);
  const watch = new Watch(young, await oneOfEach());
  const first = await watch.next('tick');
  expect((await watch.next('tick')).at - first.at).toBeLessThan(5000);
  const old = await watchOf();
  // The second measurement comes two seconds after the first state.
  const seen = [await old.nextOf('tick', 'usage'), await old.nextOf('tick', 'usage')];
  expect(seen.map(({ type }) => type)).toEqual(['usage', 'usage']);
});

it('ends with its signal, and stops watching the engine', async () => {
  const watch = await watchOf();
  await watch.next('snapshot');
  expect(watch.engine.isWatched).toBe(true);
  await watch.stop();
  expect(watch.engine.isWatched).toBe(false);
});
