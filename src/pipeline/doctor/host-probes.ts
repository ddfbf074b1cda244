/** Observes this machine: files, programs, environment. The checks draw the conclusions. */

import { execFile } from 'node:child_process';
import { access, constants, lstat, readdir, readFile, stat, statfs } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DEFAULT_ENDPOINT, sharesHost } from '../core/engine-origin.ts';
import { dockerFolder, readDockerConfig } from '../engine/docker-config.ts';
import type { EngineAddress } from '../engine/engine-address.ts';
import { isRoot } from '../host/apt-install.ts';
import { exists, isFolder } from '../host/files.ts';
import { hostDistribution } from '../host/host-apt.ts';
import { STATE_FOLDER } from '../host/state-folder.ts';
import type { DiskSpace, DoctorFacts } from './doctor-facts.ts';

const execFileAsync = promisify(execFile);

/** Returns the output of a program; undefined if the program is missing or fails. */
async function output(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return (
      await execFileAsync(program, args, { signal, env: { ...process.env, LC_ALL: 'C' } })
    ).stdout.trim();
  } catch {
    return undefined;
  }
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** Returns undefined if the path is not on this machine. */
export async function spaceAt(path: string): Promise<DiskSpace | undefined> {
  try {
    const [{ bavail, bsize }, { dev }] = await Promise.all([statfs(path), stat(path)]);
    return { path, free: bavail * bsize, device: dev };
  } catch {
    return undefined;
  }
}

/** Returns the space of the folder, or of its nearest existing parent. */
export async function folderSpace(dir: string): Promise<DiskSpace> {
  const room = await spaceAt(dir);
  if (room) return room;
  const above = dirname(dir);
  if (above === dir) throw new Error(`nothing is at ${dir}`);
  return folderSpace(above);
}

/** Returns the bytes that are available without swapping. */
export async function availableMemory(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8');
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

/** Returns name and members of a group, from the content of /etc/group. */
export function parseGroup(
  text: string,
  gid: number,
): { readonly name: string; readonly members: readonly string[] } {
  const fields = text
    .split('\n')
    .map((line) => line.split(':'))
    .find(([, , number]) => Number(number) === gid);
  return { name: fields?.[0] ?? String(gid), members: (fields?.[3] ?? '').split(',').filter(Boolean) };
}

/** Returns the name of this user; empty for a uid that the system does not know, as in a container. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

export async function socketAt(path: string | undefined): Promise<DoctorFacts['socket']> {
  const nothing = { path, group: '', listed: false, member: false };
  if (path === undefined) return { ...nothing, access: 'absent' };
  const stats = await stat(path).catch(() => undefined);
  if (!stats) return { ...nothing, access: 'absent' };
  const open = await access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  const { name, members } = parseGroup(await textOf('/etc/group'), stats.gid);
  return {
    path,
    access: open ? 'open' : 'denied',
    group: name,
    listed: members.includes(userName()),
    member: [...(process.getgroups?.() ?? []), process.getegid?.()].includes(stats.gid),
  };
}

/** Returns which engine docker's own client uses, if it does not use ours, and what hinders it. */
export async function dockerClient({ endpoint, origin }: EngineAddress): Promise<DoctorFacts['context']> {
  const { file, broken } = await readDockerConfig(dockerFolder());
  return {
    endpoint: origin.kind === 'rootless' ? DEFAULT_ENDPOINT : endpoint,
    ours: endpoint,
    unreadable: broken ? file : undefined,
    tls: Boolean(process.env.DOCKER_TLS_VERIFY) && sharesHost({ endpoint }),
  };
}

/** Whether a proxy is set in this shell. */
export function hasShellProxy(): boolean {
  const { env } = process;
  return Boolean(env.https_proxy || env.HTTPS_PROXY || env.http_proxy || env.HTTP_PROXY);
}

/** Returns whether this machine can build base images. */
export async function debianTools(): Promise<Pick<DoctorFacts['base'], 'root' | 'debian'>> {
  return { root: isRoot(), debian: (await hostDistribution()) !== undefined };
}

export async function gitAt(
  dir: string | undefined,
  needed: boolean,
  signal: AbortSignal,
): Promise<DoctorFacts['git']> {
  const version = (await output('git', ['--version'], signal))?.replace(/^git version /, '');
  const checkout =
    dir !== undefined && version !== undefined && (await exists(join(dir, '.git'))) ? dir : undefined;
  const refused =
    checkout !== undefined &&
    (await output('git', ['-C', checkout, 'rev-parse', '--git-dir'], signal)) === undefined;
  return { version, needed, dubious: refused ? checkout : undefined };
}

/** Files deeper in the tree belong to the same run as their folder. */
const DEPTH = 3;
const MAX_ENTRIES = 500;
const MAX_FOREIGN = 5;

/** Returns paths that belong to another user. Only the upper levels are searched. */
async function foreignPaths(folder: string): Promise<string[]> {
  const uid = process.getuid?.();
  const foreign: string[] = [];
  let level = [''];
  let looked = 0;
  for (let depth = 0; depth < DEPTH && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const path of level) {
      for (const entry of await readdir(join(folder, path), { withFileTypes: true }).catch(() => [])) {
        looked += 1;
        if (looked > MAX_ENTRIES || foreign.length >= MAX_FOREIGN) return foreign;
        const inside = join(path, entry.name);
        const stats = await lstat(join(folder, inside)).catch(() => undefined);
        if (stats && stats.uid !== uid) foreign.push(inside);
        else if (entry.isDirectory()) next.push(inside);
      }
    }
    level = next;
  }
  return foreign;
}

