/** Reads what a peer is made of: its container or image, core.yaml, environment and `peer version`. */

import { WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { messageOf } from '../engine/engine-answers.ts';
import type { ContainerDetail, ImageInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import { type PeerVersion, parseVersion, peerVersionOf } from '../fabric/peer-version.ts';
import { namespaceOf } from './nearest-image.ts';
import type { PeerFacts } from './peer-facts.ts';
import type { VersionOrigin } from './resolve-report.ts';
import { sampleMsp } from './sample-msp.ts';

/** Where a peer looks without FABRIC_CFG_PATH. */
const CONFIG_DIR = '/etc/hyperledger/fabric';

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Of this folder's network; what it made is ours. */
  readonly project: string;
}

function coreYamlPath(env: Readonly<Record<string, string>>): string {
  return `${(env.FABRIC_CFG_PATH || CONFIG_DIR).replace(/\/+$/, '')}/core.yaml`;
}

function textOf(files: readonly TarEntry[] | undefined): string | undefined {
  const content = files?.[0]?.content;
  return Buffer.isBuffer(content) ? content.toString('utf8') : undefined;
}

interface Said {
  readonly version: PeerVersion | undefined;
  /** The last line where it was no answer. */
  readonly detail: string;
}

function saidBy(output: string): Said {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return { version: peerVersionOf(parseVersion(output)), detail: lines.at(-1)?.trim() ?? 'no answer' };
}

/** `peer version` in a container of the image that lives for this question. */
async function askImage(
  docker: DockerPort,
  image: string,
  more: {
    readonly signal: AbortSignal;
    readonly env?: Readonly<Record<string, string>>;
    readonly volumesFrom?: string;
    readonly inputs?: readonly TarEntry[];
  },
): Promise<Said> {
  const lines: string[] = [];
  try {
    await docker.runToEnd(
      {
        image,
        cmd: ['peer', 'version'],
        networkMode: 'none',
        labels: {},
        ...more,
        onLine: (line) => lines.push(line),
      },
      async () => undefined,
    );
  } catch (error) {
    // No such program: the engine says so when it is started.
    if (more.signal.aborted || !(error instanceof Error)) throw error;
    return { version: undefined, detail: messageOf(error) };
  }
  return saidBy(lines.join('\n'));
}

/** What 1.x writes on its images, where the peer itself could not be asked. */
function versionByLabels(image: ImageInfo, ref: string): PeerVersion | undefined {
  const base = Object.keys(image.labels).find((label) => label.endsWith('.base.version'));
  const version = base && image.labels[base.replace(/\.base\.version$/, '.version')];
  if (base === undefined || version === undefined) return undefined;
  const namespace = namespaceOf(ref);
  return peerVersionOf({
    Version: version,
    'Commit SHA': '',
    'OS/Arch': `linux/${image.architecture}`,
    'Base Image Version': image.labels[base] ?? '',
    'Base Docker Namespace': namespace,
    'Docker Namespace': namespace,
  });
}

/** An image that neither says its version nor has a core.yaml is no peer's, whatever its labels say. */
function versionOf(
  said: Said,
  { image, ref, coreYaml }: { image: ImageInfo; ref: string; coreYaml: string | undefined },
): { version: PeerVersion & { origin: VersionOrigin }; problem: string | undefined } {
  if (said.version) return { version: { ...said.version, origin: 'peer version' }, problem: undefined };
  const byLabels = coreYaml === undefined ? undefined : versionByLabels(image, ref);
  if (byLabels) return { version: { ...byLabels, origin: 'labels' }, problem: said.detail };
  throw new WizardFailure({
    kind: 'check',
    what: { key: 'thing.in-image', what: '`peer version`', image: ref },
    expected: { key: 'state.peer-values' },
    got: said.detail,
  });
}

/** 1.0's peer wants certificates that are valid before it tells its version; those that it came with are not. */
async function askImageAgain(
  docker: DockerPort,
  image: { readonly id: string; readonly ref: string },
  first: Said,
  signal: AbortSignal,
): Promise<Said> {
  if (first.version || !/msp|crypto/i.test(first.detail)) return first;
  const msp = await sampleMsp(docker, image.ref, signal);
  if (!msp) return first;
  const said = await askImage(docker, image.id, {
    signal,
    env: { CORE_PEER_MSPCONFIGPATH: msp.path },
    inputs: msp.files,
  });
  return said.version ? said : first;
}

/** @throws WizardFailure `usage` where there is no such image, `check` where it is no peer's */
export async function readImage(
  docker: DockerPort,
  ref: string,
  { signal, project }: ReadOptions,
): Promise<PeerFacts> {
  const image = await docker.inspectImage(ref);
  if (!image) {
    const names = (await docker.listImages()).flatMap(({ tags }) => tags).filter((tag) => /peer:/.test(tag));
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.no-image', ref },
      next: names.slice(0, 3).map((name) => `fabric-wizard resolve --image ${name}`),
    });
  }
  const first = await askImage(docker, image.id, { signal });
  const said = await askImageAgain(docker, { id: image.id, ref }, first, signal);
  const path = coreYamlPath(image.env);
  const text = await docker.withCreated(image.id, {}, async (files) =>
    (await files.has(path)) ? textOf(await files.read(path)) : undefined,
  );
  const { version, problem } = versionOf(said, { image, ref, coreYaml: text });
  return {
    subject: { kind: 'image', ref, ours: image.labels[LABEL.project] === project },
    imageRef: ref,
    image,
    version,
    versionProblem: problem,
    coreYaml: { path, text },
    env: image.env,
    container: undefined,
    madeHere: new Set(),
  };
}

