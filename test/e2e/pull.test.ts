/** The pull path against a real engine and a real registry. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CancelledError, type StageFailure, toFailure } from '../../src/pipeline/core/failure.ts';
import { currentDocker } from '../../src/pipeline/engine/current-docker.ts';
import type { PullLayer } from '../../src/pipeline/engine/engine-types.ts';
import { packTar } from '../../src/pipeline/engine/tar-context.ts';
import { openJournal } from '../../src/pipeline/journal/journal.ts';
import { ensureBaseImage } from '../../src/pipeline/stages/ensure-base-image.ts';
import { stageContext } from '../support/contexts.ts';
import { type Registry, registryProgram, startRegistry, startStallingProxy } from '../support/registry.ts';

const docker = await currentDocker();
const never = new AbortController().signal;
const name = `fabric-wizard-test/pull-${process.pid}`;
const stopping: (() => Promise<void>)[] = [];
let folder: string;
let open: Registry;
let locked: Registry;
let stalling: Registry;

/** Pushes by the engine's API: the docker program is not there on every host. */
async function push(ref: string): Promise<void> {
  const { default: Docker } = await import('dockerode');
  const stream = await new Docker().getImage(ref).push({ authconfig: { username: '', password: '' } });
  let said = '';
  for await (const chunk of stream) said += String(chunk);
  if (said.includes('"error"')) throw new Error(said);
}

/** Two layers that no compression makes smaller, the lower one without a name of its own in the end. */
async function pushSample(ref: string): Promise<void> {
  const base = `${name}-base:1`;
  const layer = (file: string, bytes: number) => ({ name: file, content: randomBytes(bytes) });
  await docker.importImage(packTar([layer('low', 4_000_000)]), base, {
    changes: ['CMD ["none"]'],
    signal: never,
  });
  await docker.buildImage(
    [{ name: 'Dockerfile', content: `FROM ${base}\nCOPY high /high\n` }, layer('high', 2_000_000)],
    { tag: ref, signal: never, onLine: () => undefined },
  );
  await push(ref);
  await docker.removeImage(ref);
  await docker.removeImage(base);
}

async function failureOf(work: Promise<unknown>): Promise<StageFailure> {
  return work.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: unknown) => toFailure(error),
  );
}

function pull(
  ref: string,
  more: { signal?: AbortSignal; stallMs?: number; onLayer?: (layer: PullLayer) => void } = {},
) {
  return docker.pull(ref, { signal: never, stallMs: 20_000, onLayer: () => undefined, ...more });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-pull-'));
  stopping.push(() => rm(folder, { recursive: true, force: true }));
  const program = await registryProgram(folder);
  open = await startRegistry(program, { locked: false });
  stopping.push(open.stop);
  locked = await startRegistry(program, { locked: true });
  stopping.push(locked.stop);
  stalling = await startStallingProxy(open.port);
  stopping.push(stalling.stop);
  await pushSample(`${open.host}/${name}:1`);
});

async function removeImages(): Promise<void> {
  const names = [`${open?.host}/${name}:1`, `${name}-tagged:1`, `${name}-base:1`];
  for (const ref of names) await docker.removeImage(ref);
}

afterEach(removeImages);

afterAll(async () => {
  await removeImages();
  for (const stop of stopping.reverse()) await stop();
});

