import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  clockAround,
  dockerContext,
  folderAt,
  folderSpace,
  parseGroup,
  socketAt,
} from '../../../../src/pipeline/doctor/host-probes.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const OURS = 'unix:///var/run/docker.sock';

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

describe("docker's context", () => {
  it('is ours unless another one is chosen', async () => {
    await dockerConfig({});
    expect(await dockerContext(OURS)).toEqual({ name: 'default', endpoint: OURS, ours: OURS });
    await dockerConfig('no JSON');
    expect((await dockerContext(OURS)).endpoint).toBe(OURS);
  });

  it('is read where docker keeps it', async () => {
    const folder = await dockerConfig({ currentContext: 'rootless' });
    const meta = join(folder, 'contexts', 'meta', createHash('sha256').update('rootless').digest('hex'));
    await mkdir(meta, { recursive: true });
    const Host = 'unix:///run/user/1000/docker.sock';
    await writeFile(
      join(meta, 'meta.json'),
      JSON.stringify({ Name: 'rootless', Endpoints: { docker: { Host } } }),
    );
    expect(await dockerContext(OURS)).toEqual({ name: 'rootless', endpoint: Host, ours: OURS });
    vi.stubEnv('DOCKER_HOST', OURS);
    expect((await dockerContext(OURS)).endpoint).toBe(OURS);
  });
});

describe('the socket', () => {
  it('is absent, or open to who may write it', async () => {
    const path = join(await tempDir(), 'engine.sock');
    expect(await socketAt(`unix://${path}`, path)).toMatchObject({ path, access: 'absent' });
    expect(await socketAt('tcp://10.0.0.7:2375', undefined)).toMatchObject({ path: undefined });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(await socketAt(`unix://${path}`, path)).toMatchObject({ access: 'open', member: true });
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
