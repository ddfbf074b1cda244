/** Engines of several machines as one: real connections to engines that answer as a test says. */
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { leanDockerode } from '../../../../scripts/lean-dockerode.mjs';
import { CancelledError } from '../../../../src/pipeline/core/failure.ts';
import type { EngineEvent } from '../../../../src/pipeline/engine/engine-types.ts';
import { MachinesPort } from '../../../../src/pipeline/engine/machines-port.ts';
import { MACHINE_EVENT } from '../../../../src/pipeline/engine/other-machine.ts';
import { type Answer, answeringEngine, json } from '../../../support/answering-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** How an engine behaves: `silent` accepts a request and never answers, `gone` closes the connection. */
type Mood = 'answers' | 'silent' | 'gone' | 'starts';

function listed(name: string) {
  return {
    ...{ Id: `id-of-${name}`, Names: [`/${name}`], Image: 'acme/peer:1', ImageID: 'sha256:1', Ports: [] },
    State: 'running',
  };
}

function inspected(name: string) {
  return {
    ...{ Id: `id-of-${name}`, Name: `/${name}`, Image: 'sha256:1', Mounts: [], Created: '' },
    State: { Status: 'running', Running: true },
    Config: { Image: 'acme/peer:1' },
    HostConfig: {},
    NetworkSettings: {},
  };
}

/** An engine that has these containers. */
async function machine(names: string[]) {
  const state: { mood: Mood } = { mood: 'answers' };
  const streams: ServerResponse[] = [];
  const answers: Readonly<Record<string, Answer>> = {
    'GET /containers/json': (...ends) => json(names.map(listed))(...ends),
    'GET /containers/': (request, response) => {
      const name = names.find((each) => request.url?.split('/')[2]?.replace('id-of-', '') === each);
      json(name === undefined ? { message: 'no such container' } : inspected(name), name ? 200 : 404)(
        request,
        response,
      );
    },
    'GET /version': json({ ApiVersion: '1.41', Version: '20.10.24' }),
    'POST /containers/': json(undefined, 204),
    'GET /events': (_, response) => {
      streams.push(response);
      response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
    },
  };
  const moody = Object.entries(answers).map(([start, answer]): [string, Answer] => [
    start,
    (request, response) => {
      if (state.mood === 'gone') request.socket.destroy();
      if (state.mood === 'starts') json({ message: 'the daemon starts' }, 500)(request, response);
      if (state.mood === 'answers') answer(request, response);
    },
  ]);
  const { docker, requests } = await answeringEngine('Docker/20.10.24 (linux)', Object.fromEntries(moody));
  return {
    endpoint: docker.endpoint,
    requests,
    names,
    /** Tells an event to all that listen. */
    tell: (action: string) => {
      const event = { Type: 'container', Action: action, Actor: { ID: 'c', Attributes: {} } };
      for (const stream of streams) stream.write(`${JSON.stringify(event)}\n`);
    },
    listeners: () => streams.filter(({ destroyed }) => !destroyed).length,
    become: (mood: Mood) => {
      state.mood = mood;
      if (mood === 'gone') for (const stream of streams) stream.destroy();
    },
  };
}

/** Two machines, `m1` with the selected engine, as one. */
async function network(own: string[] = ['cli', 'peer0'], others: string[] = ['peer1', 'peer2']) {
  const [m1, m2] = [await machine(own), await machine(others)];
  const abort = new AbortController();
  const docker = new MachinesPort(
    {
      ...{ endpoint: m1.endpoint, origin: { kind: 'variable' } },
      machines: { selected: 'm1', others: [{ name: 'm2', endpoint: m2.endpoint }] },
    },
    abort.signal,
  );
  const watch = async () => {
    const events: EngineEvent[] = [];
    const ends: unknown[] = [];
    const stop = await docker.watchEvents(
      {},
      (event) => events.push(event),
      (lost) => ends.push(lost),
    );
    onTestFinished(stop);
    const ofMachines = () =>
      events.flatMap(({ type, id, action }) => (type === MACHINE_EVENT ? [`${id} ${action}`] : []));
    return { events, ends, stop, ofMachines };
  };
  return { docker, m1, m2, abort, watch };
}

