import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { CancelledError } from '../../../../src/pipeline/core/failure.ts';
import type { Phrase, Text } from '../../../../src/pipeline/core/phrase.ts';
import { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { ensureEngine } from '../../../../src/pipeline/host/host-setup.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const VERSION = { Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12', Arch: 'amd64' };

/** An engine that accepts connections; `answer` decides whether it answers. @returns its address */
async function engineThat(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  const path = join(await tempDir(), 'engine.sock');
  await new Promise<void>((listening) => server.listen(path, listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `unix://${path}`;
}

const silent: RequestListener = () => undefined;

function setup(signal = new AbortController().signal) {
  const notices: Text[] = [];
  return { notices, host: { allowInstall: true, signal, onNotice: (text: Text) => notices.push(text) } };
}

function keysOf(notices: readonly Text[]): string[] {
  return notices.map((notice) => (notice as Phrase).key);
}

afterEach(() => vi.unstubAllEnvs());

describe('an engine that accepts connections and does not answer', () => {
  it('is not an absent one', async () => {
    const docker = new DockerPort({ endpoint: await engineThat(silent), origin: { kind: 'default' } });
    await expect(docker.version(200)).rejects.toMatchObject({
      failure: { kind: 'engine', problem: 'silent', detail: { key: 'detail.no-answer', seconds: '0.2' } },
    });
  });

  it('is waited for, with a notice, and used when it answers', async () => {
    let asked = 0;
    const endpoint = await engineThat((_, response) => {
      asked += 1;
      if (asked > 1) response.end(JSON.stringify(VERSION));
    });
    vi.stubEnv('DOCKER_HOST', endpoint);
    const { notices, host } = setup();
    const { docker, version } = await ensureEngine(host);
    expect(docker.endpoint).toBe(endpoint);
    expect(version.engine).toBe('20.10.24');
    expect(keysOf(notices)).toEqual(['step.engine-silent', 'step.engine']);
  });

  it('is no longer waited for when the run is cancelled', async () => {
    const cancel = new AbortController();
    vi.stubEnv('DOCKER_HOST', await engineThat(() => cancel.abort()));
    await expect(ensureEngine(setup(cancel.signal).host)).rejects.toBeInstanceOf(CancelledError);
  });
});
