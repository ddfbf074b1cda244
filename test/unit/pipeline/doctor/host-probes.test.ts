import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  arpEntries,
  clockAround,
  dockerClient,
  folderAt,
  folderSpace,
  parseGroup,
  socketAt,
} from '../../../../src/pipeline/doctor/host-probes.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const OURS = 'unix:///var/run/docker.sock';

it.each([
  ['entries  allocs\n000000c2 0000c88d\n000000c2 0000b77c\n', 194],
  ['entries\n00000400\n', 1024],
  ['', 0],
])('%j has so many neighbours', (statistics, entries) => {
  expect(arpEntries(statistics)).toBe(entries);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** A folder of docker's own configuration with this in it. */
async function dockerConfig(config: unknown): Promise<string> {
  const folder = await tempDir();
  await writeFile(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  vi.stubEnv('DOCKER_CONFIG', folder);
  vi.stubEnv('DOCKER_HOST', '');
  vi.stubEnv('DOCKER_CONTEXT', undefined);
  return folder;
}

it('reads a group and its members', () => {
  const text = 'root:x:0:\ndocker:x:998:ann,bob\nempty:x:12:\n';
  expect(parseGroup(text, 998)).toEqual({ name: 'docker', members: ['ann', 'bob'] });
  expect(parseGroup(text, 12)).toEqual({ name: 'empty', members: [] });
  expect(parseGroup(text, 77)).toEqual({ name: '77', members: [] });
});

describe("docker's own client", () => {
  const ADDRESS = { endpoint: OURS, origin: { kind: 'default' } } as const;

  it('uses our engine, or the default one where ours is rootless', async () => {
    await dockerConfig({});
    vi.stubEnv('DOCKER_TLS_VERIFY', '');
    expect(await dockerClient(ADDRESS)).toEqual({
      endpoint: OURS,
      ours: OURS,
      unreadable: undefined,
      tls: false,
    });
    const rootless = { endpoint: 'unix:///run/user/7/docker.sock', origin: { kind: 'rootless' } } as const;
    expect(await dockerClient(rootless)).toMatchObject({ endpoint: OURS, ours: rootless.endpoint });
  });

  it('is hindered by a broken file, and by TLS at a socket', async () => {
    const folder = await dockerConfig('no JSON');
    vi.stubEnv('DOCKER_TLS_VERIFY', '1');
    expect(await dockerClient(ADDRESS)).toMatchObject({ unreadable: join(folder, 'config.json'), tls: true });
    const remote = { endpoint: 'tcp://10.0.0.7:2376', origin: { kind: 'variable' } } as const;
    expect(await dockerClient(remote)).toMatchObject({ tls: false });
  });
});

describe('the socket', () => {
  it('is absent, or open to who may write it', async () => {
    const path = join(await tempDir(), 'engine.sock');
    expect(await socketAt(path)).toMatchObject({ path, access: 'absent' });
    expect(await socketAt(undefined)).toMatchObject({ path: undefined });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(await socketAt(path)).toMatchObject({ access: 'open', member: true });
    server.close();
  });
});

describe('the folder', () => {
  it('may not be there yet', async () => {
    const dir = await tempDir();
    const room = await folderSpace(join(dir, 'not', 'yet'));
    expect(room.path).toBe(dir);
    expect(room.free).toBeGreaterThan(0);
  });

  it('has a folder where the engine missed a file, and a path that can not be mounted', async () => {
    const dir = await tempDir();
    expect(await folderAt(dir, '/src/fabric')).toEqual({
      dir,
      writable: true,
      foreign: [],
      folderForFile: [],
      withColon: [],
    });
    const genesis = join(dir, '.fabric-wizard', 'network', 'channel-artifacts', 'genesis.block');
    await mkdir(genesis, { recursive: true });
    // `up` creates the folder.
    expect(await folderAt(join(dir, 'new', 'folder'), undefined)).toMatchObject({ writable: true });
    expect(await folderAt(dir, '/src/a:b')).toMatchObject({
      folderForFile: [genesis],
      withColon: ['/src/a:b'],
    });
  });

  it('tells when an earlier run was there', async () => {
    const dir = await tempDir();
    expect((await clockAround(dir)).youngest).toBe(0);
    await mkdir(join(dir, '.fabric-wizard'));
    await writeFile(join(dir, '.fabric-wizard', 'state.json'), '{}');
    const { now, youngest } = await clockAround(dir);
    expect(youngest).toBeGreaterThan(0);
    expect(youngest).toBeLessThanOrEqual(now + 1000);
  });
});
