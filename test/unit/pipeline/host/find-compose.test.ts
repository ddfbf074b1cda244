import { chmod, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { programFile } from '../../../../src/pipeline/host/files.ts';
import { findCompose } from '../../../../src/pipeline/host/host-setup.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

let bin: string;

async function program(name: string, script: string): Promise<void> {
  await writeFiles(bin, { [name]: `#!/bin/sh\n${script}\n` });
  await chmod(join(bin, name), 0o755);
}

const asked = () => readFile(join(bin, 'asked'), 'utf8').catch(() => '');

beforeEach(async () => {
  bin = await tempDir();
  vi.stubEnv('PATH', bin);
  await program('docker-compose', `echo "$*" >> "${bin}/asked"; echo 1.29.2`);
});

afterEach(() => vi.unstubAllEnvs());

describe('findCompose', () => {
  it('asks a standalone program for its version', async () => {
    expect(await findCompose()).toEqual({ kind: 'standalone', version: '1.29.2' });
    expect(await asked()).toBe('version --short\n');
  });

  it('does not ask one again that is the same file', async () => {
    const file = (await programFile('docker-compose')) ?? '';
    expect(await findCompose(undefined, { file, version: '1.29.0' })).toEqual({
      kind: 'standalone',
      version: '1.29.0',
    });
    expect(await asked()).toBe('');
  });

  it('asks one that was replaced', async () => {
    const file = (await programFile('docker-compose')) ?? '';
    await utimes(join(bin, 'docker-compose'), 1, 1);
    expect(await findCompose(undefined, { file, version: '1.29.0' })).toMatchObject({ version: '1.29.2' });
  });

  it('prefers the plugin', async () => {
    await program('docker', 'test "$1 $2" = "compose version" && echo 2.24.5');
    expect(await findCompose()).toEqual({ kind: 'plugin', version: '2.24.5' });
  });

  it('finds none where none is', async () => {
    vi.stubEnv('PATH', await tempDir());
    expect(await findCompose()).toBeUndefined();
  });
});
