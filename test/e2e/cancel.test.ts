/** Ctrl-C, SIGTERM and SIGKILL in every part of a run, on a real engine: what is left, and how the next run goes on. */
import { constants } from 'node:fs';
import { access, cp, mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CancelledError } from '../../src/pipeline/core/failure.ts';
import { DockerPort } from '../../src/pipeline/engine/docker-port.ts';
import { currentEngine } from '../../src/pipeline/engine/engine-address.ts';
import { recogniseSource } from '../../src/pipeline/fabric/source.ts';
import { debianImage } from '../../src/pipeline/images/debian-images.ts';
import { userChaincode } from '../support/chaincode.ts';
import { engine, goArch, imageId, imageNames } from '../support/engine.ts';
import { engineProxy } from '../support/engine-proxy.ts';
import { eventually, type Interrupted, type LiveRun, liveRun } from '../support/live-run.ts';
import { tempDir } from '../support/temp-dir.ts';
import { BIN, SAMPLE, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-cancel';
const NODES = ['orderer.example.com', 'peer0.org1.example.com', 'peer0.org2.example.com', 'gateway', 'cli'];
/** A copy of the practice source in which the peer takes a while to compile, whatever caches there are. */
let source: string;
let UP: readonly string[];
/** The contract. */
const LIMIT_MS = 2000;

let wizard: Wizard;

/** Go that no cache has. */
function slowGo(functions: number): string {
  const name = `slow${process.pid}x${Date.now()}`;
  const body = 'for i := 0; i < x; i++ {\n\t\tx += i * x\n\t}\n\treturn x';
  const each = Array.from({ length: functions }, (_, i) => `func ${name}x${i}(x int) int {\n\t${body}\n}\n`);
  return ['package main\n', ...each, `var _ = ${name}x0(1)\n`].join('\n');
}

beforeAll(async () => {
  wizard = await wizardWith({ project: PROJECT, 'port-base': 31050, orgs: 2, peers: 1 });
  source = join(await tempDir(afterAll), 'source');
  await cp(SAMPLE, source, { recursive: true });
  await writeFile(join(source, 'peer', 'slow.go'), slowGo(6000));
  UP = ['up', '--yes', '--source', source];
});

afterAll(async () => {
  await wizard?.dispose();
});

/** Every container of the project, by id: what carries its label (a chaincode's builder inherits it) or its name. */
async function containers(): Promise<Map<string, { readonly name: string; readonly state: string }>> {
  const all = await engine.listContainers({ all: true });
  const ours = all.filter(
    ({ Labels, Names, Image }) =>
      Labels['io.fabric-wizard.project'] === PROJECT ||
      Names.some((name) => name.startsWith(`/${PROJECT}-`)) ||
      Image.startsWith(`${wizard.dockerNs}/`),
  );
  return new Map(ours.map(({ Id, Names, State }) => [Id, { name: (Names[0] ?? '').slice(1), state: State }]));
}

/** Ids of the containers in which a peer compiles chaincode. */
async function builders(): Promise<string[]> {
  const ccenv = await imageId(`${wizard.dockerNs}/fabric-ccenv:latest`);
  const all = await engine.listContainers({ all: true });
  return all.filter(({ ImageID }) => ImageID === ccenv).map(({ Id }) => Id);
}

/** Processes that still know this project: compose and its children. */
async function composeProcesses(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(
    pids.map(async (pid) => ({
      pid,
      text: await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => ''),
    })),
  );
  return environments
    .filter(({ text }) => text.split('\0').includes(`COMPOSE_PROJECT_NAME=${PROJECT}`))
    .map(({ pid }) => pid);
}

