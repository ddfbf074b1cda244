import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import type { ContainerInfo } from '../../../../src/pipeline/engine/engine-types.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { removeStarted, startedByRun } from '../../../../src/pipeline/run/cancelled-run.ts';
import { projectContext, TEST_PROJECT } from '../../../support/contexts.ts';
import { nodeLabels } from '../../../support/fake-engine.ts';
import { socketEngine } from '../../../support/socket-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const PROJECT = 'fw-x';
const CCENV = 'sha256:ccenv';
const PEER = 'peer0.org1.example.com';

function container(name: string, more: Partial<ContainerInfo> = {}): ContainerInfo {
  return {
    id: name,
    name,
    image: 'some',
    imageId: 'sha256:some',
    state: 'running',
    status: 'Up',
    labels: {},
    command: 'sh',
    networks: ['default'],
    attached: [],
    volumes: [],
    ports: [],
    ...more,
  };
}

function node(name: string, more: Partial<ContainerInfo> = {}): ContainerInfo {
  return container(`${PROJECT}-${name}`, { labels: nodeLabels(PROJECT, name), networks: [PROJECT], ...more });
}

function chaincode(name: string): ContainerInfo {
  return container(name, { networks: [PROJECT] });
}

const BUILD = { imageId: CCENV, command: "/bin/sh -c 'go build -o /chaincode/output/chaincode'" };

async function doomed(
  before: Readonly<Record<string, string>>,
  now: readonly ContainerInfo[],
  restarted: readonly string[] = [],
  recreates = true,
) {
  const { values } = await loadConfig({ dir: await tempDir(), flags: { orgs: '2', peers: '1' } });
  const release = releaseOf('1.4.12');
  if (!release) throw new Error('no release');
  const context = {
    project: PROJECT,
    spec: networkSpec(values, release, PROJECT),
  };
  const ofRun = { before: new Map(Object.entries(before)), restarted: new Set(restarted), recreates };
  return startedByRun(context, ofRun, now, { id: CCENV, tags: ['acme/fabric-ccenv:1'] }).map(
    ({ name }) => name,
  );
}

