/** Builds a root file system from Debian packages with debootstrap, and imports it as an image. */
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import type { ProgressListener } from '../core/progress-listener.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { installPackages, isRoot } from '../host/apt-install.ts';
import { formatSources } from '../host/apt-sources.ts';
import type { HostApt } from '../host/host-apt.ts';
import { BUILD_BASES_AS_ROOT } from '../host/install-command.ts';
import { isProcessAlive } from '../host/process-alive.ts';
import { runInGroup } from '../host/process-group.ts';

/** `wget` and, in the builder, `curl` and `jq`: scripts and health checks written for the published images use them. */
export const RUNTIME_PACKAGES = ['ca-certificates', 'tzdata', 'wget'];

export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Stays in the images for later installs: no manuals and translations, no fsync for every file. */
export const DPKG_CONFIG = `force-unsafe-io
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
`;

/** Files that are left out of the image: those of the host (resolv.conf, hostname), logs and caches. */
const EXCLUDED = [
  './dev/*',
  './proc/*',
  './sys/*',
  './run/*',
  './tmp/*',
  './etc/hostname',
  './etc/resolv.conf',
  './usr/share/info/*',
  './usr/share/locale/*',
  './usr/share/man/*',
  './var/cache/apt/*',
  './var/cache/debconf/*-old',
  './var/lib/apt/lists/*',
  './var/lib/dpkg/*-old',
  './var/log/*',
];

/** Each package is retrieved, validated, extracted, unpacked and configured. */
const DEBOOTSTRAP_STEPS = 5;
const DEBOOTSTRAP_PACKAGES = 93;

/**
 * Installs debootstrap if it is absent.
 * @throws WizardFailure `tool-missing` if the user is not root
 */
export async function requireDebootstrap(listener: ProgressListener): Promise<void> {
  if (!isRoot()) {
    throw new WizardFailure({
      kind: 'tool-missing',
      tool: { key: 'root.for-debootstrap' },
      neededFor: { key: 'purpose.bases' },
      install: `${BUILD_BASES_AS_ROOT} && fabric-wizard up --yes`,
    });
  }
  const { execa } = await import('execa');
  const probe = await execa('debootstrap', ['--version'], { reject: false, timeout: 10_000 });
  if (probe.exitCode === 0) return;
  listener.warn('installing-package', { key: 'warning.debootstrap' });
  await installPackages(['debootstrap'], { signal: listener.signal, onNotice: listener.log });
}

/** Group 1 is the id of the process that created the folder. */
const ROOT_FOLDER = /^debian-root-(\d+)-/;

/** Removes folders of runs that were killed. */
async function removeAbandoned(workDir: string): Promise<void> {
  for (const name of await readdir(workDir)) {
    const pid = Number(ROOT_FOLDER.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isProcessAlive(pid)) await rm(join(workDir, name), { recursive: true, force: true });
  }
}

/** debootstrap rejects file systems mounted with nodev or noexec, as /tmp is on newer systems. */
async function suitableFolder(workDir: string): Promise<string> {
  await mkdir(workDir, { recursive: true });
  const { execa } = await import('execa');
  const mount = await execa('findmnt', ['-n', '-o', 'OPTIONS', '--target', workDir], { reject: false });
  return /\b(nodev|noexec)\b/.test(mount.stdout ?? '') ? '/var/tmp' : workDir;
}

function debootstrapArguments({ mirror, arch, distribution }: HostApt, root: string): string[] {
  const { source, uri } = mirror;
  return [
    '--variant=minbase',
    `--arch=${arch}`,
    `--components=${source.components.join(',')}`,
    `--include=${RUNTIME_PACKAGES.join(',')}`,
    ...(source.signedBy ? [`--keyring=${source.signedBy}`] : []),
    ...(source.trusted ? ['--no-check-gpg'] : []),
    distribution.codename,
    root,
    uri,
  ];
}