async function halfWritten(dir: string): Promise<string[]> {
  const names = await readdir(join(dir, '.fabric-wizard'), { recursive: true }).catch((): string[] => []);
  return names.filter((name) => /\.(partial|old-|tmp)/.test(name));
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The ids of what runs now: nothing of this may be gone, and nothing else be there, after a cancelled run. */
async function running(): Promise<string[]> {
  return [...(await containers())].filter(([, { state }]) => state === 'running').map(([id]) => id);
}

/**
 * Interrupts and holds the run to the contract.
 * @param keeps ids of the containers that ran before it
 */
async function cancel(
  run: LiveRun,
  signal: 'SIGINT' | 'SIGTERM',
  keeps: readonly string[] = [],
): Promise<Interrupted> {
  const ended = await run.interrupt(signal);
  const left = await containers();
  expect([...left].filter(([id]) => !keeps.includes(id)).map(([, { name }]) => name)).toEqual([]);
  expect(keeps.map((id) => left.get(id)?.state)).toEqual(keeps.map(() => 'running'));
  expect(await composeProcesses()).toEqual([]);
  expect(await halfWritten(wizard.dir)).toEqual([]);
  expect(await isThere(join(wizard.dir, '.fabric-wizard', 'lock'))).toBe(false);
  expect(ended.run.events.at(-1)).toMatchObject({
    type: 'run-finished',
    outcome: 'cancelled',
    exitCode: 130,
  });
  expect(ended.run.ended.exitCode).toBe(130);
  expect(ended.took).toBeLessThan(LIMIT_MS);
  expect(ended.lingered).toBeLessThan(LIMIT_MS);
  return ended;
}

function cancelledStages({ run }: Interrupted): string[] {
  return run.of('stage-cancelled').map(({ stage }) => stage);
}

// Each run goes on where the one before it was stopped.
describe('a first run that is stopped again and again', () => {
  it('stops when the compile begins', async () => {
    const run = liveRun(wizard.dir, UP);
    await run.started('compile');
    expect(cancelledStages(await cancel(run, 'SIGINT'))).toContain('compile');
  });

  it('stops while it compiles', async () => {
    const run = liveRun(wizard.dir, UP);
    await run.working('compile');
    expect(await running()).toHaveLength(1);
    expect(cancelledStages(await cancel(run, 'SIGTERM'))).toContain('compile');
  });

  it('stops while it builds images, and keeps the binaries', async () => {
    const run = liveRun(wizard.dir, UP);
    await run.working('image.ccenv');
    const ended = await cancel(run, 'SIGTERM');
    expect(cancelledStages(ended)).toContain('image.ccenv');
    expect(ended.run.built).toContain('compile');
  });

  it('prints one line that says so', async () => {
    const child = execa(process.execPath, [BIN, ...UP, '--plain'], { cwd: wizard.dir, reject: false });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await eventually('an image stage', async () => /image\.\w+ started/.test(said));
    child.kill('SIGTERM');
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/cancelled after .*; the next run continues from here/);
    expect((await containers()).size).toBe(0);
  });

  it('stops while it creates certificates', async () => {
    const run = liveRun(wizard.dir, UP);
    await run.started('crypto');
    const ended = await cancel(run, 'SIGTERM');
    expect(ended.run.plan.find(({ id }) => id === 'compile')?.action).toBe('cached');
    // On a busy machine the signal comes late, and the next stage has begun.
    const next = ['crypto', 'artifacts', 'compose', 'start'];
    expect(cancelledStages(ended).filter((stage) => next.includes(stage))).not.toEqual([]);
  });

  it('stops while compose starts the nodes', async () => {
    const run = liveRun(wizard.dir, UP);
    await run.working('start');
    const ended = await cancel(run, 'SIGINT');
    expect(cancelledStages(ended)).toEqual(['start']);
    expect(ended.run.built).not.toContain('image.tools');
  });

  it('stops while peers join the channel', async () => {
    const run = liveRun(wizard.dir, UP);
    await run.started('join');
    const ended = await cancel(run, 'SIGTERM');
    expect(cancelledStages(ended)).toEqual(['join']);
    expect(ended.run.built).not.toContain('crypto');
  });

  it('stops while a peer compiles chaincode', async () => {
    const run = liveRun(wizard.dir, UP);
    await run.started('smoke');
    await eventually('a builder container', async () => (await builders()).length > 0);
    expect(cancelledStages(await cancel(run, 'SIGTERM'))).toEqual(['smoke']);
  });

  it('continues to the proof, and repeats nothing', async () => {
    const run = (await liveRun(wizard.dir, UP).ended).wentWell();
    expect(run.one('smoke-result').ok).toBe(true);
    const repeated = ['compile', 'image.peer', 'image.ccenv', 'verify', 'crypto', 'artifacts', 'compose'];
    expect(run.built.filter((stage) => repeated.includes(stage))).toEqual([]);
    expect(run.built).toContain('start');
  });
});