describe('pulling', () => {
  it('pulls an image and reports each layer', async () => {
    const ref = `${open.host}/${name}:1`;
    const sizes = new Map<string, number>();
    await pull(ref, {
      onLayer: ({ id, total }) => {
        if (total > 0) sizes.set(id, total);
      },
    });
    expect((await docker.inspectImage(ref))?.layers).toHaveLength(2);
    const [low = 0, high = 0] = [...sizes.values()].sort((a, b) => b - a);
    expect(low).toBeGreaterThan(4_000_000);
    expect(high).toBeGreaterThan(2_000_000);
  });

  it('pulls latest, and not every tag, for a reference without a tag', async () => {
    expect(await failureOf(pull(`${open.host}/${name}`))).toMatchObject({ kind: 'pull', problem: 'missing' });
    expect(await docker.inspectImage(`${open.host}/${name}:1`)).toBeUndefined();
  });

  it('says which image or tag is missing', async () => {
    for (const ref of [`${open.host}/${name}:2`, `${open.host}/${name}-none:1`]) {
      expect(await failureOf(pull(ref))).toMatchObject({ kind: 'pull', ref, problem: 'missing' });
    }
  });

  it('distinguishes a registry that requires a login from a missing image', async () => {
    const ref = `${locked.host}/${name}:1`;
    expect(await failureOf(pull(ref))).toMatchObject({ kind: 'pull', ref, problem: 'denied' });
  });

  it('reports a registry that cannot be reached', async () => {
    const gone = await startStallingProxy(open.port);
    await gone.stop();
    expect(await failureOf(pull(`${gone.host}/${name}:1`))).toMatchObject({ problem: 'unreachable' });
  });

  it('cancels a transfer that stalls', async () => {
    const started = performance.now();
    const failure = await failureOf(pull(`${stalling.host}/${name}:1`, { stallMs: 2000 }));
    expect(failure).toMatchObject({ kind: 'pull', problem: 'stalled' });
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(1900);
    expect(took).toBeLessThan(6000);
  });

  it('ends within a second when it is cancelled', async () => {
    const controller = new AbortController();
    let cancelledAt = 0;
    const work = pull(`${stalling.host}/${name}:1`, {
      signal: controller.signal,
      // At the first word of a layer: an engine does not always say "Downloading" of one that stalls.
      onLayer: () => {
        if (cancelledAt > 0) return;
        cancelledAt = performance.now();
        controller.abort();
      },
    });
    await expect(work).rejects.toBeInstanceOf(CancelledError);
    expect(cancelledAt).toBeGreaterThan(0);
    expect(performance.now() - cancelledAt).toBeLessThan(1000);
  });
});

describe('a base image from a registry', () => {
  /** What is left when the stage has brought the runtime image of this reference to the engine. */
  async function ensured(ref: string, flags: Readonly<Record<string, unknown>>) {
    const journal = await openJournal(folder, { command: 'test' });
    try {
      const goArch = (await docker.version()).arch;
      const choices = { dir: folder, docker, flags, settings: { runtimeImage: ref, goArch } };
      const { context, reported } = await stageContext(choices, journal, never);
      return { ...reported, ...(await ensureBaseImage(context, 'runtime')) };
    } finally {
      await journal.close();
    }
  }

  it('reports bytes that only grow, up to the whole, and the command that does the same', async () => {
    const ref = `${open.host}/${name}:1`;
    const first = await ensured(ref, { base: 'pull' });
    expect(first).toMatchObject({ outcome: 'built', commands: [`docker pull ${ref}`], warnings: [] });
    expect(first.bytes).toEqual([...first.bytes].sort((a, b) => a - b));
    expect(first.bytes.at(-1)).toBeGreaterThan(6_000_000);
    expect(await ensured(ref, { base: 'auto' })).toMatchObject({ outcome: 'cached', commands: [] });
  });

  it('refuses an image of the user that has no shell', async () => {
    const refused = ensured(`${name}-tagged:1`, { runtimeImage: `${open.host}/${name}:1` });
    expect(await failureOf(refused)).toMatchObject({ kind: 'base-image', lacks: ['sh'] });
    expect(await docker.inspectImage(`${name}-tagged:1`)).toBeUndefined();
  });

  it('is a failure if only a pull was requested', async () => {
    const failure = await failureOf(ensured(`${open.host}/${name}-none:1`, { base: 'pull' }));
    expect(failure).toMatchObject({ kind: 'pull', problem: 'missing' });
  });
});

it('leaves no container behind', async () => {
  const left = (await docker.listContainers()).filter(({ image }) => image.includes(name));
  expect(left).toEqual([]);
});
