/** Copies a network: its files and ledgers, under an id of its own, so that both can exist on one engine. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMap, isScalar, parse, parseDocument } from 'yaml';
import * as z from 'zod/mini';
import { WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ListedVolume } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { releaseOf } from '../fabric/release.ts';
import { withPartial } from '../host/files.ts';
import { type KeptNetwork, type NetworkRecord, type SnapshotFacts, writeRecord } from './kept-networks.ts';
import { artifactsFingerprint } from './network-plan.ts';
import { METRICS, type NetworkSpec, networkNodes, volumeName } from './network-spec.ts';

const COMPOSE_FILE = 'docker-compose.yaml';

/** A network of which everything is known that starting it needs. */
export type CompleteNetwork = KeptNetwork & { readonly state: NonNullable<KeptNetwork['state']> };

/** Returns an id for new certificates, or for a copy of existing ones. */
export function newInstance(): string {
  return randomBytes(3).toString('hex');
}

/** PURE. Returns the record of a copy. The id is part of the fingerprint of the channel artifacts. */
export function recordAs(record: NetworkRecord, instance: string): NetworkRecord {
  const { crypto, artifacts, anchors, state } = record;
  const release = state && releaseOf(state.network.version);
  const print = (of: string): string | undefined =>
    state && release && artifactsFingerprint({ spec: state.network.spec, settings: { release } }, of);
  // Artifacts that were made for another configuration stay different from the wanted ones.
  const copied = (made: string) => (made === print(crypto.instance) ? (print(instance) ?? made) : made);
  const deployed = Object.entries(state?.deployed ?? {});
  return {
    crypto: { ...crypto, instance },
    artifacts: artifacts && { ...artifacts, instance, fingerprint: copied(artifacts.fingerprint) },
    anchors: anchors && { fingerprint: copied(anchors.fingerprint) },
    state: state && {
      ...state,
      deployed: Object.fromEntries(deployed.map(([name, each]) => [name, { ...each, instance }])),
    },
  };
}

/** PURE. Returns the compose file of a copy: the names of its volumes, and the label of its containers. */
export function composeAs(text: string, project: string, from: string, to: string): string {
  const document = parseDocument(text);
  const mapsIn = (key: string) => {
    const found = document.get(key);
    return isMap(found) ? found.items.map(({ value }) => value).filter(isMap) : [];
  };
  for (const volume of mapsIn('volumes')) {
    const name = volume.get('name');
    const prefix = `${project}-${from}-`;
    if (typeof name === 'string' && name.startsWith(prefix))
      volume.set('name', `${project}-${to}-${name.slice(prefix.length)}`);
  }
  for (const service of mapsIn('services')) {
    const labels = service.get('labels');
    if (!isMap(labels)) continue;
    const label = labels.items.find(({ key }) => isScalar(key) && key.value === LABEL.instance);
    // A new value, because the quotes of the old one may be needed no more.
    if (label) label.value = document.createNode(to);
  }
  return document.toString({ lineWidth: 0 });
}

const composeSchema = z.object({ services: z.record(z.string(), z.object({ image: z.string() })) });

/** Returns the references of the images that a network needs to start. It starts without Prometheus. */
export async function imagesOf({ folder }: Pick<KeptNetwork, 'folder'>): Promise<string[]> {
  const text = await readFile(join(folder, COMPOSE_FILE), 'utf8');
  const { services } = composeSchema.parse(parse(text));
  const needed = Object.entries(services).filter(([name]) => name !== METRICS);
  return [...new Set(needed.map(([, { image }]) => image))].sort();
}

/** Returns the names of the nodes that have a volume. */
export function nodesWithLedger(
  spec: NetworkSpec,
  instance: string,
  volumes: readonly ListedVolume[],
): string[] {
  const present = new Set(
    volumes.filter(({ labels }) => labels[LABEL.project] === spec.project).map(({ name }) => name),
  );
  return networkNodes(spec)
    .map(({ node }) => node.name)
    .filter((node) => present.has(volumeName(spec, instance, node)));
}

