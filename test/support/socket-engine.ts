/** An engine behind a socket of its own: it answers questions about images and containers and records all requests. */
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DockerPort } from '../../src/pipeline/engine/docker-port.ts';
import { tempDir } from './temp-dir.ts';

export interface EngineImage {
  readonly id: string;
  readonly tags: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

export interface EngineContainer {
  readonly id: string;
  readonly name: string;
  readonly imageId?: string;
  readonly state?: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface SocketEngine {
  readonly docker: DockerPort;
  /** `METHOD path` of every request so far. */
  readonly requests: readonly string[];
  /** Ids of the containers that are there. */
  readonly containerIds: () => readonly string[];
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const ABSENT: Answer = { status: 404, body: { message: 'no such object' } };

function found(body: unknown): Answer {
  return { status: 200, body };
}

function imageAnswer(images: readonly EngineImage[], ref: string): Answer {
  const image = images.find(({ id, tags }) => id === ref || tags.includes(ref));
  if (!image) return ABSENT;
  return found({
    Id: image.id,
    RepoTags: image.tags,
    RepoDigests: [],
    Config: { Labels: image.labels ?? {}, Env: [], ExposedPorts: {} },
    RootFS: { Layers: [] },
    Architecture: 'amd64',
    Size: 1,
    Created: '2026-11-22T08:00:00Z',
  });
}

function listAnswer(containers: Iterable<EngineContainer>, filters: string | null): Answer {
  const { label = [] } = JSON.parse(filters ?? '{}') as { readonly label?: readonly string[] };
  const matches = ({ labels }: EngineContainer) =>
    label.every((each) => {
      const [key = '', value] = each.split('=');
      return value === undefined ? key in labels : labels[key] === value;
    });
  return found(
    [...containers].filter(matches).map(({ id, name, imageId = 'sha256:1', state = 'running', labels }) => ({
      Id: id,
      Names: [`/${name}`],
      Image: 'acme/fabric:1',
      ImageID: imageId,
      State: state,
      Status: state,
      Labels: labels,
      Ports: [],
    })),
  );
}

/** Starts the engine. It ends with the test. */
export async function socketEngine(content: {
  readonly images?: readonly EngineImage[];
  readonly containers?: readonly EngineContainer[];
  /** Names of volumes, all of this program. */
  readonly volumes?: readonly string[];
}): Promise<SocketEngine> {
  const { images = [] } = content;
  const containers = new Map((content.containers ?? []).map((each) => [each.id, each]));
  const requests: string[] = [];
  const answer = ({ method = '', url = '' }: IncomingMessage): Answer => {
    const { pathname, searchParams } = new URL(url, 'http://engine');
    const path = decodeURIComponent(pathname);
    requests.push(`${method} ${path}`);
    const image = /^\/images\/(.+)\/json$/.exec(path)?.[1];
    const container = /^\/containers\/([^/]+)$/.exec(path)?.[1];
    if (method === 'DELETE' && container !== undefined)
      return containers.delete(container) ? { status: 204, body: undefined } : ABSENT;
    if (method !== 'GET') return { status: 501, body: { message: `${method} is not expected` } };
    if (path === '/version')
      return found({ Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12', Arch: 'amd64' });
    if (path === '/containers/json') return listAnswer(containers.values(), searchParams.get('filters'));
    if (path === '/volumes') return found({ Volumes: (content.volumes ?? []).map((Name) => ({ Name })) });
    return image === undefined ? ABSENT : imageAnswer(images, image);
  };
  const server = createServer((request, response) => {
    const { status, body } = answer(request);
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  const path = join(await tempDir(), 'engine.sock');
  await new Promise<void>((listening) => server.listen(path, listening));
  onTestFinished(
    () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  );
  return {
    docker: new DockerPort({ endpoint: `unix://${path}`, origin: { kind: 'variable' } }),
    requests,
    containerIds: () => [...containers.keys()],
  };
}
