/** What is wrong with the TLS connection to an engine is said in a sentence. */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { selfSigned } from '../../../support/self-signed.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** An engine behind TLS, whose certificate this client trusts. */
async function engineWith(identity: ReturnType<typeof selfSigned>, unverified = false): Promise<DockerPort> {
  const server = createServer(identity, (_, answer) => {
    answer.setHeader('content-type', 'application/json').end('{"Version":"1","ApiVersion":"1.41"}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const certificates = await tempDir();
  await writeFile(join(certificates, 'ca.pem'), identity.cert);
  const endpoint = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new DockerPort({ endpoint, certificates, unverified, origin: { kind: 'variable' } });
}

describe("an engine's certificate", () => {
  it.each([
    ['has expired', selfSigned('200201000000Z'), { key: 'detail.certificate-expired' }],
    ['is for another host', selfSigned(), { key: 'detail.certificate-name' }],
  ])('that %s is refused', async (_, identity, detail) => {
    await expect((await engineWith(identity)).version()).rejects.toMatchObject({
      failure: { kind: 'engine', problem: 'tls', detail },
    });
  });

  it('is not looked at if a context says so', async () => {
    const docker = await engineWith(selfSigned('200201000000Z'), true);
    expect(await docker.version()).toMatchObject({ engine: '1' });
  });
});

describe('a file that is missing', () => {
  const origin = { kind: 'variable' } as const;

  it.each([
    ['ca.pem', ['cert.pem', 'key.pem'], false],
    ['cert.pem', ['ca.pem', 'key.pem'], false],
    ['key.pem', ['ca.pem', 'cert.pem'], false],
    ['key.pem', ['cert.pem'], true],
  ])('is named: %s', async (missing, present, unverified) => {
    const certificates = await tempDir();
    for (const name of present) await writeFile(join(certificates, name), 'x');
    const detail = { key: 'detail.certificate-missing', file: join(certificates, missing) };
    const connect = () => new DockerPort({ endpoint: 'tcp://127.0.0.1:1', certificates, unverified, origin });
    expect(connect).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ problem: 'tls', detail }) }),
    );
  });

  it.each([
    ['of a context', { kind: 'context', name: 'far', from: 'DOCKER_CONTEXT' }, false],
    ['if the engine is not verified', origin, true],
  ] as const)('is not needed %s', async (_, of, unverified) => {
    const certificates = await tempDir();
    const connect = () =>
      new DockerPort({ endpoint: 'tcp://127.0.0.1:1', certificates, unverified, origin: of });
    expect(connect).not.toThrow();
  });
});