/** Returns the path, or its nearest parent that exists: `up` creates the folders below it. */
async function existing(path: string): Promise<string> {
  const above = dirname(path);
  return above === path || (await exists(path)) ? path : existing(above);
}

/** @param source path of the checkout, which the builder container mounts */
export async function folderAt(dir: string, source: string | undefined): Promise<DoctorFacts['folder']> {
  const state = join(dir, STATE_FOLDER);
  const written = await existing(state);
  const genesis = join(state, 'network', 'channel-artifacts', 'genesis.block');
  return {
    dir,
    writable: await access(written, constants.W_OK).then(
      () => true,
      () => false,
    ),
    // Root can write to all of them.
    foreign: isRoot() ? [] : await foreignPaths(state),
    folderForFile: (await isFolder(genesis)) ? [genesis] : [],
    withColon: source?.includes(':') ? [source] : [],
  };
}

/** Returns a number that the kernel has in a file; undefined if there is none. */
async function kernelNumber(path: string): Promise<number | undefined> {
  const text = (await textOf(path)).trim();
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

export async function watchLimit(): Promise<DoctorFacts['watches']> {
  return { limit: await kernelNumber('/proc/sys/fs/inotify/max_user_watches') };
}

/** Returns how many neighbours all network namespaces of this machine can know together. */
export function neighbourLimit(): Promise<number | undefined> {
  return kernelNumber('/proc/sys/net/ipv4/neigh/default/gc_thresh3');
}

/** Returns how many neighbours all network namespaces of this machine know now; 0 if that is not known. */
export async function neighboursNow(): Promise<number> {
  return arpEntries(await textOf('/proc/net/stat/arp_cache'));
}

/** Reads the first number of the kernel's statistics, which is the same in the line of each processor. */
export function arpEntries(statistics: string): number {
  const entries = statistics.split('\n')[1]?.trim().split(/\s+/)[0] ?? '';
  return /^[0-9a-f]+$/i.test(entries) ? Number.parseInt(entries, 16) : 0;
}

export async function clockAround(dir: string): Promise<DoctorFacts['clock']> {
  const state = join(dir, STATE_FOLDER);
  const kept = [join(state, 'state.json'), join(state, 'network', 'crypto-config')];
  const times = await Promise.all(
    kept.map((path) =>
      stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return { now: Date.now(), youngest: Math.max(...times) };
}

/** Returns the mode of this machine, which says nothing about an engine elsewhere. */
export async function selinuxMode(engine: EngineAddress): Promise<DoctorFacts['selinux']> {
  return { enforcing: sharesHost(engine) && (await textOf('/sys/fs/selinux/enforce')).trim() === '1' };
}