describe('a network that ran before', () => {
  it('keeps running when up is stopped while a peer compiles chaincode', async () => {
    // Its nodes, and the chaincode that `up` left.
    const before = await running();
    expect(before.length).toBeGreaterThan(NODES.length);
    const run = liveRun(wizard.dir, [...UP, '--fresh']);
    await run.started('smoke');
    await eventually('a builder container', async () => (await builders()).length > 0);
    await cancel(run, 'SIGTERM', before);
    // The `peer` that was waiting for its answer is not left in the CLI container either.
    const { Processes } = await engine.getContainer(`${PROJECT}-cli`).top();
    expect((Processes as string[][]).flat().filter((text) => text.includes('chaincode'))).toEqual([]);
  });

  it('keeps running when smoke is stopped while a peer starts what another built, and the next proof clears the names', async () => {
    const images = async () => (await imageNames()).filter((name) => name.startsWith(`${PROJECT}-peer`));
    const before = await running();
    const old = await images();
    const run = liveRun(wizard.dir, ['smoke', '--source', source]);
    await eventually('both names of the build', async () => {
      const fresh = (await images()).filter((name) => !old.includes(name));
      return fresh.length === 2;
    });
    expect(cancelledStages(await cancel(run, 'SIGTERM', before))).toEqual(['smoke']);
    const next = (await liveRun(wizard.dir, ['smoke', '--source', source]).ended).wentWell();
    expect(next.one('smoke-result').ok).toBe(true);
    expect((await images()).sort()).toEqual(old.sort());
  });

  it('keeps running when a deployment is stopped while a peer compiles, and the next one completes', async () => {
    const before = await running();
    await userChaincode(
      join(wizard.dir, 'basic'),
      'example.org/basic',
      (await recogniseSource(source)).release.shim,
    );
    const args = ['chaincode', 'deploy', 'basic', '--init', '["init","a","100","b","200"]'];
    const run = liveRun(wizard.dir, args);
    await eventually('a builder container', async () => (await builders()).length > 0);
    expect(cancelledStages(await cancel(run, 'SIGINT', before))).toEqual(['deploy']);
    const next = (await liveRun(wizard.dir, args).ended).wentWell();
    expect(next.one('chaincode-deployed')).toMatchObject({ chaincode: 'basic', changed: true });
    expect((await wizard.ok('chaincode', 'query', 'basic', 'say')).stdout.trim()).toBe('one');
  });

  it('keeps running when the reader of the output ends', async () => {
    const before = await running();
    const child = execa(process.execPath, [BIN, 'smoke', '--source', source, '--json'], {
      cwd: wizard.dir,
      stdin: 'ignore',
      reject: false,
      buffer: false,
    });
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    child.stdout.destroy();
    expect((await child).exitCode).toBe(130);
    expect((await running()).sort()).toEqual([...before].sort());
  });

  it('keeps running when a rebuild is stopped while it restarts the orderer', async () => {
    const before = await running();
    const file = join(source, 'orderer', 'main.go');
    const text = await readFile(file, 'utf8');
    await writeFile(file, `${text}\nvar _ = ${Date.now()}\n`);
    const run = liveRun(wizard.dir, ['rebuild', '--source', source]);
    await run.heard('an orderer that restarts', (event) => event.type === 'node-health');
    const ended = await run.interrupt('SIGINT');
    await writeFile(file, text);
    expect(ended.run.ended.exitCode).toBe(130);
    expect(cancelledStages(ended)).toContain('swap');
    expect(Math.max(ended.took, ended.lingered)).toBeLessThan(LIMIT_MS);
    // The engine completes the restart.
    await eventually('all nodes', async () => (await running()).length === before.length);
    expect((await running()).sort()).toEqual([...before].sort());
  });

  it('continues after a run that was killed with SIGKILL, and removes what it left', async () => {
    const before = await running();
    const run = liveRun(wizard.dir, ['build', '--binaries', 'bin', '--source', source]);
    await run.working('compile');
    await run.interrupt('SIGKILL');
    expect(await isThere(join(wizard.dir, '.fabric-wizard', 'lock'))).toBe(true);
    expect(await containers()).toHaveProperty('size', before.length + 1);
    await mkdir(join(wizard.dir, '.fabric-wizard', 'network', 'crypto-config.partial-1'), {
      recursive: true,
    });

    (await liveRun(wizard.dir, ['build', '--source', source]).ended).wentWell();
    expect([...(await containers())].filter(([, { name }]) => !name.startsWith(`${PROJECT}-`))).toEqual([]);
    expect(await halfWritten(wizard.dir)).toEqual([]);
    expect((await running()).sort()).toEqual(before.sort());
  });
});