async function runDebootstrap(apt: HostApt, root: string, listener: ProgressListener): Promise<void> {
  const args = debootstrapArguments(apt, root);
  let retrieved = 0;
  let done = 0;
  // In namespaces of its own, so that no mount or process outlives it, however it ends.
  const { exitCode, tail } = await runInGroup(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', '--', 'debootstrap', ...args],
    {
      signal: listener.signal,
      env: { ...apt.proxyEnv, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
      onLine: (line) => {
        listener.log(line);
        const step = /^I: (Retrieving|Validating|Extracting|Unpacking|Configuring) (\S+)/.exec(line);
        if (!step || step[2] === 'InRelease') return;
        if (step[1] === 'Retrieving') retrieved += 1;
        done += 1;
        const total = DEBOOTSTRAP_STEPS * Math.max(DEBOOTSTRAP_PACKAGES, retrieved);
        const item = line.slice('I: '.length).replace(/\.+$/, '');
        listener.progress(Math.min(done, total), total, 'steps', item);
      },
    },
  );
  if (exitCode === 0) return;
  throw new WizardFailure({
    kind: 'command',
    command: `debootstrap ${args.join(' ')}`,
    where: { key: 'where.host' },
    exitCode,
    tail,
  });
}

/** Copies the keys of private mirrors, which are in no package of the release. */
async function copyKeyrings(apt: HostApt, root: string): Promise<void> {
  for (const { signedBy } of apt.sources) {
    if (!signedBy) continue;
    await mkdir(dirname(join(root, signedBy)), { recursive: true });
    await cp(signedBy, join(root, signedBy), { force: false });
  }
}

async function writeRootFile(root: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

/** Deletes documentation: the first half of debootstrap unpacks without dpkg, which ignores the exclusions. */
async function removeDocs(root: string, signal: AbortSignal): Promise<void> {
  const docs = join(root, 'usr/share/doc');
  await runInGroup('find', [docs, '!', '-type', 'd', '!', '-name', 'copyright', '-delete'], { signal });
}

export interface RootImage {
  readonly tag: string;
  readonly labels: Readonly<Record<string, string>>;
}

async function importRoot(
  root: string,
  { tag, labels }: RootImage,
  docker: DockerPort,
  signal: AbortSignal,
): Promise<void> {
  const excludes = EXCLUDED.map((pattern) => `--exclude=${pattern}`);
  const args = ['-C', root, '--numeric-owner', '--sort=name', '--anchored', ...excludes, '-c', '.'];
  const { execa } = await import('execa');
  const tar = execa('tar', args, {
    // Ctrl-C in a pager must not end it.
    detached: true,
    buffer: false,
    cancelSignal: signal,
    reject: false,
    stdin: 'ignore',
  });
  const changes = [
    ...Object.entries(labels).map(([key, value]) => `LABEL ${key}=${value}`),
    `ENV PATH=${SYSTEM_PATH}`,
    'CMD ["bash"]',
  ];
  try {
    await docker.importImage(tar.stdout, tag, { changes, signal });
  } catch (error) {
    if (signal.aborted) throw new CancelledError();
    throw error;
  }
  const { exitCode } = await tar;
  if (exitCode === 0) return;
  await docker.removeImage(tag);
  throw new WizardFailure({
    kind: 'command',
    command: `tar ${args.join(' ')}`,
    where: { key: 'where.host' },
    exitCode: exitCode ?? 1,
    tail: [],
  });
}

/**
 * Builds a root file system in a temporary folder and imports it.
 * @param workDir the folder is created in it, or in /var/tmp if its file system is not suitable
 */
export async function buildRootImage(
  apt: HostApt,
  image: RootImage,
  { docker, workDir }: { readonly docker: DockerPort; readonly workDir: string },
  listener: ProgressListener,
): Promise<void> {
  const { signal } = listener;
  const folder = await suitableFolder(workDir);
  await removeAbandoned(folder);
  const root = await mkdtemp(join(folder, `debian-root-${process.pid}-`));
  try {
    await writeRootFile(root, 'etc/dpkg/dpkg.cfg.d/fabric-wizard', DPKG_CONFIG);
    await runDebootstrap(apt, root, listener);
    await writeRootFile(root, 'etc/apt/sources.list', formatSources(apt.sources));
    await copyKeyrings(apt, root);
    await writeRootFile(root, 'etc/apt/apt.conf.d/fabric-wizard', 'Acquire::Languages "none";\n');
    await removeDocs(root, signal);
    listener.log(`importing the root file system as ${image.tag}`);
    await importRoot(root, image, docker, signal);
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  }
}