describe('startedByRun', () => {
  it('takes nodes that did not run before, and what their peers made', async () => {
    const builds = [container('busy_bell', BUILD), container('calm_bell', { ...BUILD, networks: [PROJECT] })];
    const now = [node(PEER), chaincode(`${PROJECT}-${PEER}-mycc-1.0`), ...builds];
    expect(await doomed({}, now)).toEqual([
      `${PROJECT}-${PEER}`,
      `${PROJECT}-${PEER}-mycc-1.0`,
      'busy_bell',
      'calm_bell',
    ]);
  });

  it('leaves a network that ran before, with its chaincode, and takes the smoke test of this run', async () => {
    const before = {
      [`${PROJECT}-${PEER}`]: 'running',
      [`${PROJECT}-${PEER}-smoke-a-1.0`]: 'running',
      old_build: 'running',
    };
    const now = [
      node(PEER),
      chaincode(`${PROJECT}-${PEER}-mycc-1.0`),
      chaincode(`${PROJECT}-${PEER}-smoke-a-1.0`),
      chaincode(`${PROJECT}-${PEER}-smoke-b-1.0`),
      container('old_build', BUILD),
      container('new_build', BUILD),
    ];
    expect(await doomed(before, now)).toEqual([`${PROJECT}-${PEER}-smoke-b-1.0`, 'new_build']);
  });

  it('leaves the process that a service of a network that ran before has now, and takes that of a new network', async () => {
    const labels = { [LABEL.project]: PROJECT, [LABEL.role]: 'service' };
    const now = [node(PEER), container('service', { labels, networks: [PROJECT] })];
    expect(await doomed({ [`${PROJECT}-${PEER}`]: 'running' }, now)).toEqual([]);
    expect(await doomed({}, now)).toEqual([`${PROJECT}-${PEER}`, 'service']);
  });

  it('takes a node that was stopped before, or was being recreated', async () => {
    const before = { [`${PROJECT}-cli`]: 'exited', [`${PROJECT}-${PEER}`]: 'running' };
    expect(await doomed(before, [node('cli'), node(PEER, { state: 'exited' })])).toEqual([
      `${PROJECT}-cli`,
      `${PROJECT}-${PEER}`,
    ]);
  });

  it('leaves a gateway that was recreated for peers that keep running, and takes the new peer', async () => {
    const id = `${PROJECT}-${PEER}`;
    const now = [
      node(PEER, { volumes: [`${PROJECT}-gateway-${PEER}`] }),
      node('gateway', { id: 'recreated' }),
      node('peer1.org1.example.com', { volumes: [`${PROJECT}-gateway-peer1.org1.example.com`] }),
    ];
    expect(await doomed({ [id]: 'running', gateway: 'running' }, now)).toEqual([
      `${PROJECT}-peer1.org1.example.com`,
    ]);
  });

  it('takes a gateway that no peer used before', async () => {
    const id = `${PROJECT}-${PEER}`;
    expect(await doomed({ [id]: 'running' }, [node(PEER), node('gateway')])).toEqual([`${PROJECT}-gateway`]);
  });

  it('leaves a node that ended or was paused by somebody else while the run started no node', async () => {
    const before = { [`${PROJECT}-${PEER}`]: 'running', [`${PROJECT}-cli`]: 'running' };
    const now = [node(PEER, { state: 'exited' }), node('cli', { state: 'paused' })];
    expect(await doomed(before, now, [], false)).toEqual([]);
  });

  it('leaves a node that this run restarts, whatever its state just is', async () => {
    const id = `${PROJECT}-${PEER}`;
    expect(await doomed({ [id]: 'running' }, [node(PEER, { state: 'exited' })], [id])).toEqual([]);
  });

  it('never removes what belongs to others', async () => {
    const labels = { [LABEL.project]: 'fw-y', [LABEL.role]: 'node', [LABEL.node]: PEER };
    const work = { [LABEL.project]: 'fw-y', [LABEL.role]: 'work' };
    const fromImage = { [LABEL.project]: PROJECT, 'com.docker.compose.project': 'theirs' };
    const now = [
      container('my-peer', { labels: fromImage, networks: ['theirs'] }),
      container('my-shell', { imageId: CCENV, networks: [PROJECT] }),
      container(`${PROJECT}-${PEER}-mycc-1.0`, { networks: ['theirs'] }),
      container('fw-y-peer', { labels }),
      container('fw-y-work', { labels: work }),
      container('dev-peer0.org1.example.com-mycc-1.0'),
      container('postgres'),
    ];
    expect(await doomed({}, now)).toEqual([]);
  });

  it.each([PROJECT, 'fw-y'])('takes a build although a stage of %s runs in its image', async (project) => {
    const work = { [LABEL.project]: project, [LABEL.role]: 'work' };
    const compile = container('compile', { imageId: CCENV, labels: work });
    const now = [node(PEER), compile, container('busy_bell', BUILD)];
    expect(await doomed({ compile: 'running' }, now)).toEqual([`${PROJECT}-${PEER}`, 'busy_bell']);
  });

  it('leaves a build that may belong to the running peers of others', async () => {
    const theirs = container('their-peer', { image: 'acme/fabric-peer:1', networks: ['theirs'] });
    const build = container('busy_bell', BUILD);
    expect(await doomed({}, [node(PEER), theirs, build])).toEqual([`${PROJECT}-${PEER}`]);
    const ended = { ...theirs, state: 'exited' };
    expect(await doomed({}, [node(PEER), ended, build])).toEqual([`${PROJECT}-${PEER}`, 'busy_bell']);
  });
});