async function askContainer(
  docker: DockerPort,
  container: ContainerDetail,
  signal: AbortSignal,
): Promise<Said> {
  if (container.running) {
    const { stdout, stderr } = await docker.exec(container.id, ['peer', 'version'], { signal });
    const said = saidBy(stdout.trim() === '' ? stderr : stdout);
    if (said.version) return said;
  }
  const { id: volumesFrom, imageId, imageName, env } = container;
  // Its mounts may hold the certificates that an old peer wants.
  const first = await askImage(docker, imageId, { signal, env, volumesFrom });
  return askImageAgain(docker, { id: imageId, ref: imageName }, first, signal);
}

async function noContainer(docker: DockerPort, name: string): Promise<never> {
  const names = (await docker.listContainers())
    .filter(({ image, name: other }) => /peer/.test(`${image} ${other}`) && !/-[0-9a-f]{64}$/.test(image))
    .map((container) => container.name);
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.no-container', name },
    next: names.slice(0, 3).map((other) => `fabric-wizard resolve --container ${other}`),
  });
}

/** @throws WizardFailure `usage` where there is no such container, `check` where it is no peer's */
export async function readContainer(
  docker: DockerPort,
  name: string,
  { signal, project }: ReadOptions,
): Promise<PeerFacts> {
  const container = (await docker.inspectContainer(name)) ?? (await noContainer(docker, name));
  const image = await docker.inspectImage(container.imageId);
  if (!image) throw new Error(`the image of ${name} is gone`);
  const path = coreYamlPath(container.env);
  const [text, said] = await Promise.all([
    docker.readFiles(container.id, path).then(textOf),
    askContainer(docker, container, signal),
  ]);
  const { version, problem } = versionOf(said, { image, ref: container.imageName, coreYaml: text });
  return {
    subject: {
      kind: 'container',
      name: container.name,
      running: container.running,
      // The project alone is inherited by whatever somebody starts from an image of ours.
      ours: container.labels[LABEL.project] === project && container.labels[LABEL.role] === 'node',
    },
    imageRef: container.imageName,
    image,
    version,
    versionProblem: problem,
    coreYaml: { path, text },
    env: container.env,
    container: { mounts: container.mounts, networks: container.networks },
    madeHere: new Set(),
  };
}
