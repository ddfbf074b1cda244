import { chmod, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { programFile } from '../../../../src/pipeline/host/files.ts';
import { ensureCompose, findCompose } from '../../../../src/pipeline/host/host-setup.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const ENGINE = { endpoint: 'unix:///run/other.sock', origin: { kind: 'variable' } } as const;

let bin: string;

async function program(name: string, script: string): Promise<void> {
  await writeFiles(bin, { [name]: `#!/bin/sh\n${script}\n` });
  await chmod(join(bin, name), 0o755);
}

const asked = () => readFile(join(bin, 'asked'), 'utf8').catch(() => '');

beforeEach(async () => {
  bin = await tempDir();
  vi.stubEnv('PATH', bin);
  await program(
    'docker-compose',
    `echo "$*" >> "${bin}/asked"; echo docker-compose version 1.29.2, build no`,
  );
});

afterEach(() => vi.unstubAllEnvs());

describe('findCompose', () => {
  it('asks a standalone program for its version', async () => {
    expect(await findCompose(ENGINE)).toEqual({ kind: 'standalone', version: '1.29.2' });
    expect(await asked()).toBe('version\n');
  });

  it('does not ask one again that is the same file', async () => {
    const file = (await programFile('docker-compose')) ?? '';
    expect(await findCompose(ENGINE, undefined, { file, version: '1.29.0' })).toEqual({
      kind: 'standalone',
      version: '1.29.0',
    });
    expect(await asked()).toBe('');
  });

  it('asks one that was replaced', async () => {
    const file = (await programFile('docker-compose')) ?? '';
    await utimes(join(bin, 'docker-compose'), 1, 1);
    const found = await findCompose(ENGINE, undefined, { file, version: '1.29.0' });
    expect(found).toMatchObject({ version: '1.29.2' });
  });

  it('prefers the plugin', async () => {
    await program('docker', 'test "$1 $2" = "compose version" && echo Docker Compose version v2.24.5');
    expect(await findCompose(ENGINE)).toEqual({ kind: 'plugin', version: '2.24.5' });
  });

  it('finds none where none is', async () => {
    vi.stubEnv('PATH', await tempDir());
    expect(await findCompose(ENGINE)).toBeUndefined();
  });

  it('asks with the engine in use, whatever the shell selects', async () => {
    for (const name of ['DOCKER_CONTEXT', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH']) vi.stubEnv(name, 'stale');
    vi.stubEnv('DOCKER_HOST', '');
    await program(
      'docker',
      `echo "$DOCKER_HOST|$DOCKER_CONTEXT$DOCKER_TLS_VERIFY$DOCKER_CERT_PATH" > "${bin}/asked"; exit 1`,
    );
    await findCompose(ENGINE, undefined, {
      file: (await programFile('docker-compose')) ?? '',
      version: '1.29.2',
    });
    expect(await asked()).toBe('unix:///run/other.sock|\n');
  });
});

describe('a program of another kind with the name of compose', () => {
  beforeEach(() => program('docker-compose', 'echo podman-compose version 1.0.6; echo podman version 4.3.1'));

  it('is named, and nothing is installed over it', async () => {
    await program('apt-get', `echo "$*" >> "${bin}/asked"`);
    const setup = { allowInstall: true, onNotice: () => undefined, signal: new AbortController().signal };
    await expect(ensureCompose(setup, ENGINE)).rejects.toMatchObject({
      failure: {
        kind: 'compose-missing',
        unknown: { program: 'docker-compose', says: 'podman-compose version 1.0.6' },
      },
    });
    expect(await asked()).toBe('');
  });

  it('does not hide a plugin that is Docker Compose', async () => {
    await program('docker', 'echo Docker Compose version v2.24.5');
    expect(await findCompose(ENGINE)).toEqual({ kind: 'plugin', version: '2.24.5' });
  });
});