async function placesIn(docker: MachinesPort): Promise<string[]> {
  return (await docker.listContainers()).map(({ machine: place, name }) => `${place} ${name}`);
}

describe('the containers of several machines', () => {
  it('are one list, with the machine of each', async () => {
    const { docker } = await network();
    expect(await placesIn(docker)).toEqual(['m1 cli', 'm1 peer0', 'm2 peer1', 'm2 peer2']);
    expect(docker.unreachable).toEqual([]);
  });

  it('are never on the engine of another machine', async () => {
    const { docker, m1, m2 } = await network();
    const endpoints = [undefined, 'm1', 'm2'].map((name) => docker.on(name).endpoint);
    expect(endpoints).toEqual([m1.endpoint, m1.endpoint, m2.endpoint]);
    expect(() => docker.on('m9')).toThrow('no engine of m9');
  });

  it('get their requests on their own machine, by id and by name', async () => {
    const { docker, m1, m2 } = await network();
    await docker.listContainers();
    for (const id of ['id-of-cli', 'id-of-peer1', 'peer2']) await docker.startContainer(id);
    const starts = (requests: readonly string[]) => requests.filter((line) => line.endsWith('/start'));
    expect(starts(m1.requests)).toEqual(['POST /containers/id-of-cli/start']);
    expect(starts(m2.requests)).toEqual([
      'POST /containers/id-of-peer1/start',
      'POST /containers/peer2/start',
    ]);
    // What the list has told is not asked again.
    expect(m1.requests.filter((line) => line.startsWith('GET'))).toHaveLength(1);
  });

  it('are found by a name that no list has told, and then by their id', async () => {
    const { docker, m1, m2 } = await network();
    expect((await docker.inspectContainer('peer1'))?.id).toBe('id-of-peer1');
    const asked = m1.requests.length;
    await docker.pauseContainer('id-of-peer1');
    expect(m1.requests.length).toBe(asked);
    expect(m2.requests.at(-1)).toBe('POST /containers/id-of-peer1/pause');
    expect(await docker.inspectContainer('peer9')).toBeUndefined();
  });

  it('are found again when another one has their name on the selected engine', async () => {
    const { docker, m1, m2 } = await network();
    await docker.listContainers();
    m1.names.push(...m2.names.splice(0));
    await docker.listContainers();
    expect((await docker.inspectContainer('peer1'))?.id).toBe('id-of-peer1');
    await docker.startContainer('peer1');
    expect(m1.requests).toContain('POST /containers/peer1/start');
  });
});

