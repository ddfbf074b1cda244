/** Podman answers some requests otherwise than Docker. The answers here were recorded from Podman 5.8. */
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../../../src/pipeline/engine/engine-types.ts';
import { type Answer, answeringEngine as engine, json } from '../../../support/answering-engine.ts';

const PODMAN = 'Libpod/5.8.6 (linux)';

function image(...tags: string[]) {
  return { Id: 'sha256:1', RepoTags: tags, Config: {}, RootFS: {}, Created: '2026-11-01T00:00:00Z' };
}

const { signal } = new AbortController();

describe('Podman', () => {
  it('gets no option without a value in a build', async () => {
    const { docker, requests } = await engine(PODMAN, {
      'POST /build': json({ aux: { ID: 'sha256:1' } }),
    });
    await docker.buildImage([], { tag: 'a:1', signal, onLine: () => undefined });
    const query = new URL(requests[0]?.split(' ')[1] ?? '', 'http://engine').searchParams;
    expect([...query.entries()].filter(([, value]) => value === '')).toEqual([]);
    expect(query.get('t')).toBe('a:1');
  });

  it.each([
    ['docker.io/library/a:1', 'a:1'],
    ['docker.io/hyperledger/fabric-peer:2.5', 'hyperledger/fabric-peer:2.5'],
    ['localhost/hyperledger/fabric-peer:2.5', 'hyperledger/fabric-peer:2.5'],
    ['quay.io/a/b:1', 'quay.io/a/b:1'],
  ])('writes %s for %s', async (full, short) => {
    const container = { Id: 'c', Names: ['/c'], Image: full, ImageID: '1', State: 'created', Ports: [] };
    const detail = {
      Id: 'c',
      Name: '/c',
      Image: '1',
      State: {},
      Config: { Image: full },
      Mounts: [],
      NetworkSettings: {},
      HostConfig: {},
    };
    const { docker } = await engine(PODMAN, {
      'GET /images/json': json([image(full)]),
      'GET /images/a:1/json': json(image(full)),
      'GET /containers/json': json([container]),
      'GET /containers/c/json': json(detail),
    });
    expect((await docker.inspectImage('a:1'))?.tags).toEqual([short]);
    expect((await docker.listImages())[0]?.tags).toEqual([short]);
    expect((await docker.listContainers())[0]?.image).toBe(short);
    expect((await docker.inspectContainer('c'))?.imageName).toBe(short);
    expect((await docker.containerImage('c'))?.name).toBe(short);
  });

  it('is told from Docker, where localhost is a registry', async () => {
    const { docker } = await engine('Docker/28.5.2 (linux)', {
      'GET /images/json': json([image('localhost/a:1')]),
    });
    expect((await docker.listImages())[0]?.tags).toEqual(['localhost/a:1']);
  });

  it('names images in events as Docker does', async () => {
    const event = (Type: string, Action: string, Attributes: Record<string, string>) =>
      `${JSON.stringify({ Type, Action, Actor: { ID: 'x', Attributes } })}\n`;
    const { docker } = await engine(PODMAN, {
      'GET /events': (_, response) => {
        response.write(
          event('container', 'create', { image: 'localhost/a/ccenv:2.5', name: 'fw-peer0' }) +
            event('image', 'tag', { name: 'docker.io/library/a:latest' }),
        );
      },
    });
    const seen: EngineEvent[] = [];
    const stop = await new Promise<() => void>((resolve, reject) => {
      const started = docker.watchEvents({}, (each) => {
        seen.push(each);
        if (seen.length === 2) started.then(resolve, reject);
      });
      started.catch(reject);
    });
    stop();
    expect(seen.map(({ attributes }) => attributes)).toEqual([
      { image: 'a/ccenv:2.5', name: 'fw-peer0' },
      { name: 'a:latest' },
    ]);
  });

  it('lists containers without a host configuration', async () => {
    const { docker } = await engine(PODMAN, {
      'GET /containers/json': json([
        {
          Id: 'c',
          Names: ['/c'],
          State: 'created',
          Image: '',
          Ports: [],
          NetworkSettings: { Networks: { 'fw-a': { NetworkID: '' } } },
        },
      ]),
    });
    expect((await docker.listContainers())[0]?.networks).toEqual(['fw-a']);
  });

  it('is the same engine at each request, although its id differs', async () => {
    let count = 0;
    const info: Answer = (request, response) => json({ ID: `id-${count++}` })(request, response);
    const { docker } = await engine(PODMAN, { 'GET /info': info });
    expect((await docker.info()).id).toBe((await docker.info()).id);
  });

  it('has the name of its first component', async () => {
    const version = { Version: '5.8.6', ApiVersion: '1.44', MinAPIVersion: '1.24', Arch: 'amd64' };
    const components = [{ Name: 'Podman Engine' }, { Name: 'Conmon' }];
    const podman = await engine(PODMAN, { 'GET /version': json({ ...version, Components: components }) });
    expect(await podman.docker.version()).toMatchObject({ name: 'Podman Engine', engine: '5.8.6' });
    const other = { ...version, Version: '28.5.2', Components: [{ Name: 'Engine' }, { Name: 'containerd' }] };
    const docker = await engine('Docker/28.5.2 (linux)', { 'GET /version': json(other) });
    expect(await docker.docker.version()).toMatchObject({ name: 'Docker Engine', engine: '28.5.2' });
  });
});

/** An image whose files are under a volume. They are in the container once it was started. */
async function imageWithVolume(server: string, filledBefore: boolean, start = 204) {
  let filled = filledBefore;
  return engine(server, {
    'POST /containers/create': json({ Id: 'c' }, 201),
    'GET /containers/c/json': json({ Mounts: [{ Type: 'volume', Destination: '/etc/a' }] }),
    'POST /containers/c/start': (_, response) => {
      filled = true;
      response.writeHead(start).end('{"message":"executable file not found"}');
    },
    'POST /containers/c/wait': json({ StatusCode: 0 }),
    'HEAD /containers/c/archive': (_, response) => response.writeHead(filled ? 200 : 404).end(),
    'GET /containers/c/archive': (_, response) => {
      const tar = pack();
      tar.entry({ name: '/', type: 'directory' });
      if (filled) tar.entry({ name: '/core.yaml' }, 'peer: {}');
      tar.finalize();
      tar.pipe(response);
    },
    'DELETE /containers/c': (_, response) => response.writeHead(204).end(),
  });
}

describe('files under a volume of an image', () => {
  it.each([
    ['are there after a start', 204],
    ['are there if the image has no program to start', 500],
  ])('%s', async (_, status) => {
    const { docker } = await imageWithVolume(PODMAN, false, status);
    const seen = await docker.withCreated('a:1', {}, async ({ has, read }) => ({
      has: await has('/etc/a/core.yaml'),
      names: (await read('/etc/a')).map(({ name }) => name),
    }));
    expect(seen).toEqual({ has: true, names: ['a/core.yaml'] });
  });

  it('need no start where they are in the new container', async () => {
    const { docker, requests } = await imageWithVolume('Docker/28.5.2 (linux)', true);
    await docker.withCreated('a:1', {}, async ({ has, read }) => {
      expect(await has('/etc/a/core.yaml')).toBe(true);
      expect(await read('/etc/a')).toHaveLength(1);
    });
    await docker.settled();
    expect(requests.filter((line) => line.includes('/start'))).toEqual([]);
  });
});
