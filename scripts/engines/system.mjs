/** A Debian system with newer engines than this machine has. The engines run in it; it has no network and no services. */
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../command-line.mjs';

/** The suite with the newest engines. */
const SUITE = 'sid';
const PACKAGES = [
  ...['docker.io', 'docker-cli', 'docker-compose', 'podman'],
  // What the engines need for networks and file systems of containers, also without root.
  ...['aardvark-dns', 'crun', 'fuse-overlayfs', 'iptables', 'netavark', 'nftables'],
  ...['passt', 'rootlesskit', 'slirp4netns', 'uidmap'],
  'ca-certificates',
];
const SOURCES = '/etc/apt';

async function isThere(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Returns the address of the package mirror in the texts of apt's sources, of both formats; undefined if there is none. */
export function mirrorIn(texts) {
  const addresses = texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => /^\s*(?:URIs:|deb\s)/.test(line))
    .flatMap((line) => line.match(/https?:\/\/\S+/g) ?? []);
  return addresses.find((address) => /\/debian\/?$/.test(address));
}

/** Returns the package mirror of this machine. @throws UsageError if this is no Debian */
async function mirrorOfMachine() {
  const parts = await readdir(join(SOURCES, 'sources.list.d')).catch(() => []);
  const files = ['sources.list', ...parts.map((name) => join('sources.list.d', name))];
  const texts = await Promise.all(files.map((name) => readFile(join(SOURCES, name), 'utf8').catch(() => '')));
  const mirror = mirrorIn(texts);
  if (mirror === undefined) throw new UsageError('apt has no mirror of Debian packages');
  return mirror;
}

/**
 * Makes the system, unless it exists. Takes minutes.
 * @param work folder in which it is kept
 * @returns `root`: its folder; `clients`: environment with which programs outside use its docker and compose
 * @throws UsageError if debootstrap or a package mirror is missing; Error if debootstrap fails
 */
export async function makeSystem(run, work) {
  const root = join(work, 'system');
  if (!(await isThere(root))) {
    const mirror = await mirrorOfMachine();
    const part = `${root}.part`;
    await rm(part, { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    const args = ['--variant=minbase', `--include=${PACKAGES.join(',')}`, SUITE, part, mirror];
    await run('debootstrap', args).catch((error) => {
      throw error.code === 'ENOENT' ? new UsageError('debootstrap is not installed') : error;
    });
    await rm(join(part, 'var/cache/apt/archives'), { recursive: true, force: true });
    await rename(part, root);
  }
  return { root, clients: await copyClients(root, work) };
}

/** Copies the clients, which are statically linked, to where programs outside find them. */
async function copyClients(root, work) {
  const bin = join(work, 'bin');
  const config = join(work, 'config');
  await mkdir(join(config, 'cli-plugins'), { recursive: true });
  await mkdir(bin, { recursive: true });
  await cp(join(root, 'usr/bin/docker'), join(bin, 'docker'));
  await cp(
    join(root, 'usr/libexec/docker/cli-plugins/docker-compose'),
    join(config, 'cli-plugins/docker-compose'),
  );
  await writeFile(join(config, 'config.json'), '{}\n');
  return { PATH: `${bin}:${process.env.PATH}`, DOCKER_CONFIG: config };
}
