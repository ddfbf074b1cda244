/** The archive of `diagnose`, as it is written where no engine answers. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { diagnose } from '../../../../src/commands/bundle/diagnose.ts';
import type { Terminal } from '../../../../src/commands/terminal.ts';
import { toFailure, WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { unpackTar } from '../../../../src/pipeline/engine/tar-context.ts';
import { plainTerminal } from '../../../support/plain-terminal.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const KEY = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n';

/** A project whose folder has every kind of secret. */
async function project(): Promise<string> {
  const dir = await tempDir();
  const crypto = '.fabric-wizard/network/crypto-config/peerOrganizations/org1.example.com';
  await writeFiles(dir, {
    'fabric-wizard.yaml': 'orgs: 1\n',
    '.fabric-wizard/state.json': '{"version":1}\n',
    '.fabric-wizard/network/docker-compose.yaml': 'environment:\n  COUCHDB_PASSWORD: adminpw\n  PORT: 7051\n',
    [`${crypto}/users/Admin/msp/keystore/priv_sk`]: KEY,
    [`${crypto}/msp/cacerts/ca.pem`]: '-----BEGIN CERTIFICATE-----\nMIICert\n-----END CERTIFICATE-----\n',
    '.fabric-wizard/runs/2026-01-01/events.ndjson': `{"type":"log","line":${JSON.stringify(KEY)}}\n`,
    '.fabric-wizard/runs/2026-01-01/logs/compile.log': Array.from(
      { length: 50 },
      (_, i) => `line ${i}\n`,
    ).join(''),
  });
  return dir;
}

function terminal(dir: string): Terminal {
  return { ...plainTerminal(dir, dir), json: true };
}

async function bundleOf(dir: string): Promise<Map<string, string>> {
  vi.stubEnv('DOCKER_HOST', `unix://${dir}/no.sock`);
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const output = join(dir, 'out.tar.gz');
    const request = { output, tail: '10', project: undefined, version: '0.1.0' };
    expect(await diagnose(terminal(dir), request)).toBe(0);
    const entries = await unpackTar(Readable.from(gunzipSync(await readFile(output))));
    const listed = JSON.parse(String(printed.mock.calls.at(-1)?.[0])) as { files: { path: string }[] };
    expect(listed.files.map(({ path }) => `out/${path}`).sort()).toEqual(
      entries.map(({ name }) => name).sort(),
    );
    return new Map(entries.map(({ name, content }) => [name, String(content)]));
  } finally {
    printed.mockRestore();
    vi.unstubAllEnvs();
  }
}

describe('diagnose', () => {
  it.each(['', '0', '-5', '010', '1.5', 'all', '1e3'])('refuses the number of lines "%s"', async (tail) => {
    const dir = await tempDir();
    const request = { output: join(dir, 'out.tar.gz'), tail, project: undefined, version: '0.1.0' };
    const failure = await diagnose(terminal(dir), request).then(() => undefined, toFailure);
    expect(failure).toMatchObject({ kind: 'usage', message: { key: 'usage.tail-count', value: tail } });
  });

  it('writes what there is when the engine is down, without keys and passwords', async () => {
    const files = await bundleOf(await project());
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([
        'out/versions.json',
        'out/fabric-wizard.yaml',
        'out/files.txt',
        'out/missing.txt',
        'out/project/network/docker-compose.yaml',
        'out/project/runs/2026-01-01/events.ndjson',
      ]),
    );
    const all = [...files.values()].join('\n');
    expect(all).not.toMatch(/MIGHAgEAMBMGByqGSM49|MIICert|adminpw/);
    expect(files.get('out/project/network/docker-compose.yaml')).toContain('PORT: 7051');
    expect(files.get('out/files.txt')).toContain('keystore/priv_sk');
    expect(files.get('out/project/runs/2026-01-01/logs/compile.log')).toMatch(/^line 40\n[\s\S]*line 49\n$/);
    expect(files.get('out/missing.txt')).toMatch(/^nodes: .*no\.sock/m);
  });

  it('overwrites no file', async () => {
    const dir = await tempDir();
    const output = join(dir, 'mine.tar.gz');
    await writeFile(output, 'mine');
    const request = { output, tail: '10', project: undefined, version: '0.1.0' };
    const error = await diagnose(terminal(dir), request).catch((reason: unknown) => reason);
    if (!(error instanceof WizardFailure)) throw error;
    expect(error.failure).toMatchObject({
      kind: 'usage',
      next: [`fabric-wizard diagnose --output ${join(dir, 'mine-2.tar.gz')}`],
    });
    expect(await readFile(output, 'utf8')).toBe('mine');
  });
});
