import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { reachedByPeers } from '../../../../src/pipeline/chaincode/chaincode-content.ts';
import { addressForPeers, gatewayIn } from '../../../../src/pipeline/chaincode/service-address.ts';
import { packService, servicePackageId } from '../../../../src/pipeline/chaincode/service-package.ts';
import { isAddress } from '../../../../src/pipeline/config/chaincode-list.ts';
import type { ExecResult } from '../../../../src/pipeline/engine/engine-types.ts';
import { unpackTar } from '../../../../src/pipeline/engine/tar-context.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const ROUTES = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010013AC	0003	0	0	0	00000000	0	0	0
eth0	000013AC	00000000	0001	0	0	0	0000FFFF	0	0	0
`;

/** An engine whose containers resolve these names, and have these routes. */
function engine(names: readonly string[], routes: string, endpoint = 'unix:///var/run/docker.sock') {
  const answer = (exitCode: number, stdout = ''): ExecResult => ({ exitCode, stdout, stderr: '' });
  return {
    signal: new AbortController().signal,
    docker: {
      address: { endpoint, origin: { kind: 'default' } as const },
      exec: async (_id: string, [program, , name]: readonly string[]) =>
        program === 'cat' ? answer(0, routes) : answer(names.includes(name ?? '') ? 0 : 2),
    },
  };
}

describe('the address of a service, as peers reach it', () => {
  it.each([
    ['other:9999', [], 'other:9999'],
    ['localhost:9999', [], '172.19.0.1:9999'],
    ['127.0.0.1:9999', [], '172.19.0.1:9999'],
    ['0.0.0.0:9999', [], '172.19.0.1:9999'],
    ['[::]:9999', [], '172.19.0.1:9999'],
    ['localhost:9999', ['host.docker.internal'], 'host.docker.internal:9999'],
  ])('%s with the names %j is %s', async (address, names, expected) => {
    expect(await addressForPeers(engine(names, ROUTES), 'cli', address)).toBe(expected);
  });

  it('is that of the hub at which the process registers on 1.x, whatever the subnet is', async () => {
    const choice = { name: 'own', service: '0.0.0.0:9999' };
    const reached = (externalBuilders: boolean, routes = ROUTES) =>
      reachedByPeers(engine([], routes) as never, 'cli', choice, { externalBuilders });
    expect(await reached(false)).toEqual({ name: 'own', service: 'localhost:9999' });
    expect(await reached(false, '')).toEqual({ name: 'own', service: 'localhost:9999' });
    expect(await reached(true)).toEqual({ name: 'own', service: '172.19.0.1:9999' });
  });

  it('must be one that another host reaches, if the engine is there', async () => {
    const far = engine([], ROUTES, 'tcp://far:2376');
    expect(await addressForPeers(far, 'cli', 'desk.example.org:9999')).toBe('desk.example.org:9999');
    await expect(addressForPeers(far, 'cli', 'localhost:9999')).rejects.toMatchObject({
      failure: {
        message: { key: 'usage.service-here', address: 'localhost:9999', endpoint: 'tcp://far:2376' },
        next: ['fabric-wizard chaincode deploy NAME --service HOST:9999'],
      },
    });
  });

  it('is not known without a route', () => {
    expect(gatewayIn(ROUTES.split('\n').slice(0, 1).join('\n'))).toBeUndefined();
  });

  it.each([
    ['localhost:9999', true],
    ['[::1]:9999', true],
    ['host.example.com:1', true],
    ['10.0.0.7:9999', true],
    ['my_container-1:9999', true],
    ['256.1.1.1:9999', false],
    ['1.2.3:9999', false],
    ['localhost:09999', false],
    ['localhost:+9999', false],
    ['[1.2.3.4]:9999', false],
    ['[::zz]:9999', false],
    ['::1:9999', false],
    ['-host:9999', false],
    ['host..name:9999', false],
    ['localhost', false],
    ['localhost:0', false],
    ['localhost:65536', false],
    [':9999', false],
    ['./basic', false],
    ['tcp://localhost:9999', false],
  ])('%s is one: %s', (text, is) => {
    expect(isAddress(text)).toBe(is);
  });
});

/** Returns the content of the files in a `.tar.gz` by name. */
async function contentOf(tarGz: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const files = await unpackTar(Readable.from([gunzipSync(tarGz)]));
  return new Map(files.map(({ name, content }) => [name, Buffer.from(content as Buffer)]));
}

describe('the package of a service', () => {
  it('says where its process listens, and has the indexes of the folder and no source', async () => {
    const dir = await tempDir();
    const index = 'META-INF/statedb/couchdb/indexes/owner.json';
    await writeFiles(dir, { 'main.go': 'package main', [index]: '{}' });
    const { files, given, label, mark } = await packService({ label: 'cc_1', place: 'tmp/cc' }, 'a:1', dir);
    expect(given).toEqual({ package: '/tmp/cc.tar.gz', id: `${label}:${mark}` });
    const outer = await contentOf(files[0]?.content as Buffer);
    expect(JSON.parse(String(outer.get('metadata.json')))).toMatchObject({ type: 'ccaas', label: 'cc_1' });
    const code = await contentOf(outer.get('code.tar.gz') ?? Buffer.alloc(0));
    expect([...code.keys()].sort()).toEqual([index, 'connection.json']);
    expect(JSON.parse(String(code.get('connection.json')))).toMatchObject({
      address: 'a:1',
      tls_required: false,
    });
  });

  it('has an id that is known without a network', async () => {
    const digest = 'aaaaaaaaaaaa';
    const { label, mark } = await packService({ label: `cc_${digest}`, place: 'x' }, 'a:1', undefined);
    expect(await servicePackageId({ name: 'cc', digest }, 'a:1')).toBe(`${label}:${mark}`);
  });
});
