/** An engine behind a socket of its own: it lists, describes, starts and removes what it has, and records all requests. */
import { createServer, type IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DockerPort } from '../../src/pipeline/engine/docker-port.ts';
import { LABEL } from '../../src/pipeline/engine/labels.ts';
import { tempDir } from './temp-dir.ts';

export interface EngineImage {
  readonly id: string;
  readonly tags: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** The step that created it; by default that of an image that fabric-wizard built. */
  readonly step?: string;
  /** Id of the image of the step before; none if it was pulled or imported. */
  readonly parent?: string;
}

export interface EngineContainer {
  readonly id: string;
  readonly name: string;
  readonly imageId?: string;
  readonly state?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly command?: string;
  readonly networks?: readonly string[];
  /** Ids of the networks that it is attached to, by name; by default the names of `networks`. */
  readonly attached?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}

export interface EngineVolume {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface EngineContent {
  /** Name of the engine's host; by default this one. */
  readonly host?: string;
  /** Whether it has an address of TCP, as an engine on another host. */
  readonly tcp?: boolean;
  /** Identifies the engine in `docker info`. */
  readonly id?: string;
  readonly images?: readonly EngineImage[];
  readonly containers?: readonly EngineContainer[];
  /** A name stands for a volume of this program. */
  readonly volumes?: readonly (EngineVolume | string)[];
  readonly networks?: readonly EngineVolume[];
  /** What is connected to a network, by the name of the network, as the engine reports it. */
  readonly endpoints?: Readonly<Record<string, object>>;
  /** Answers to removals that the engine refuses, by path. */
  readonly refusals?: Readonly<Record<string, Answer>>;
}

export interface SocketEngine {
  readonly docker: DockerPort;
  /** `METHOD path` of every request so far. */
  readonly requests: readonly string[];
  /** Ids of the containers that are there. */
  readonly containerIds: () => readonly string[];
  /** Adds a container. */
  readonly add: (container: EngineContainer) => void;
  /** Paths of what was removed, in order. */
  readonly removed: () => readonly string[];
  /** Ends all connections and accepts no more. */
  readonly close: () => void;
  /** Answers no request from now on. */
  readonly hang: () => void;
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
    Parent: image.parent ?? '',
    RepoDigests: [],
    Config: { Labels: image.labels ?? {}, Env: [], ExposedPorts: {} },
    RootFS: { Layers: [] },
    Architecture: 'amd64',
    Size: 1,
    Created: '2026-11-22T08:00:00Z',
  });
}

function listedImage({ id, tags, labels = {} }: EngineImage) {
  return { Id: id, RepoTags: tags, Labels: labels, Created: 1 };
}

/** Returns the images after the removal of a name; an image is gone with its last name. */
function without(images: readonly EngineImage[], ref: string): EngineImage[] {
  return images.flatMap((image) => {
    if (image.id === ref) return [];
    if (!image.tags.includes(ref)) return [image];
    const tags = image.tags.filter((tag) => tag !== ref);
    return tags.length === 0 ? [] : [{ ...image, tags }];
  });
}

function historyAnswer(images: readonly EngineImage[], ref: string): Answer {
  const image = images.find(({ id }) => id === ref);
  if (!image) return ABSENT;
  const { step = '/bin/sh -c #(nop) LABEL io.fabric-wizard.project=x' } = image;
  return found([{ CreatedBy: step }, { CreatedBy: '/bin/sh -c #(nop) ENV A=b' }]);
}

/** Returns a predicate for the labels that the request asks for. */
function labelFilter(filters: string | null) {
  const { label = [] } = JSON.parse(filters ?? '{}') as { readonly label?: readonly string[] };
  return ({ labels }: { readonly labels: Readonly<Record<string, string>> }) =>
    label.every((each) => {
      const [key = '', value] = each.split('=');
      return value === undefined ? key in labels : labels[key] === value;
    });
}