describe('before there is a plan', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends at %s while it reads its file', async (signal) => {
    const dir = await tempDir();
    const file = join(dir, 'fabric-wizard.yaml');
    await execa('mkfifo', [file]);
    const run = liveRun(dir, UP);
    // Opening succeeds when the program has begun to read.
    const writer = await eventually('the program to read', () =>
      open(file, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined),
    );
    process.kill(run.pid, signal);
    await writer.close();
    const ended = await run.ended;
    expect(ended.events.map(({ type }) => type)).toEqual(['run-started', 'run-finished']);
    expect(ended.one('run-finished')).toMatchObject({ outcome: 'cancelled', exitCode: 130 });
    expect(ended.ended.exitCode).toBe(130);
    expect(await readdir(dir)).toEqual(['fabric-wizard.yaml']);
  });

  it('stops a clone from a server that does not answer', async () => {
    const dir = await tempDir();
    const server = createServer(() => {
      connected = true;
    });
    let connected = false;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/fabric`;
    const run = liveRun(dir, ['up', '--yes', '--source', 'v1.4.12'], { FABRIC_WIZARD_FABRIC_URL: url });
    await eventually('git to ask', async () => connected);
    const { run: ended, took, lingered } = await run.interrupt('SIGTERM');
    expect(ended.withoutNotices.map(({ type }) => type)).toEqual(['run-started', 'run-finished']);
    const notices = ended.of('notice').map(({ message }) => message);
    expect(notices).toContainEqual(expect.stringMatching(/^Cloning into /));
    expect(ended.one('run-started').plan.stages).toEqual([]);
    expect(ended.one('run-finished')).toMatchObject({ outcome: 'cancelled', exitCode: 130 });
    expect(ended.ended.exitCode).toBe(130);
    expect(Math.max(took, lingered)).toBeLessThan(LIMIT_MS);
    expect(await readdir(dir)).toEqual([]);
  });

  it('stops asking an engine that does not answer', async () => {
    const dir = await tempDir();
    let connected = false;
    const server = createServer(() => {
      connected = true;
    });
    const socket = join(dir, 'engine.sock');
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    onTestFinished(() => {
      server.close();
    });
    const run = liveRun(dir, UP, { DOCKER_HOST: `unix://${socket}` });
    await eventually('the question', async () => connected);
    const { run: ended, took } = await run.interrupt('SIGINT');
    expect(ended.one('run-finished')).toMatchObject({ outcome: 'cancelled', exitCode: 130 });
    expect(took).toBeLessThan(LIMIT_MS);
  });
});

describe('an engine that answers some requests only', () => {
  it.each([/GET \S*\/volumes/, /GET \S*\/containers\/json/])(
    'does not delay the end of a run that waits for %s',
    async (held) => {
      const dir = await tempDir();
      const proxy = await engineProxy(held);
      const run = liveRun(dir, UP, proxy.env);
      await eventually('the question', async () => proxy.hasHeld());
      const { run: ended, took } = await run.interrupt('SIGINT');
      expect(ended.one('run-finished')).toMatchObject({ outcome: 'cancelled', exitCode: 130 });
      expect(took).toBeLessThan(LIMIT_MS);
    },
  );
});

/** The base images of this engine are as good as none, so that debootstrap has work. */
class BareEngine extends DockerPort {
  override async inspectImage(): Promise<undefined> {
    return undefined;
  }
}

describe('creating a base image', () => {
  it.skipIf(process.getuid?.() !== 0)('leaves no root file system, no mount and no process', async () => {
    const workDir = await tempDir();
    const controller = new AbortController();
    let abortedAt = 0;
    const context = {
      signal: controller.signal,
      log: (line: string) => {
        if (abortedAt > 0 || !/^I: Retrieving (?!InRelease)/.test(line)) return;
        abortedAt = performance.now();
        controller.abort();
      },
      progress: () => undefined,
      warn: () => undefined,
      emit: () => undefined,
    };
    const way = { docker: new BareEngine(await currentEngine()), goArch: await goArch(), workDir };
    await expect(debianImage('runtime', 'fw-e2e-cancel/none:1', way, context)).rejects.toBeInstanceOf(
      CancelledError,
    );
    expect(abortedAt).toBeGreaterThan(0);
    expect(performance.now() - abortedAt).toBeLessThan(LIMIT_MS);
    expect(await readdir(workDir)).toEqual([]);
    expect(await readFile('/proc/mounts', 'utf8')).not.toContain(workDir);
    const { stdout } = await execa('ps', ['-eo', 'args']);
    expect(stdout).not.toContain(workDir);
  });
});
