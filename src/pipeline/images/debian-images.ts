/**
 * Base images from Debian packages: debootstrap produces the runtime, an engine build the builder on top of it. There is
 * one pair per architecture and release, whatever references are tagged.
 */

import { createHash } from 'node:crypto';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import type { ProgressListener } from '../core/progress-listener.ts';
import { shellWord } from '../core/shell-text.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import { OWN_NAMESPACE } from '../fabric/image-ref.ts';
import { formatSources } from '../host/apt-sources.ts';
import { hostGoArch } from '../host/go-arch.ts';
import { type HostApt, readHostApt } from '../host/host-apt.ts';
import { debianGo, type GoPackage } from './debian-go.ts';
import {
  buildRootImage,
  DPKG_CONFIG,
  RUNTIME_PACKAGES,
  requireDebootstrap,
  SYSTEM_PATH,
} from './debian-root.ts';
import { SharedBuilds } from './shared-builds.ts';

/** Raised when the build changes, so that existing images are rebuilt. */
const RECIPE = 1;

export const BUILDER_PACKAGES = [
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

export interface DebianImageOptions {
  readonly docker: DockerPort;
  readonly goArch: string;
  /** Minimum version of Go in a builder. Default: any. */
  readonly goVersion?: string;
  /** Folder for the temporary root file system. */
  readonly workDir: string;
  /** Pass the same instance for images that are built at the same time: builder and runtime share the root image. */
  readonly sharedBuilds?: SharedBuilds;
}

function fingerprintOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

function labelsOf(fingerprint: string): Record<string, string> {
  return { [LABEL.origin]: 'debian', [LABEL.fingerprint]: fingerprint };
}

/** Looks up by tag: images built on top of this one inherit its labels. */
async function isBuilt(docker: DockerPort, tag: string, fingerprint: string): Promise<boolean> {
  const image = await docker.inspectImage(tag);
  return image?.labels[LABEL.fingerprint] === fingerprint;
}

async function requireHostApt(goArch: string, ref: string): Promise<HostApt> {
  const host = hostGoArch();
  if (host !== goArch) {
    // debootstrap executes programs of the new root.
    const detail: Phrase = { key: 'row.base-foreign', host, arch: goArch };
    throw new WizardFailure({ kind: 'base-image', ref, lacks: [], detail });
  }
  const apt = await readHostApt(goArch);
  if (apt) return apt;
  throw new WizardFailure({
    kind: 'base-image',
    ref,
    lacks: [],
    detail: { key: 'base.no-apt' },
  });
}

interface DebianImage {
  readonly tag: string;
  readonly fingerprint: string;
  readonly built: boolean;
}

async function runtimeImage(
  apt: HostApt,
  options: DebianImageOptions,
  listener: ProgressListener,
): Promise<DebianImage> {
  const { docker, sharedBuilds = new SharedBuilds() } = options;
  const { codename, id } = apt.distribution;
  const inputs = [`recipe ${RECIPE}`, id, codename, apt.arch, DPKG_CONFIG, ...RUNTIME_PACKAGES];
  const fingerprint = fingerprintOf(inputs);
  const tag = `${OWN_NAMESPACE}/${id}-${codename}:${fingerprint.slice(0, 12)}`;
  if (await isBuilt(docker, tag, fingerprint)) return { tag, fingerprint, built: false };
  await sharedBuilds.run(`${docker.endpoint} ${tag}`, listener, async (progress) => {
    await requireDebootstrap(progress);
    await buildRootImage(apt, { tag, labels: labelsOf(fingerprint) }, options, progress);
  });
  return { tag, fingerprint, built: true };
}

/** Returns the shell commands of a `RUN` that installs packages. */
function installing({ options }: HostApt, packages: readonly string[]): string {
  const apt = ['-o DPkg::Use-Pty=0', ...options.map((option) => `-o ${shellWord(option)}`)].join(' ');
  return `apt-get ${apt} update \\
 && DEBIAN_FRONTEND=noninteractive apt-get ${apt} install -y --no-install-recommends ${packages.join(' ')} \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/log/*`;
}

/**
 * Folders and environment are those of fabric-baseimage. Tools and Go are one layer: to read the package lists twice and to
 * save two layers takes 5 s more, and few have builders with different Go versions.
 */
function builderDockerfile(from: string, apt: HostApt, go: GoPackage): string {
  return `FROM ${from}
COPY newer.list /etc/apt/sources.list.d/
COPY newer.pref /etc/apt/preferences.d/newer
RUN ${installing(apt, [...BUILDER_PACKAGES, go.package])} \\
 && rm /etc/apt/sources.list.d/newer.list /etc/apt/preferences.d/newer \\
 && mkdir -p /opt/gopath/src /opt/gopath/bin /opt/gopath/pkg /var/hyperledger \\
 && ln -s ${go.root} /opt/go
ENV GOPATH=/opt/gopath GOROOT=/opt/go GO111MODULE=off GOTOOLCHAIN=local PATH=/opt/gopath/bin:/opt/go/bin:${SYSTEM_PATH}
`;
}

/** Returns the apt files of the suite that has Go, pinned low so that apt takes only missing packages from it. */
function goSuiteFiles({ mirror, distribution }: HostApt, { suite }: GoPackage): readonly TarEntry[] {
  const isHostSuite = suite === distribution.codename;
  const source = { ...mirror.source, uris: [mirror.uri], suites: [suite], components: ['main'] };
  const pin = `Package: *\nPin: release n=${suite}\nPin-Priority: 100\n`;
  return [
    { name: 'newer.list', content: isHostSuite ? '' : formatSources([source]) },
    { name: 'newer.pref', content: isHostSuite ? '' : pin },
  ];
}

/** Returns a line handler that reports the progress of apt-get: each package is retrieved, unpacked and set up. */
export function aptProgress(listener: ProgressListener): (line: string) => void {
  let total = 0;
  let done = 0;
  return (line) => {
    listener.log(line);
    const packages = /(\d+) newly installed/.exec(line)?.[1];
    if (packages) total = 3 * Number(packages);
    if (!/^(Get:\d+|Unpacking|Setting up) /.test(line) || total === 0) return;
    done += 1;
    listener.progress(Math.min(done, total), total, 'steps', line.split(' ').slice(0, 3).join(' '));
  };
}

async function builderImage(
  ref: string,
  apt: HostApt,
  options: DebianImageOptions,
  listener: ProgressListener,
): Promise<DebianImage> {
  const { docker, goVersion } = options;
  const { codename, id } = apt.distribution;
  const go = debianGo(apt.distribution, goVersion ?? '0.0');
  if (!go) {
    throw new WizardFailure({
      kind: 'base-image',
      ref,
      lacks: [`Go ${goVersion ?? ''}`],
      detail: { key: 'base.no-go-package', distribution: `${id} ${codename}` },
    });
  }
  const base = await runtimeImage(apt, options, listener);
  const dockerfile = builderDockerfile(base.tag, apt, go);
  const fingerprint = fingerprintOf([base.fingerprint, dockerfile, go.suite]);
  const tag = `${OWN_NAMESPACE}/${id}-${codename}-go${go.version}:${fingerprint.slice(0, 12)}`;
  if (await isBuilt(docker, tag, fingerprint)) return { tag, fingerprint, built: false };
  await buildOn(apt, { dockerfile, tag, fingerprint }, options, listener, goSuiteFiles(apt, go));
  return { tag, fingerprint, built: true };
}

/**
 * Builds the image from the packages of the host's own release, or finds the existing one.
 * @returns its local reference, and whether anything was built
 * @throws WizardFailure `tool-missing`, `base-image`, `command`, `image-build`
 */
export async function debianImage(
  kind: 'builder' | 'runtime',
  ref: string,
  options: DebianImageOptions,
  listener: ProgressListener,
): Promise<{ readonly tag: string; readonly built: boolean }> {
  const apt = await requireHostApt(options.goArch, ref);
  return kind === 'runtime'
    ? runtimeImage(apt, options, listener)
    : builderImage(ref, apt, options, listener);
}

/** Builds an image of ours whose Dockerfile installs packages. */
async function buildOn(
  apt: HostApt,
  {
    dockerfile,
    tag,
    fingerprint,
  }: { readonly dockerfile: string; readonly tag: string; readonly fingerprint: string },
  { docker }: Pick<DebianImageOptions, 'docker'>,
  listener: ProgressListener,
  files: readonly TarEntry[] = [],
): Promise<void> {
  await docker.buildImage([{ name: 'Dockerfile', content: dockerfile }, ...files], {
    tag,
    labels: labelsOf(fingerprint),
    // Predefined build arguments: RUN sees them, and they are not stored in the image's history.
    buildArgs: apt.proxyEnv,
    networkMode: 'host',
    signal: listener.signal,
    onLine: aptProgress(listener),
  });
}

/**
 * Builds an image that has Debian packages besides what another image has, or finds the existing one.
 * @param name of the image in our namespace
 * @returns its reference
 * @throws WizardFailure `base-image` if this host has no apt, `image-build`; CancelledError
 */
export async function imageWithPackages(
  from: { readonly ref: string; readonly id: string },
  name: string,
  packages: readonly string[],
  options: Pick<DebianImageOptions, 'docker' | 'goArch'>,
  listener: ProgressListener,
): Promise<string> {
  const apt = await requireHostApt(options.goArch, from.ref);
  const dockerfile = `FROM ${from.ref}\nRUN ${installing(apt, packages)}\n`;
  const fingerprint = fingerprintOf([from.id, name, ...packages]);
  const tag = `${OWN_NAMESPACE}/${name}:${fingerprint.slice(0, 12)}`;
  if (!(await isBuilt(options.docker, tag, fingerprint)))
    await buildOn(apt, { dockerfile, tag, fingerprint }, options, listener);
  return tag;
}

/** Tools and data that Prometheus and its pages do not use: more than half of what the package brings. */
const UNUSED_BY_PROMETHEUS = ['/usr/bin/promtool', '/usr/share/javascript/moment-timezone/data/unpacked'];

/**
 * Builds an image of Prometheus from the package of the host's own release.
 * @throws WizardFailure `tool-missing`, `base-image`, `command`, `image-build`
 */
export async function debianMetricsImage(
  tag: string,
  options: DebianImageOptions,
  listener: ProgressListener,
): Promise<void> {
  const apt = await requireHostApt(options.goArch, tag);
  const base = await runtimeImage(apt, options, listener);
  const dockerfile = `FROM ${base.tag}
RUN ${installing(apt, ['prometheus'])} \\
 && rm -rf ${UNUSED_BY_PROMETHEUS.join(' ')}
ENTRYPOINT ["/usr/bin/prometheus"]
`;
  const fingerprint = fingerprintOf([base.fingerprint, dockerfile]);
  await buildOn(apt, { dockerfile, tag, fingerprint }, options, listener);
}