describe('removeStarted', () => {
  it('removes a process that was to replace another one, when no stage can still replace it', async () => {
    const dir = await tempDir();
    const serviceIn = (name: string) => ({
      ...{ id: name, name, networks: [TEST_PROJECT] },
      labels: { [LABEL.project]: TEST_PROJECT, [LABEL.role]: 'service', [LABEL.chaincode]: 'basic' },
    });
    const own = `${TEST_PROJECT}.chaincode.basic`;
    const peer = { id: 'peer', name: PEER, labels: nodeLabels(TEST_PROJECT, PEER), networks: [TEST_PROJECT] };
    const engine = await socketEngine({ containers: [peer, serviceIn(own), serviceIn(`${own}.next`)] });
    const journal = await openJournal(dir, { command: 'test' });
    onTestFinished(() => journal.close());
    const context = await projectContext({ dir, docker: engine.docker }, journal);
    const before = new Map([
      ['peer', 'running'],
      [own, 'running'],
    ]);
    let end: () => void = () => undefined;
    const stages = new Promise<void>((resolve) => {
      end = resolve;
    });
    const removing = removeStarted(context, { before, restarted: new Set(), recreates: true }, stages);
    const lists = () => engine.requests.filter((request) => request.endsWith('/containers/json')).length;
    await expect.poll(lists).toBeGreaterThan(2);
    expect(engine.containerIds()).toEqual(['peer', own, `${own}.next`]);
    end();
    await removing;
    expect(engine.containerIds()).toEqual(['peer', own]);
  });

  it('waits for late containers of running peers from the signal on, and not from the end of the stages', async () => {
    const peer = { id: 'peer', name: PEER, labels: nodeLabels(TEST_PROJECT, PEER), networks: [TEST_PROJECT] };
    const engine = await socketEngine({ containers: [peer] });
    const journal = await openJournal(await tempDir(), { command: 'test' });
    onTestFinished(() => journal.close());
    const context = await projectContext({ dir: await tempDir(), docker: engine.docker }, journal);
    const ofRun = { before: new Map([['peer', 'running']]), restarted: new Set<string>(), recreates: true };
    let end: () => void = () => undefined;
    const stages = new Promise<void>((resolve) => {
      end = resolve;
    });
    const removing = removeStarted(context, ofRun, stages);
    const lists = () => engine.requests.filter((request) => request.endsWith('/containers/json')).length;
    // It looks every 25 ms at most, so these are 0.75 s.
    await expect.poll(lists, { timeout: 20_000 }).toBeGreaterThan(30);
    const before = lists();
    end();
    await removing;
    expect(lists() - before).toBeLessThan(15);
  });

  it.each([
    ['starts the new one', 'exited', 'created', ['created']],
    ['starts none if the new one runs', 'exited', 'running', []],
  ])(
    'that was cancelled while compose replaced the gateway of running peers %s',
    async (_, old, now, starts) => {
      const dir = await tempDir();
      const nodeIn = (name: string, state: string, volumes: readonly string[]) => ({
        ...{ id: `id-of-${name}-${state}`, name: `${TEST_PROJECT}-${name}`, state, volumes },
        ...{ labels: nodeLabels(TEST_PROJECT, name), networks: [TEST_PROJECT] },
      });
      const engine = await socketEngine({
        containers: [
          nodeIn(PEER, 'running', [`${TEST_PROJECT}-gateway-${PEER}`]),
          nodeIn('gateway', old, []),
          nodeIn('gateway', now, []),
        ],
      });
      const journal = await openJournal(dir, { command: 'test' });
      onTestFinished(() => journal.close());
      const context = await projectContext({ dir, docker: engine.docker }, journal);
      const before = new Map([
        [`id-of-${PEER}-running`, 'running'],
        [`id-of-gateway-${old}`, 'running'],
      ]);
      await removeStarted(context, { before, restarted: new Set(), recreates: true }, Promise.resolve());
      const started = engine.requests.filter((request) => request.endsWith('/start'));
      expect(started.map((request) => request.split('/').at(-2))).toEqual(
        starts.map((state) => `id-of-gateway-${state}`),
      );
      expect(engine.containerIds()).toEqual([`id-of-${PEER}-running`, `id-of-gateway-${now}`]);
    },
  );

  it('that was cancelled while compose replaced the gateways of two machines starts one of each', async () => {
    const dir = await tempDir();
    const nodeIn = (name: string, state: string, volumes: readonly string[] = []) => ({
      ...{ id: `${name}-${state}`, name: `${TEST_PROJECT}-${name}`, state, volumes },
      ...{ labels: nodeLabels(TEST_PROJECT, name), networks: [TEST_PROJECT] },
    });
    const engine = await socketEngine({
      containers: [
        nodeIn(PEER, 'running', [`${TEST_PROJECT}-gateway-${PEER}`]),
        ...['gateway-m1', 'gateway-m2'].flatMap((name) => [nodeIn(name, 'exited'), nodeIn(name, 'created')]),
      ],
    });
    const journal = await openJournal(dir, { command: 'test' });
    onTestFinished(() => journal.close());
    const context = await projectContext({ dir, docker: engine.docker }, journal);
    const before = new Map(
      [`${PEER}-running`, 'gateway-m1-exited', 'gateway-m2-exited'].map((id) => [id, 'running']),
    );
    await removeStarted(context, { before, restarted: new Set(), recreates: true }, Promise.resolve());
    expect(engine.containerIds()).toEqual([`${PEER}-running`, 'gateway-m1-created', 'gateway-m2-created']);
    expect(engine.requests.filter((request) => request.endsWith('/start'))).toHaveLength(2);
  });

  it('removes builds of chaincode in the builder image that the user has chosen', async () => {
    const dir = await tempDir();
    const engine = await socketEngine({
      images: [{ id: 'sha256:own', tags: ['acme/builder:1'] }],
      containers: [
        { id: 'build', name: 'busy_bell', ...BUILD, imageId: 'sha256:own', labels: {} },
        { id: 'shell', name: 'calm_cat', imageId: 'sha256:own', command: 'bash', labels: {} },
        { id: 'other', name: 'shy_owl', ...BUILD, labels: {} },
      ],
    });
    const journal = await openJournal(dir, { command: 'test' });
    onTestFinished(() => journal.close());
    const flags = { chaincodeBuilder: 'acme/builder:1' };
    const context = await projectContext({ dir, docker: engine.docker, flags }, journal);
    await removeStarted(
      context,
      { before: new Map(), restarted: new Set(), recreates: true },
      Promise.resolve(),
    );
    expect(engine.containerIds()).toEqual(['shell', 'other']);
  });
});