/** Exit code of the script if the disk has too little space. */
const NO_SPACE = 28;
const SIZES = /^##sizes (\d+) (\d+)$/;

/**
 * Copies `/from/NODE` to `/to/NODE` for each argument. It first prints the size of all in kB, and the space for it. Some
 * programs named `cp` know no `--reflink`.
 */
const COPY_SCRIPT = `
size=$(du -sk /from | { read -r kb rest; echo "$kb"; })
free=$(df -Pk "/to/$1" | { read -r header; read -r device blocks used kb rest; echo "$kb"; })
echo "##sizes $size $free"
[ "$free" -gt "$size" ] || exit ${NO_SPACE}
for node; do
  cp -a --reflink=auto "/from/$node/." "/to/$node/" 2>/dev/null || cp -a "/from/$node/." "/to/$node/"
done
`;

export interface VolumeCopy {
  readonly docker: Pick<DockerPort, 'createVolume' | 'runToEnd'>;
  /** An image with a shell and `cp`. */
  readonly image: string;
  readonly project: string;
  /** Source and target of each node. */
  readonly volumes: readonly { readonly node: string; readonly from: string; readonly to: string }[];
  readonly labelsOf: (node: string) => Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Copies volumes inside of the engine. The targets stay if it fails.
 * @returns the size in bytes
 * @throws WizardFailure `usage` if there is too little space, `command`; CancelledError
 */
export async function copyVolumes(copy: VolumeCopy): Promise<number> {
  const { docker, image, project, volumes, labelsOf, signal } = copy;
  await Promise.all(volumes.map(({ node, to }) => docker.createVolume(to, labelsOf(node))));
  const lines: string[] = [];
  const exitCode = await docker.runToEnd(
    {
      image,
      cmd: ['sh', '-euc', COPY_SCRIPT, 'copy', ...volumes.map(({ node }) => node)],
      binds: volumes.flatMap(({ node, from, to }) => [`${from}:/from/${node}:ro`, `${to}:/to/${node}`]),
      networkMode: 'none',
      labels: { [LABEL.project]: project },
      signal,
      onLine: (line) => lines.push(line),
    },
    async (ended) => ended.exitCode,
  );
  const [, size, free] = lines.map((line) => SIZES.exec(line)).find((match) => match !== null) ?? [];
  if (exitCode === NO_SPACE && size !== undefined && free !== undefined)
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.no-space', needed: megabytes(size), free: megabytes(free) },
      next: ['docker system df', 'fabric-wizard snapshot list'],
    });
  if (exitCode !== 0)
    throw new WizardFailure({
      kind: 'command',
      command: 'cp -a /from/. /to/',
      where: image,
      exitCode,
      tail: lines.slice(-10),
    });
  return Number(size ?? 0) * 1024;
}

function megabytes(kilobytes: string): string {
  return `${Math.ceil(Number(kilobytes) / 1024)} MiB`;
}

/**
 * Copies the files of a network into a new folder, with the modes of the keys, and records what they are. The folder
 * appears with all of its content.
 * @throws the error of the system
 */
export async function copyFiles(
  from: CompleteNetwork,
  to: { readonly folder: string; readonly instance: string; readonly snapshot?: SnapshotFacts },
): Promise<void> {
  const { folder, instance, snapshot } = to;
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  await withPartial(folder, async (partial) => {
    await rm(partial, { recursive: true });
    await cp(from.folder, partial, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      preserveTimestamps: true,
      verbatimSymlinks: true,
    });
    await chmod(partial, 0o700);
    const compose = join(partial, COMPOSE_FILE);
    const text = await readFile(compose, 'utf8');
    await writeFile(
      compose,
      composeAs(text, from.state.network.spec.project, from.crypto.instance, instance),
    );
    await writeRecord(partial, { ...recordAs(from, instance), ...(snapshot ? { snapshot } : {}) });
    await rename(partial, folder);
  });
}
