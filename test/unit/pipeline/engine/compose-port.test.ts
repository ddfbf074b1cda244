import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { ComposePort } from '../../../../src/pipeline/engine/compose-port.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

afterEach(() => vi.unstubAllEnvs());

it('compose uses the engine of the run, whatever the shell selects', async () => {
  const dir = await tempDir();
  await writeFiles(dir, {
    'docker-compose': `#!/bin/sh\nenv | grep ^DOCKER_ > "${dir}/engine"\n`,
    'docker-compose.yaml': 'services: {}\n',
  });
  await chmod(join(dir, 'docker-compose'), 0o755);
  vi.stubEnv('PATH', `${dir}:${process.env.PATH}`);
  for (const name of Object.keys(process.env).filter((each) => each.startsWith('DOCKER_')))
    vi.stubEnv(name, undefined);
  for (const name of ['DOCKER_CONTEXT', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH']) vi.stubEnv(name, 'stale');
  const engine = {
    endpoint: 'unix:///run/lab.sock',
    origin: { kind: 'context', name: 'lab', from: 'DOCKER_CONTEXT' },
  } as const;
  const compose = new ComposePort({ kind: 'standalone', version: '1.29.2' }, engine);
  const { signal } = new AbortController();
  await compose.up({ dir, project: 'fw-unit', signal, onLine: () => undefined });
  expect(await readFile(join(dir, 'engine'), 'utf8')).toBe('DOCKER_HOST=unix:///run/lab.sock\n');
});