describe('a machine that does not answer', () => {
  it('is missing in the list, is not asked again at once, and is there again when it is back', async () => {
    const { docker, m2 } = await network();
    m2.become('gone');
    expect(await placesIn(docker)).toEqual(['m1 cli', 'm1 peer0']);
    expect(docker.unreachable).toEqual(['m2']);
    m2.become('answers');
    const asked = m2.requests.length;
    expect(await placesIn(docker)).toHaveLength(2);
    expect(m2.requests.length).toBe(asked);
    await vi.waitFor(async () => expect(await placesIn(docker)).toHaveLength(4), { timeout: 5000 });
    expect(docker.unreachable).toEqual([]);
  });

  it('costs a question four seconds, cancels no other one, and is told as an event', async () => {
    const { docker, m2, watch } = await network();
    await docker.listContainers();
    const { ofMachines } = await watch();
    m2.become('silent');
    const begun = performance.now();
    const early = docker.listContainers();
    // A later question shares the connection, whose end is no cancellation by the user.
    await vi.waitFor(() => expect(m2.requests).toHaveLength(3));
    // That the machine does not tell does not mean that it has no such container.
    const late = [docker.inspectContainer('id-of-peer1'), docker.on('m2').listContainers()].map((asked) =>
      expect(asked).rejects.toMatchObject({ failure: { kind: 'engine', problem: 'gone' } }),
    );
    expect(await early).toHaveLength(2);
    await Promise.all(late);
    const took = performance.now() - begun;
    expect(took).toBeGreaterThan(3900);
    expect(took).toBeLessThan(4900);
    await vi.waitFor(() => expect(ofMachines()).toEqual(['m2 lost']));
  });

  it('does not delay a cancellation', async () => {
    const { docker, m2, abort } = await network();
    m2.become('silent');
    const list = docker.listContainers();
    const begun = performance.now();
    abort.abort();
    await expect(list).rejects.toBeInstanceOf(CancelledError);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it('is told from one that refuses', async () => {
    const { docker, m2 } = await network();
    m2.become('starts');
    await expect(docker.listContainers()).rejects.toMatchObject({ failure: { kind: 'engine-refused' } });
  });
});

describe('the events of several machines', () => {
  it('come from all of them, until they are stopped', async () => {
    const { m1, m2, watch } = await network();
    const { events, stop } = await watch();
    m1.tell('start');
    m2.tell('die');
    await vi.waitFor(() => expect(events.map(({ action }) => action).sort()).toEqual(['die', 'start']));
    stop();
    await vi.waitFor(() => expect([m1.listeners(), m2.listeners()]).toEqual([0, 0]));
  });

  it('tell that a machine has gone and is back, while its engine starts', async () => {
    const { m2, watch } = await network();
    const { events, ends, ofMachines } = await watch();
    m2.become('gone');
    await vi.waitFor(() => expect(ofMachines()).toEqual(['m2 lost']));
    m2.become('starts');
    const asked = m2.requests.length;
    await vi.waitFor(() => expect(m2.requests.length).toBeGreaterThan(asked), { timeout: 5000 });
    m2.become('answers');
    await vi.waitFor(() => expect(ofMachines()).toEqual(['m2 lost', 'm2 back']), { timeout: 5000 });
    m2.tell('start');
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ type: 'container', action: 'start' }));
    expect(ends).toEqual([]);
  });

  it('tell it of a machine that was gone before', async () => {
    const { m2, watch } = await network();
    m2.become('gone');
    const { ofMachines } = await watch();
    expect(ofMachines()).toEqual(['m2 lost']);
    m2.become('answers');
    await vi.waitFor(() => expect(ofMachines()).toEqual(['m2 lost', 'm2 back']), { timeout: 5000 });
  });

  it('end with the selected engine', async () => {
    const { m1, m2, watch } = await network();
    const { ends, ofMachines } = await watch();
    m1.become('gone');
    await vi.waitFor(() => expect(ends).toHaveLength(1));
    await vi.waitFor(() => expect(m2.listeners()).toBe(0));
    expect(ofMachines()).toEqual([]);
  });

  it('leave nothing open when the selected engine refuses them', async () => {
    const { docker, m1, m2 } = await network();
    m1.become('starts');
    await expect(docker.watchEvents({}, () => undefined)).rejects.toThrow('the daemon starts');
    await vi.waitFor(() => expect(m2.listeners()).toBe(0));
  });
});

it('lets a process end that has asked a machine in vain', async () => {
  const { m1, m2 } = await network();
  m2.become('silent');
  const outfile = join(await tempDir(), 'ask.mjs');
  const machines = { selected: 'm1', others: [{ name: 'm2', endpoint: m2.endpoint }] };
  const address = { endpoint: m1.endpoint, origin: { kind: 'variable' }, machines };
  await build({
    stdin: {
      contents: `
        import { MachinesPort } from './src/pipeline/engine/machines-port.ts';
        const docker = new MachinesPort(${JSON.stringify(address)});
        const watching = docker.watchEvents({}, () => undefined);
        console.log((await docker.listContainers()).length, docker.unreachable.join());
        (await watching)();`,
      resolveDir: ROOT,
    },
    ...{ bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'silent' },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    plugins: [leanDockerode],
  });
  const { stdout } = await execa('node', [outfile], { timeout: 8000 });
  expect(stdout).toBe('2 m2');
});
