/**
 * Debian systems with newer engines than this machine has. They are unpacked packages: nothing is installed in them, and they
 * have no network and no services.
 */
import { cp, mkdir, readdir, readFile, rename, rm, rmdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../command-line.mjs';
import { Interrupted } from '../processes.mjs';

/** The suite with the newest engines. */
const SUITE = 'sid';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** What the script of an engine runs, and the clients that programs outside use. */
const COMMON = [
  'base-files',
  'coreutils',
  'dash',
  'grep',
  'mount',
  'iptables',
  'docker-cli',
  'docker-compose',
];
/** Packages of each kind of engine. */
const PACKAGES = {
  docker: ['docker.io'],
  podman: ['podman', 'aardvark-dns', 'crun', 'netavark', 'nftables'],
  rootless: ['docker.io', 'rootlesskit', 'slirp4netns', 'uidmap', 'iproute2', 'util-linux'],
};
/** The user of an engine without root. This machine needs no user with this id. */
export const USER_ID = 4711;
const USER = `user:x:${USER_ID}:`;
/** Ids of the users in the containers of that user. */
const SUBORDINATE = 'user:200000:65536\n';
const SOURCES = '/etc/apt';
/** Commands that a package would select when it is installed. */
const IPTABLES = ['iptables', 'iptables-save', 'iptables-restore'].flatMap((name) => [
  name,
  `ip6${name.slice(2)}`,
]);

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

/** Returns the paths of packages and of all that they depend on. apt uses `folder` for its files. */
async function download(run, folder, packages) {
  const mirror = await mirrorOfMachine();
  for (const name of ['etc/apt', 'var/lib/apt/lists/partial', 'var/cache/apt/archives/partial'])
    await mkdir(join(folder, name), { recursive: true });
  await writeFile(
    join(folder, 'etc/apt/sources.list'),
    `deb [signed-by=${KEYRING}] ${mirror} ${SUITE} main\n`,
  );
  const status = join(folder, 'status');
  await writeFile(status, '');
  const settings = [
    `Dir=${folder}`,
    `Dir::State::status=${status}`,
    'APT::Sandbox::User=root',
    'APT::Install-Recommends=false',
    'APT::Update::Error-Mode=any',
    'Acquire::Languages=none',
  ];
  const apt = (...args) =>
    run('apt-get', [...settings.flatMap((setting) => ['-o', setting]), ...args]).catch((error) => {
      if (error instanceof Interrupted) throw error;
      throw new UsageError(`no packages of Debian ${SUITE}: ${error.message}`);
    });
  await apt('update');
  await apt('install', '--yes', '--download-only', ...packages);
  const archives = join(folder, 'var/cache/apt/archives');
  return (await readdir(archives))
    .filter((name) => name.endsWith('.deb'))
    .map((name) => join(archives, name));
}

/** Does what the packages' installation would do, as far as the engines need it. */
async function complete(root) {
  const files = {
    hosts: '127.0.0.1 localhost\n',
    'resolv.conf': await readFile('/etc/resolv.conf'),
    passwd: `root:x:0:0::/root:/bin/sh\n${USER}${USER_ID}::/:/bin/sh\n`,
    group: `root:x:0:\n${USER}\n`,
    subuid: SUBORDINATE,
    subgid: SUBORDINATE,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, 'etc', name), text);
  await rmdir(join(root, 'var/run'));
  await symlink('/run', join(root, 'var/run'));
  for (const name of IPTABLES)
    await symlink(name.replace('tables', 'tables-nft'), join(root, 'usr/sbin', name));
}

/**
 * Makes the system of a kind of engine, unless it exists. Takes about a minute.
 * @param work folder in which it is kept
 * @returns `root`: its folder; `clients`: environment with which programs outside use its docker and compose
 * @throws UsageError if this machine has no apt, or its package mirror does not have the packages
 */
export async function makeSystem(run, work, kind) {
  const root = join(work, `system-${kind}`);
  if (!(await isThere(root))) {
    const part = `${root}.part`;
    const files = `${root}.files`;
    for (const folder of [part, files]) await rm(folder, { recursive: true, force: true });
    await mkdir(part, { recursive: true });
    const packages = await download(run, files, [...COMMON, ...PACKAGES[kind]]);
    for (const path of packages) await run('dpkg-deb', ['--extract', path, part]);
    await complete(part);
    await rm(files, { recursive: true, force: true });
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
