/** Reads a peer from its container or image: core.yaml, environment and `peer version`. */

import { WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { messageOf } from '../engine/engine-answers.ts';
import type { ContainerDetail, ImageInfo } from '../engine/engine-types.ts';
import { isNodeOf, LABEL } from '../engine/labels.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import { type PeerVersion, parseVersion, peerVersionOf } from '../fabric/peer-version.ts';
import { socketVolume } from '../network/gateway.ts';
import { namespaceOf } from './nearest-image.ts';
import type { PeerFacts } from './peer-facts.ts';
import type { VersionOrigin } from './resolve-report.ts';
import { sampleMsp } from './sample-msp.ts';

/** Folder of core.yaml if FABRIC_CFG_PATH is not set. */
const CONFIG_DIR = '/etc/hyperledger/fabric';

export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Project of this folder; its images and containers are ours. */
  readonly project: string;
}

function coreYamlPath(env: Readonly<Record<string, string>>): string {
  return `${(env.FABRIC_CFG_PATH || CONFIG_DIR).replace(/\/+$/, '')}/core.yaml`;
}

function textOf(files: readonly TarEntry[] | undefined): string | undefined {
  const content = files?.[0]?.content;
  return Buffer.isBuffer(content) ? content.toString('utf8') : undefined;
}

interface VersionOutput {
  /** Undefined if the output has no version. */
  readonly version: PeerVersion | undefined;
  /** Last line of the output. */
  readonly detail: string;
}

function parseOutput(output: string): VersionOutput {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return { version: peerVersionOf(parseVersion(output)), detail: lines.at(-1)?.trim() ?? 'no answer' };
}

/** Runs `peer version` in a temporary container of the image. */
async function runVersion(
  docker: DockerPort,
  image: string,
  options: {
    readonly signal: AbortSignal;
    readonly env?: Readonly<Record<string, string>>;
    readonly volumesFrom?: string;
    readonly inputs?: readonly TarEntry[];
  },
): Promise<VersionOutput> {
  const lines: string[] = [];
  try {
    await docker.runToEnd(
      {
        image,
        cmd: ['peer', 'version'],
        networkMode: 'none',
        labels: {},
        ...options,
        onLine: (line) => lines.push(line),
      },
      async () => undefined,
    );
  } catch (error) {
    // The engine rejects the start if the image has no such program.
    if (options.signal.aborted || !(error instanceof Error)) throw error;
    return { version: undefined, detail: messageOf(error) };
  }
  return parseOutput(lines.join('\n'));
}

/** Reads the version from the labels of a 1.x image, for a peer that cannot be run. */
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

/** @throws WizardFailure `check` for an image with neither a version nor a core.yaml, whatever its labels say */
function versionOf(
  output: VersionOutput,
  { image, ref, coreYaml }: { image: ImageInfo; ref: string; coreYaml: string | undefined },
): { version: PeerVersion & { origin: VersionOrigin }; problem: string | undefined } {
  if (output.version) return { version: { ...output.version, origin: 'peer version' }, problem: undefined };
  const byLabels = coreYaml === undefined ? undefined : versionByLabels(image, ref);
  if (byLabels) return { version: { ...byLabels, origin: 'labels' }, problem: output.detail };
  throw new WizardFailure({
    kind: 'check',
    what: { key: 'thing.in-image', what: '`peer version`', image: ref },
    expected: { key: 'state.peer-values' },
    got: output.detail,
  });
}

/** A 1.0 peer loads valid certificates before it prints its version; those in its image have expired. */
async function retryWithMsp(
  docker: DockerPort,
  image: { readonly id: string; readonly ref: string },
  first: VersionOutput,
  signal: AbortSignal,
): Promise<VersionOutput> {
  if (first.version || !/msp|crypto/i.test(first.detail)) return first;
  const msp = await sampleMsp(docker, image.ref, signal);
  if (!msp) return first;
  const second = await runVersion(docker, image.id, {
    signal,
    env: { CORE_PEER_MSPCONFIGPATH: msp.path },
    inputs: msp.files,
  });
  return second.version ? second : first;
}

/** @throws WizardFailure `usage` if the image is absent, `check` if it is not a peer image */
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
  const first = await runVersion(docker, image.id, { signal });
  const output = await retryWithMsp(docker, { id: image.id, ref }, first, signal);
  const path = coreYamlPath(image.env);
  const text = await docker.withCreated(image.id, {}, async (files) =>
    (await files.has(path)) ? textOf(await files.read(path)) : undefined,
  );
  const { version, problem } = versionOf(output, { image, ref, coreYaml: text });
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

async function versionInContainer(
  docker: DockerPort,
  container: ContainerDetail,
  signal: AbortSignal,
): Promise<VersionOutput> {
  if (container.running) {
    const { stdout, stderr } = await docker.exec(container.id, ['peer', 'version'], { signal });
    const output = parseOutput(stdout.trim() === '' ? stderr : stdout);
    if (output.version) return output;
  }
  const { id: volumesFrom, imageId, imageName, env } = container;
  // The mounts may contain the certificates that an old peer loads.
  const first = await runVersion(docker, imageId, { signal, env, volumesFrom });
  return retryWithMsp(docker, { id: imageId, ref: imageName }, first, signal);
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

/** Whether a socket of the gateway is mounted in a node of ours. */
function hasGatewaySocket({ labels, mounts }: ContainerDetail): boolean {
  const volume = socketVolume(labels[LABEL.project] ?? '', labels[LABEL.node] ?? '');
  return labels[LABEL.role] === 'node' && mounts.some((mount) => mount.volume === volume);
}

/** @throws WizardFailure `usage` if the container is absent, `check` if it is not a peer */
export async function readContainer(
  docker: DockerPort,
  name: string,
  { signal, project }: ReadOptions,
): Promise<PeerFacts> {
  const container = (await docker.inspectContainer(name)) ?? (await noContainer(docker, name));
  const image = await docker.inspectImage(container.imageId);
  if (!image) throw new Error(`the image of ${name} is gone`);
  const path = coreYamlPath(container.env);
  const [text, output] = await Promise.all([
    docker.readFiles(container.id, path).then(textOf),
    versionInContainer(docker, container, signal),
  ]);
  const { version, problem } = versionOf(output, { image, ref: container.imageName, coreYaml: text });
  return {
    subject: {
      kind: 'container',
      name: container.name,
      running: container.running,
      ours: isNodeOf({ ...container, networks: container.networks.map(({ name: each }) => each) }, project),
    },
    imageRef: container.imageName,
    image,
    version,
    versionProblem: problem,
    coreYaml: { path, text },
    env: container.env,
    container,
    gateway: hasGatewaySocket(container),
    madeHere: new Set(),
  };
}