function listedContainer(container: EngineContainer) {
  const { id, name, imageId = 'sha256:1', image = 'acme/fabric:1', state = 'running', labels } = container;
  const [networkMode = 'default', ...others] = container.networks ?? [];
  const attached = Object.entries(
    container.attached ?? Object.fromEntries([networkMode, ...others].map((name) => [name, ''])),
  );
  return {
    Id: id,
    Names: [`/${name}`],
    Image: image,
    ImageID: imageId,
    Command: container.command ?? 'sh',
    State: state,
    Status: state,
    Labels: labels,
    Ports: [],
    HostConfig: { NetworkMode: networkMode },
    NetworkSettings: {
      Networks: Object.fromEntries(attached.map(([each, NetworkID]) => [each, { NetworkID }])),
    },
    Mounts: (container.volumes ?? []).map((each) => ({ Type: 'volume', Name: each })),
  };
}

/** Starts the engine. It ends with the test. */
export async function socketEngine(content: EngineContent): Promise<SocketEngine> {
  const { networks = [], refusals = {} } = content;
  let images = content.images ?? [];
  const volumes = (content.volumes ?? []).map((each) =>
    typeof each === 'string' ? { name: each, labels: { [LABEL.project]: 'any' } } : each,
  );
  const containers = new Map((content.containers ?? []).map((each) => [each.id, each]));
  const requests: string[] = [];
  const removed: string[] = [];
  const answer = ({ method = '', url = '' }: IncomingMessage): Answer => {
    const { pathname, searchParams } = new URL(url, 'http://engine');
    const path = decodeURIComponent(pathname);
    requests.push(`${method} ${path}`);
    const image = /^\/images\/(.+)\/json$/.exec(path)?.[1];
    const history = /^\/images\/(.+)\/history$/.exec(path)?.[1];
    const isAsked = labelFilter(searchParams.get('filters'));
    if (method === 'DELETE') {
      const refusal = refusals[path];
      if (refusal) return refusal;
      const container = /^\/containers\/([^/]+)$/.exec(path)?.[1];
      if (container !== undefined && !containers.delete(container)) return ABSENT;
      const ref = /^\/images\/(.+)$/.exec(path)?.[1];
      if (ref !== undefined) {
        if (imageAnswer(images, ref) === ABSENT) return ABSENT;
        images = without(images, ref);
      }
      removed.push(path);
      return path.startsWith('/images/') ? found([]) : { status: 204, body: undefined };
    }
    const starting = containers.get(/^\/containers\/([^/]+)\/start$/.exec(path)?.[1] ?? '');
    if (starting) {
      containers.set(starting.id, { ...starting, state: 'running' });
      return { status: 204, body: undefined };
    }
    if (method !== 'GET') return { status: 501, body: { message: `${method} is not expected` } };
    if (path === '/version')
      return found({ Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12', Arch: 'amd64' });
    if (path === '/info')
      return found({
        ID: content.id ?? 'HERE',
        DockerRootDir: '/var/lib/docker',
        Name: content.host ?? hostname(),
      });
    if (path === '/containers/json')
      return found([...containers.values()].filter(isAsked).map(listedContainer));
    if (path === '/images/json') return found(images.map(listedImage));
    if (path === '/volumes')
      return found({
        Volumes: volumes.filter(isAsked).map(({ name, labels }) => ({ Name: name, Labels: labels })),
      });
    if (path === '/networks')
      return found(networks.filter(isAsked).map(({ name }) => ({ Id: name, Name: name })));
    const network = /^\/networks\/(.+)$/.exec(path)?.[1];
    if (network !== undefined) return found({ Containers: content.endpoints?.[network] ?? {} });
    if (history !== undefined) return historyAnswer(images, history);
    return image === undefined ? ABSENT : imageAnswer(images, image);
  };
  let hangs = false;
  const server = createServer((request, response) => {
    if (hangs) return;
    const { status, body } = answer(request);
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  const path = join(await tempDir(), 'engine.sock');
  await new Promise<void>((listening) =>
    server.listen(content.tcp ? { host: '127.0.0.1', port: 0 } : path, listening),
  );
  const bound = server.address();
  const endpoint = typeof bound === 'object' ? `tcp://127.0.0.1:${bound?.port}` : `unix://${path}`;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(close);
  return {
    docker: new DockerPort({ endpoint, origin: { kind: 'variable' } }),
    requests,
    containerIds: () => [...containers.keys()],
    add: (container) => {
      containers.set(container.id, container);
    },
    removed: () => removed,
    close,
    hang: () => {
      hangs = true;
    },
  };
}
