/** Containers that the engine has: reading, starting, stopping, removing. */
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { CancelledError } from '../core/failure.ts';
import { envRecord, statusOf, undefinedIf, undefinedIfMissing, usageOf } from './engine-answers.ts';
import type { ContainerDetail, ContainerInfo, ContainerUsage } from './engine-types.ts';
import { shortName } from './image-names.ts';
import { type LoadedEntry, type TarEntry, unpackTar } from './tar-context.ts';
import { workLabels } from './work-labels.ts';

export interface ContainerFilters {
  /** `key` or `key=value`. */
  readonly label?: readonly string[];
  readonly name?: readonly string[];
}

export async function listContainers(docker: Docker, filters: ContainerFilters): Promise<ContainerInfo[]> {
  const containers = await docker.listContainers({
    all: true,
    filters: JSON.stringify({ label: filters.label ?? [], name: filters.name ?? [] }),
  });
  return containers.map((container) => ({
    id: container.Id,
    name: (container.Names[0] ?? '').replace(/^\//, ''),
    image: shortName(docker, container.Image),
    imageId: container.ImageID,
    state: container.State,
    status: container.Status,
    labels: container.Labels ?? {},
    command: container.Command ?? '',
    networks: [
      ...new Set([
        // Podman's list has no host configuration.
        ...(container.HostConfig ? [container.HostConfig.NetworkMode] : []),
        ...Object.keys(container.NetworkSettings?.Networks ?? {}),
      ]),
    ],
    attached: Object.entries(container.NetworkSettings?.Networks ?? {}).map(([name, { NetworkID }]) => ({
      id: NetworkID ?? '',
      name,
    })),
    volumes: (container.Mounts ?? []).flatMap(({ Type, Name }) =>
      Type === 'volume' && Name !== undefined ? [Name] : [],
    ),
    ports: container.Ports.map((port) => ({
      private: port.PrivatePort,
      public: port.PublicPort,
      ip: port.IP,
    })),
  }));
}

function hostPorts(bindings: unknown): number[] {
  return Object.values((bindings ?? {}) as Record<string, { readonly HostPort?: string }[] | null>)
    .flatMap((published) => published ?? [])
    .map(({ HostPort }) => Number(HostPort));
}

export function inspectContainer(docker: Docker, name: string): Promise<ContainerDetail | undefined> {
  return undefinedIfMissing(async () => {
    const container = await docker.getContainer(name).inspect();
    const { State: state, Config: config } = container;
    const ownName = container.Name.replace(/^\//, '');
    return {
      id: container.Id,
      name: ownName,
      imageId: container.Image,
      imageName: shortName(docker, config.Image),
      running: state.Running && !state.Paused && !state.Restarting,
      labels: config.Labels ?? {},
      env: envRecord(config.Env),
      mounts: container.Mounts.map(({ Name, Source, Destination }) => ({
        ...(Name === undefined ? {} : { volume: Name }),
        source: Source,
        destination: Destination,
      })),
      networks: Object.entries(container.NetworkSettings.Networks ?? {}).map(([network, settings]) => ({
        name: network,
        aliases: [ownName, ...(settings.Aliases ?? [])],
        addresses: [settings.IPAddress, settings.GlobalIPv6Address].filter((address) => address),
      })),
      hostPorts: hostPorts(container.HostConfig.PortBindings),
      state: state.Status,
      startedAt: Date.parse(state.StartedAt),
      endedAt: Date.parse(state.FinishedAt),
      exitCode: state.ExitCode,
      outOfMemory: state.OOMKilled,
    };
  });
}

/**
 * Returns the image that a container was created from: its id (`sha256:…`) and its name at that time.
 * @returns undefined if the container does not exist
 */
export function containerImage(
  docker: Docker,
  id: string,
): Promise<{ id: string; name: string } | undefined> {
  return undefinedIfMissing(async () => {
    const { Image, Config } = await docker.getContainer(id).inspect();
    return { id: Image, name: shortName(docker, Config.Image) };
  });
}

/**
 * Returns the regular files at a path of a container, running or not, including its mounts.
 * @returns undefined if the path does not exist
 */
export function readFiles(
  docker: Docker,
  containerId: string,
  path: string,
): Promise<LoadedEntry[] | undefined> {
  return undefinedIfMissing(() => filesAt(docker.getContainer(containerId), path));
}

/** Returns the regular files at a path. Their names begin with the last part of the path. */
async function filesAt(container: Docker.Container, path: string): Promise<LoadedEntry[]> {
  const files = await unpackTar(await container.getArchive({ path }));
  // In Podman's archive of a volume, names begin with a slash.
  return files.map((file) => ({ ...file, name: file.name.replace(/^\//, `${basename(path)}/`) }));
}

/**
 * Podman copies an image's files to a volume when the container starts. Does this, and returns whether there are volumes.
 * The start itself may fail: an image need not have the program.
 */
async function fillVolumes(container: Docker.Container): Promise<boolean> {
  const { Mounts: mounts } = await container.inspect();
  if (mounts.length === 0) return false;
  await container.start().then(
    () => container.wait(),
    () => undefined,
  );
  return true;
}

/** The files of an image. */
export interface ContainerFiles {
  has(path: string): Promise<boolean>;
  /** Returns the regular files at a path. */
  read(path: string): Promise<TarEntry[]>;
}

/**
 * Creates a container of an image, lets `inspect` read its files, and removes it. The program of the image never runs.
 * @param later receives the removal, which takes a third of a second
 */
export async function withCreated<T>(
  docker: Docker,
  spec: { readonly image: string; readonly labels: Readonly<Record<string, string>> },
  inspect: (files: ContainerFiles) => Promise<T>,
  later: (removal: Promise<unknown>) => void,
): Promise<T> {
  const container = await docker.createContainer({
    Image: spec.image,
    Entrypoint: ['true'],
    Labels: workLabels(spec.labels),
    HostConfig: { NetworkMode: 'none' },
  });
  let filled: Promise<boolean> | undefined;
  const fill = () => {
    filled ??= fillVolumes(container);
    return filled;
  };
  const isThere = async (path: string) => {
    const found = await undefinedIfMissing(async () => {
      const body = (await container.infoArchive({ path })) as NodeJS.ReadableStream;
      // The answer is in the header, but an unread body keeps the connection and the process alive.
      body.resume();
      return true;
    });
    return found ?? false;
  };
  const has = async (path: string) => (await isThere(path)) || ((await fill()) && (await isThere(path)));
  const read = async (path: string) => {
    const files = await filesAt(container, path);
    return files.length === 0 && (await fill()) ? filesAt(container, path) : files;
  };
  try {
    return await inspect({ has, read });
  } finally {
    later(container.remove({ force: true, v: true }).catch(() => undefined));
  }
}

export function usage(docker: Docker, id: string): Promise<ContainerUsage | undefined> {
  return undefinedIf([404, 409], async () =>
    usageOf(await docker.getContainer(id).stats({ stream: false, 'one-shot': true })),
  );
}

export async function startContainer(docker: Docker, id: string): Promise<void> {
  // 304: it runs already.
  await undefinedIf([304], () => docker.getContainer(id).start());
}

export async function restartContainer(
  docker: Docker,
  id: string,
  graceSeconds: number,
  abortSignal: AbortSignal,
): Promise<void> {
  if (abortSignal.aborted) throw new CancelledError();
  // Cancelling only ends the request: the engine still starts what it has stopped.
  await docker.getContainer(id).restart({ t: graceSeconds, abortSignal });
}

export async function stopContainer(docker: Docker, id: string, graceSeconds: number): Promise<void> {
  // 304: it has already stopped.
  await undefinedIf([404, 304], () => docker.getContainer(id).stop({ t: graceSeconds }));
}

export async function pauseContainer(docker: Docker, id: string): Promise<void> {
  await docker.getContainer(id).pause();
}

export async function unpauseContainer(docker: Docker, id: string): Promise<void> {
  // 409: it is not paused any more.
  await undefinedIf([404, 409], () => docker.getContainer(id).unpause());
}

export async function renameContainer(docker: Docker, id: string, name: string): Promise<void> {
  await docker.getContainer(id).rename({ name });
}

/** Gives a container other names in its network. The engine has no call for this, so the container leaves and joins it. */
export async function connectAs(
  docker: Docker,
  id: string,
  network: string,
  aliases: readonly string[],
): Promise<void> {
  const joined = docker.getNetwork(network);
  // A run that was interrupted may have left it without a network. Otherwise the engine refuses to connect it.
  await joined.disconnect({ Container: id }).catch(() => undefined);
  await joined.connect({ Container: id, EndpointConfig: { Aliases: [...aliases] } });
}

/** The engine makes such names. */
const ANONYMOUS_VOLUME = /^[0-9a-f]{64}$/;

/** How long a removal by another client may take. */
const OTHERS_REMOVAL_MS = 30_000;

/**
 * Waits until another client has removed a container. Until then, networks and volumes count it as a user.
 * @throws the given refusal if the container stays
 */
async function untilRemoved(container: Docker.Container, refusal: unknown): Promise<void> {
  const deadline = performance.now() + OTHERS_REMOVAL_MS;
  while ((await undefinedIfMissing(() => container.inspect())) !== undefined) {
    if (performance.now() > deadline) throw refusal;
    await delay(50);
  }
}

/** Removes a container with its anonymous volumes. Peers also remove containers of their chaincode. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  const container = docker.getContainer(id);
  const mounts = (await undefinedIfMissing(() => container.inspect()))?.Mounts ?? [];
  try {
    await undefinedIfMissing(() => container.remove({ force: true, v: true }));
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
    await untilRemoved(container, error);
  }
  // When compose replaces a container, the next one gets its volumes by name, and then the engine keeps them.
  const volumes = mounts.flatMap(({ Name: name }) => (name && ANONYMOUS_VOLUME.test(name) ? [name] : []));
  // 409: another container uses it.
  await Promise.all(volumes.map((name) => undefinedIf([404, 409], () => docker.getVolume(name).remove())));
}
