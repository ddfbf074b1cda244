/**
 * Base images from Debian packages alone: debootstrap makes the runtime, the engine's build makes the
 * builder on top of it. One pair per architecture and release, whatever names they are tagged with.
 */

import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { CancelledError, WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import { installPackages, isRoot } from '../host/apt-install.ts';
import { formatSources } from '../host/apt-sources.ts';
import { type HostApt, readHostApt } from '../host/host-apt.ts';
import { installCommand } from '../host/install-command.ts';
import { isProcessAlive } from '../host/process-alive.ts';
import { runInGroup } from '../host/process-group.ts';
import { debianGo, type GoPackage } from './debian-go.ts';

/** Counts up when the way of building changes, so that older images are not taken for current ones. */
const RECIPE = 1;

/** `wget` and, below, `curl` and `jq`: scripts and health checks written for the published images find them there. */
const RUNTIME_PACKAGES = ['ca-certificates', 'tzdata', 'wget'];
const BUILDER_PACKAGES = [
  'bzip2',
  'curl',
  'g++',
  'gcc',
  'git',
  'jq',
  'libc6-dev',
  'libltdl-dev',
  'make',
  'xz-utils',
];

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Kept in the images for later installs too: no manuals and translations, no fsync for every file. */
const DPKG_CONFIG = `force-unsafe-io
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
`;

/** What debootstrap leaves of this run or of the host (resolv.conf, hostname), and what is only cache. */
const LEFT_OUT = [
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

export interface DebianImageOptions {
  readonly docker: DockerPort;
  readonly goArch: string;
  /** The oldest Go that a builder must have; absent: whatever comes first. */
  readonly goVersion?: string;
  /** The root file system is made in a folder under it (or under /var/tmp) and removed from there. */
  readonly workDir: string;
}

export interface ProgressListener {
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly progress: (done: number, total: number, unit: 'steps', item?: string) => void;
  readonly warn: (code: string, message: Phrase) => void;
}

type Listener = Pick<ProgressListener, 'log' | 'progress'>;

interface SharedBuild {
  readonly listeners: Set<Listener>;
  readonly image: Promise<string>;
}

/** Root file systems in the making; both stages of a run wait for the same one. */
const building = new Map<string, SharedBuild>();

function fingerprintOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

function labelsOf(fingerprint: string): Record<string, string> {
  return { [LABEL.origin]: 'debian', [LABEL.fingerprint]: fingerprint };
}

/**
 * By name and not by label alone: images that were built on top of this one have inherited its labels.
 */
async function existing(docker: DockerPort, tag: string, fingerprint: string): Promise<boolean> {
  const image = await docker.inspectImage(tag);
  return image?.labels[LABEL.fingerprint] === fingerprint;
}

async function requireHostApt(way: DebianImageOptions, ref: string): Promise<HostApt> {
  const apt = await readHostApt(way.goArch);
  if (apt) return apt;
  throw new WizardFailure({
    kind: 'base-image',
    ref,
    lacks: [],
    detail: { key: 'base.no-apt' },
  });
}

const AGAIN = 'sudo fabric-wizard up --yes';

/** @throws WizardFailure `tool-missing` where debootstrap cannot run or be installed */
async function requireDebootstrap(context: ProgressListener): Promise<void> {
  const neededFor: Phrase = { key: 'purpose.bases' };
  const { execa } = await import('execa');
  const found = await execa('debootstrap', ['--version'], { reject: false, timeout: 10_000 });
  const there = found.exitCode === 0;
  if (!isRoot()) {
    throw new WizardFailure({
      kind: 'tool-missing',
      tool: there ? { key: 'root.for-debootstrap' } : 'debootstrap',
      neededFor,
      install: there ? AGAIN : `${installCommand(['debootstrap'])} && ${AGAIN}`,
    });
  }
  if (there) return;
  context.warn('installing-package', { key: 'warning.debootstrap' });
  await installPackages(['debootstrap'], { signal: context.signal, onNotice: context.log });
}

const FOLDER = /^debian-root-(\d+)-/;

/** Removes what runs that were killed outright have left here. */
async function sweep(workDir: string): Promise<void> {
  for (const name of await readdir(workDir)) {
    const pid = Number(FOLDER.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isProcessAlive(pid)) await rm(join(workDir, name), { recursive: true, force: true });
  }
}

/** debootstrap refuses file systems without devices or programs, as /tmp is one on newer systems. */
async function suitableFolder(workDir: string): Promise<string> {
  await mkdir(workDir, { recursive: true });
  const { execa } = await import('execa');
  const mount = await execa('findmnt', ['-n', '-o', 'OPTIONS', '--target', workDir], { reject: false });
  return /\b(nodev|noexec)\b/.test(mount.stdout ?? '') ? '/var/tmp' : workDir;
}

async function debootstrap(apt: HostApt, root: string, say: Listener, signal: AbortSignal): Promise<void> {
  const { source, uri } = apt.mirror;
  const args = [
    '--variant=minbase',
    `--arch=${apt.arch}`,
    `--components=${source.components.join(',')}`,
    `--include=${RUNTIME_PACKAGES.join(',')}`,
    ...(source.signedBy ? [`--keyring=${source.signedBy}`] : []),
    ...(source.trusted ? ['--no-check-gpg'] : []),
    apt.distribution.codename,
    root,
    uri,
  ];
  let retrieved = 0;
  let done = 0;
  // Namespaces of its own: its mounts and processes cannot outlive it, however it ends.
  const { exitCode, tail } = await runInGroup(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', '--', 'debootstrap', ...args],
    {
      signal,
      env: { ...apt.proxyEnv, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
      onLine: (line) => {
        say.log(line);
        const step = /^I: (Retrieving|Validating|Extracting|Unpacking|Configuring) (\S+)/.exec(line);
        if (!step || step[2] === 'InRelease') return;
        if (step[1] === 'Retrieving') retrieved += 1;
        done += 1;
        const total = DEBOOTSTRAP_STEPS * Math.max(DEBOOTSTRAP_PACKAGES, retrieved);
        say.progress(Math.min(done, total), total, 'steps', line.slice('I: '.length).replace(/\.+$/, ''));
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

/** A house mirror's own key, which no package of the release brings along. */
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

/** debootstrap's first half unpacks without dpkg, so the exclusions have to be made up for. */
async function slim(root: string, signal: AbortSignal): Promise<void> {
  const docs = join(root, 'usr/share/doc');
  await runInGroup('find', [docs, '!', '-type', 'd', '!', '-name', 'copyright', '-delete'], { signal });
}

async function importRoot(
  root: string,
  tag: string,
  labels: Record<string, string>,
  way: DebianImageOptions,
  signal: AbortSignal,
) {
  const excludes = LEFT_OUT.map((pattern) => `--exclude=${pattern}`);
  const args = ['-C', root, '--numeric-owner', '--sort=name', '--anchored', ...excludes, '-c', '.'];
  const { execa } = await import('execa');
  const tar = execa('tar', args, { buffer: false, cancelSignal: signal, reject: false, stdin: 'ignore' });
  const changes = [
    ...Object.entries(labels).map(([key, value]) => `LABEL ${key}=${value}`),
    `ENV PATH=${SYSTEM_PATH}`,
    'CMD ["bash"]',
  ];
  try {
    await way.docker.importImage(tar.stdout, tag, { changes, signal });
  } catch (error) {
    if (signal.aborted) throw new CancelledError();
    throw error;
  }
  const { exitCode } = await tar;
  if (exitCode === 0) return;
  await way.docker.removeImage(tag);
  throw new WizardFailure({
    kind: 'command',
    command: `tar ${args.join(' ')}`,
    where: { key: 'where.host' },
    exitCode: exitCode ?? 1,
    tail: [],
  });
}

async function makeRootImage(
  apt: HostApt,
  tag: string,
  fingerprint: string,
  way: DebianImageOptions,
  say: Listener,
  signal: AbortSignal,
): Promise<void> {
  const folder = await suitableFolder(way.workDir);
  await sweep(folder);
  const root = await mkdtemp(join(folder, `debian-root-${process.pid}-`));
  try {
    await writeRootFile(root, 'etc/dpkg/dpkg.cfg.d/fabric-wizard', DPKG_CONFIG);
    await debootstrap(apt, root, say, signal);
    await writeRootFile(root, 'etc/apt/sources.list', formatSources(apt.sources));
    await copyKeyrings(apt, root);
    await writeRootFile(root, 'etc/apt/apt.conf.d/fabric-wizard', 'Acquire::Languages "none";\n');
    await slim(root, signal);
    say.log(`importing the root file system as ${tag}`);
    await importRoot(root, tag, labelsOf(fingerprint), way, signal);
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface DebianImage {
  readonly tag: string;
  readonly fingerprint: string;
  readonly built: boolean;
}

async function runtimeImage(
  apt: HostApt,
  way: DebianImageOptions,
  context: ProgressListener,
): Promise<DebianImage> {
  const { codename, id } = apt.distribution;
  const inputs = [`recipe ${RECIPE}`, id, codename, apt.arch, DPKG_CONFIG, ...RUNTIME_PACKAGES];
  const fingerprint = fingerprintOf(inputs);
  const tag = `fabric-wizard/${id}-${codename}:${fingerprint.slice(0, 12)}`;
  if (await existing(way.docker, tag, fingerprint)) return { tag, fingerprint, built: false };
  const key = `${way.docker.endpoint} ${tag}`;
  let shared = building.get(key);
  if (!shared) {
    const listeners = new Set<Listener>();
    const say: Listener = {
      log: (line) => {
        for (const listener of listeners) listener.log(line);
      },
      progress: (...step) => {
        for (const listener of listeners) listener.progress(...step);
      },
    };
    const make = async () => {
      await requireDebootstrap(context);
      await makeRootImage(apt, tag, fingerprint, way, say, context.signal);
      return tag;
    };
    shared = { listeners, image: make().finally(() => building.delete(key)) };
    building.set(key, shared);
  }
  shared.listeners.add(context);
  try {
    await shared.image;
  } finally {
    shared.listeners.delete(context);
  }
  return { tag, fingerprint, built: true };
}

/**
 * Folders, environment and the current folder (none) as fabric-baseimage has them. The tools in a layer of their own:
 * builders of several Go versions share it.
 */
function builderDockerfile(from: string, apt: HostApt, go: GoPackage): string {
  const options = ['-o DPkg::Use-Pty=0', ...apt.options.map((option) => `-o ${option}`)].join(' ');
  const install = (packages: readonly string[]) => `apt-get ${options} update \\
 && DEBIAN_FRONTEND=noninteractive apt-get ${options} install -y --no-install-recommends ${packages.join(' ')} \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/log/*`;
  return `FROM ${from}
RUN ${install(BUILDER_PACKAGES)}
COPY newer.list /etc/apt/sources.list.d/
COPY newer.pref /etc/apt/preferences.d/newer
RUN ${install([go.package])} \\
 && rm /etc/apt/sources.list.d/newer.list /etc/apt/preferences.d/newer \\
 && mkdir -p /opt/gopath/src /opt/gopath/bin /opt/gopath/pkg /var/hyperledger \\
 && ln -s ${go.root} /opt/go
ENV GOPATH=/opt/gopath GOROOT=/opt/go GO111MODULE=off GOTOOLCHAIN=local PATH=/opt/gopath/bin:/opt/go/bin:${SYSTEM_PATH}
`;
}

/** The suite of another release, of which nothing is taken but what has no other. */
function newerSuite({ mirror, distribution }: HostApt, { suite }: GoPackage): readonly TarEntry[] {
  const own = suite === distribution.codename;
  const source = { ...mirror.source, uris: [mirror.uri], suites: [suite], components: ['main'] };
  const pin = `Package: *\nPin: release n=${suite}\nPin-Priority: 100\n`;
  return [
    { name: 'newer.list', content: own ? '' : formatSources([source]) },
    { name: 'newer.pref', content: own ? '' : pin },
  ];
}

async function builderImage(
  ref: string,
  apt: HostApt,
  way: DebianImageOptions,
  context: ProgressListener,
): Promise<DebianImage> {
  const { codename, id } = apt.distribution;
  const go = debianGo(apt.distribution, way.goVersion ?? '0.0');
  if (!go) {
    throw new WizardFailure({
      kind: 'base-image',
      ref,
      lacks: [`Go ${way.goVersion ?? ''}`],
      detail: { key: 'base.no-go-package', distribution: `${id} ${codename}` },
    });
  }
  const base = await runtimeImage(apt, way, context);
  const dockerfile = builderDockerfile(base.tag, apt, go);
  const fingerprint = fingerprintOf([base.fingerprint, dockerfile, go.suite]);
  const tag = `fabric-wizard/${id}-${codename}-go${go.version}:${fingerprint.slice(0, 12)}`;
  if (await existing(way.docker, tag, fingerprint)) return { tag, fingerprint, built: false };
  let packages = 0;
  let done = 0;
  await way.docker.buildImage([{ name: 'Dockerfile', content: dockerfile }, ...newerSuite(apt, go)], {
    tag,
    labels: labelsOf(fingerprint),
    // The builder's predefined arguments: they reach RUN and stay out of the image's history.
    buildArgs: apt.proxyEnv,
    networkMode: 'host',
    signal: context.signal,
    onLine: (line) => {
      context.log(line);
      const count = /(\d+) newly installed/.exec(line)?.[1];
      if (count) packages = Number(count);
      if (!/^(Get:\d+|Unpacking|Setting up) /.test(line) || packages === 0) return;
      done += 1;
      // Retrieved, unpacked, set up.
      context.progress(
        Math.min(done, 3 * packages),
        3 * packages,
        'steps',
        line.split(' ').slice(0, 3).join(' '),
      );
    },
  });
  return { tag, fingerprint, built: true };
}

/**
 * Makes the image from the packages of the host's own release, or finds the one made before.
 * @returns the local reference of it, and whether anything had to be built
 * @throws WizardFailure `tool-missing`, `base-image`, `command`, `image-build`
 */
export async function debianImage(
  kind: 'builder' | 'runtime',
  ref: string,
  way: DebianImageOptions,
  context: ProgressListener,
): Promise<{ readonly tag: string; readonly built: boolean }> {
  const apt = await requireHostApt(way, ref);
  return kind === 'runtime' ? runtimeImage(apt, way, context) : builderImage(ref, apt, way, context);
}
