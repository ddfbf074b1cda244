/** Reads the host's apt configuration. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AptSource,
  type Distribution,
  distributionSources,
  parseAptConfig,
  parseDeb822Sources,
  parseOneLineSources,
  parseOsRelease,
} from './apt-sources.ts';

export interface HostApt {
  readonly distribution: Distribution;
  /** Debian's name of the requested architecture. */
  readonly arch: string;
  /** Only sources of the host's own release. */
  readonly sources: readonly AptSource[];
  /** The mirror of the release, for debootstrap. */
  readonly mirror: { readonly uri: string; readonly source: AptSource };
  readonly proxyEnv: Readonly<Record<string, string>>;
  /** Values for apt's option `-o`, as `Name=value`. */
  readonly options: readonly string[];
}

const DEBIAN_ARCH: Readonly<Record<string, string>> = { ppc64le: 'ppc64el', '386': 'i386', arm: 'armhf' };

/** Returns the host's distribution; undefined if it is neither Debian nor Ubuntu. */
export async function hostDistribution(): Promise<Distribution | undefined> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const distribution = parseOsRelease(text);
  return distribution && ['debian', 'ubuntu'].includes(distribution.id) ? distribution : undefined;
}

async function readSources(root: string): Promise<AptSource[]> {
  const sources = parseOneLineSources(await readFile(join(root, 'sources.list'), 'utf8').catch(() => ''));
  const parts = join(root, 'sources.list.d');
  for (const name of (await readdir(parts).catch((): string[] => [])).sort()) {
    // apt ignores other names too, e.g. `debian.sources.dpkg-old`.
    const parse = /^[\w.-]+\.list$/.test(name)
      ? parseOneLineSources
      : /^[\w.-]+\.sources$/.test(name)
        ? parseDeb822Sources
        : undefined;
    if (parse) sources.push(...parse(await readFile(join(parts, name), 'utf8')));
  }
  return sources;
}

/** Resolves `mirror+file:/etc/apt/mirrors/…`, which cloud images use, to the address in that file. */
async function withMirrorLists(source: AptSource): Promise<AptSource> {
  const uris = await Promise.all(
    source.uris.map(async (uri) => {
      const path = /^mirror\+file:\/*(\/.*)$/.exec(uri)?.[1];
      if (!path) return uri;
      const list = await readFile(path, 'utf8').catch(() => '');
      return (
        list
          .split('\n')
          .find((line) => /^https?:/.test(line))
          ?.split(/\s/)[0] ?? uri
      );
    }),
  );
  return { ...source, uris };
}

/**
 * Returns the host's package sources, for building images from them.
 * @param goArch architecture as Go names it
 * @returns undefined if the host is neither Debian nor Ubuntu, or has no usable source of its release
 */
export async function readHostApt(goArch: string): Promise<HostApt | undefined> {
  const distribution = await hostDistribution();
  if (!distribution) return undefined;
  const arch = DEBIAN_ARCH[goArch] ?? goArch;
  const all = await Promise.all((await readSources('/etc/apt')).map(withMirrorLists));
  const sources = distributionSources(all, distribution, arch);
  const base = sources.find(
    (source) => source.suites.includes(distribution.codename) && source.components.includes('main'),
  );
  const uri = base?.uris[0];
  if (!base || !uri) return undefined;
  const { execa } = await import('execa');
  const dump = await execa('apt-config', ['dump'], { timeout: 10_000, reject: false });
  return {
    distribution,
    arch,
    sources,
    mirror: { uri, source: base },
    ...parseAptConfig(dump.stdout ?? '', process.env),
  };
}
