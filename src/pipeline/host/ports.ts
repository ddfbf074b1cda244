/** Which TCP ports are taken on the host of the engine, and by whom. Of another host, only containers are known. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { sharesHost } from '../core/engine-origin.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { COMPOSE_LABEL, creatorOf } from '../engine/labels.ts';

export interface WantedPort {
  readonly port: number;
  /** Name of a node. */
  readonly wantedBy: string;
  /** The machine of the network that has the port; absent: any. */
  readonly machine?: string | undefined;
}

export interface TakenPort extends WantedPort {
  /** Description of the container or process that listens there; empty if unknown. */
  readonly owner: Text;
}

/** Returns the system's error code if 127.0.0.1:port cannot be bound. */
async function bindError(port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    return await new Promise<string | undefined>((resolve) => {
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
      server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(undefined));
    });
  } finally {
    server.close();
  }
}

/** Parses `/proc/net/tcp`. @returns socket inode by listening port */
export function parseProcNetTcp(text: string): Map<number, string> {
  const listening = new Map<number, string>();
  for (const line of text.split('\n').slice(1)) {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const port = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16);
    if (state === '0A' && inode && inode !== '0') listening.set(port, inode);
  }
  return listening;
}

/** Programs that publish the ports of an engine's containers. */
const PUBLISHERS = ['docker-proxy', 'rootlesskit'];

/** Returns the processes that have the sockets, by inode. Without root only the user's own processes are visible. */
async function programsOfSockets(inodes: ReadonlySet<string>): Promise<Map<string, Phrase>> {
  const programs = new Map<string, Phrase>();
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    pids.map(async (pid) => {
      const fds = await readdir(`/proc/${pid}/fd`).catch((): string[] => []);
      await Promise.all(
        fds.map(async (fd) => {
          const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
          const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
          if (!inode || !inodes.has(inode)) return;
          const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
          programs.set(inode, {
            key: PUBLISHERS.includes(name) ? 'owner.proxy' : 'owner.process',
            pid,
            name,
          });
        }),
      );
    }),
  );
  return programs;
}

function containerOwner({ name, labels }: ContainerInfo): Phrase {
  const project = labels[COMPOSE_LABEL.project];
  return project ? { key: 'owner.composed', name, project } : { key: 'owner.container', name };
}

export type PortEngine = Pick<DockerPort, 'listContainers' | 'address'>;

/**
 * Returns the wanted ports that are taken, see `takenFor`.
 * @param project ports that containers of this project publish do not count as taken
 */
export function takenPorts(
  wanted: readonly WantedPort[],
  docker: PortEngine,
  project: string,
): Promise<TakenPort[]> {
  return takenFor(wanted, docker, (container) => creatorOf(container) === project);
}

/**
 * Returns the wanted ports of 127.0.0.1 that are taken. For an engine elsewhere, this host's ports do not matter.
 * @param docker the engine, which alone knows the containers that publish ports
 * @param isOwn whether the ports of a container do not count as taken
 */
export async function takenFor(
  wanted: readonly WantedPort[],
  docker: PortEngine,
  isOwn: (container: ContainerInfo) => boolean,
): Promise<TakenPort[]> {
  const isHere = sharesHost(docker.address);
  const selected = docker.address.machines?.selected;
  const hasPort = ({ machine }: WantedPort) => isHere && (machine === undefined || machine === selected);
  const tried = await Promise.all(
    wanted.map(async (each) => ({ ...each, code: hasPort(each) ? await bindError(each.port) : undefined })),
  );
  const containers = await docker.listContainers();
  const publisherOf = ({ port, machine }: WantedPort) =>
    containers
      .filter((each) => machine === undefined || each.machine === machine)
      .find((each) => each.ports.some((published) => published.public === port));
  // An engine without docker-proxy publishes ports that can still be bound.
  const refused = tried.filter((each) => each.code !== undefined || publisherOf(each));
  if (refused.length === 0) return [];
  const paths = isHere ? ['/proc/net/tcp', '/proc/net/tcp6'] : [];
  const tables = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')));
  const sockets = new Map(tables.flatMap((table) => [...parseProcNetTcp(table)]));
  const programs = await programsOfSockets(new Set(refused.map(({ port }) => sockets.get(port) ?? '')));
  const taken: TakenPort[] = [];
  for (const wish of refused) {
    const { port, wantedBy, code } = wish;
    const container = publisherOf(wish);
    if (container && isOwn(container)) continue;
    const other: Phrase | undefined =
      code === 'EACCES' ? { key: 'owner.system' } : programs.get(sockets.get(port) ?? '');
    taken.push({ port, wantedBy, owner: container ? containerOwner(container) : (other ?? '') });
  }
  return taken;
}
