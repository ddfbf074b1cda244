/** The checkout's own Dockerfiles, of 2.0 and later: their build arguments, what they start from, what goes into them. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { type FabricSource, makeVariable } from '../fabric/source.ts';
import { fingerprintOf } from '../fabric/source-tree.ts';
import { isBuiltUpstream, upstreamFingerprint } from './fingerprint.ts';
import type { ImageRecipe } from './image-recipe.ts';

interface Built {
  readonly source: Pick<FabricSource, 'dir' | 'tree'>;
  readonly settings: BuildSettings;
}

function dockerfilePath(name: ImageName): string {
  return `images/${name}/Dockerfile`;
}

/** Whether the image is built by the checkout's own Dockerfile: that was chosen, and it has one. */
export function isUpstream(name: ImageName, { source, settings }: Built): boolean {
  return settings.dockerfiles === 'upstream' && source.tree.files.has(dockerfilePath(name));
}

/** The files that say which versions a Dockerfile is given; empty where there is none. */
export interface VersionFiles {
  readonly makefile: string;
  /** Of 2.0 and 2.1. */
  readonly ciProperties: string;
  readonly goMod: string;
}

const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

function plain(text: string | undefined): string | undefined {
  return text !== undefined && PLAIN.test(text) ? text : undefined;
}

/** The Makefile says it, or where it reads it from. */
function goVersion({ makefile, ciProperties, goMod }: VersionFiles): string | undefined {
  return (
    plain(makeVariable(makefile, 'GO_VER')) ??
    plain(makeVariable(ciProperties, 'GO_VER')) ??
    /^go[ \t]+(\S+)/m.exec(goMod)?.[1]
  );
}

/** What a shell takes apart again: one word of `RUN make … GO_TAGS=${GO_TAGS}`, without quotes, becomes several. */
const UNQUOTED_TAGS = /^RUN make .*\bGO_TAGS=\$(?:\{GO_TAGS\}|GO_TAGS)(?=\s|$)/m;

/** Whether variables can be given to make behind the Go tags. */
export function takesVariables(dockerfile: string): boolean {
  return UNQUOTED_TAGS.test(dockerfile);
}

/**
 * The Go tags, and behind them the variables of the Makefile that these Dockerfiles have no argument for: without
 * them namespace, version and commit would be those of the Makefile, and the peer would ask for other images.
 */
function tagsAndVariables({ goTags, dockerNs, baseDockerNs, dockerLabel, ...rest }: BuildSettings): string {
  const variables = {
    DOCKER_NS: dockerNs,
    BASE_DOCKER_NS: baseDockerNs,
    BASE_DOCKER_LABEL: dockerLabel,
    BASE_VERSION: rest.version,
    EXTRA_VERSION: rest.commitSha,
  };
  const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  // Blanks between tags would end the value.
  return [goTags.replaceAll(' ', ','), ...words].join(' ');
}

/** Names of the arguments that it declares. */
function declared(dockerfile: string): ReadonlySet<string> {
  return new Set([...dockerfile.matchAll(/^ARG[ \t]+(\w+)/gm)].map(([, name]) => name ?? ''));
}

/**
 * The arguments that the Makefile would give to this Dockerfile; those that it does not declare are left out.
 * A value is undefined where the checkout states none.
 */
export function buildArguments(
  dockerfile: string,
  files: VersionFiles,
  settings: BuildSettings,
): Readonly<Record<string, string | undefined>> {
  const values: Readonly<Record<string, string | undefined>> = {
    GO_VER: goVersion(files),
    ALPINE_VER: plain(makeVariable(files.makefile, 'ALPINE_VER')),
    UBUNTU_VER: plain(makeVariable(files.makefile, 'UBUNTU_VER')),
    FABRIC_VER: settings.version,
    TARGETOS: 'linux',
    TARGETARCH: settings.goArch,
    GO_TAGS: takesVariables(dockerfile) ? tagsAndVariables(settings) : settings.goTags.replaceAll(' ', ','),
  };
  const names = declared(dockerfile);
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

/** The images that it starts from, its arguments filled in; stages of its own are none. */
export function startsFrom(dockerfile: string, args: Readonly<Record<string, string>>): readonly string[] {
  const stages = new Set(['scratch']);
  const images = new Set<string>();
  for (const [, from = '', stage] of dockerfile.matchAll(
    /^FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?/gim,
  )) {
    const image = from.replace(
      /\$(?:\{(\w+)\}|(\w+))/g,
      (whole, braced, bare) => args[braced ?? bare] ?? whole,
    );
    if (!stages.has(image)) images.add(image);
    if (stage !== undefined) stages.add(stage);
  }
  return [...images];
}

/**
 * The same with a label at the end of every stage but the last, so that what a build leaves of them, gigabytes and
 * nameless, is known for ours.
 */
export function withStagesLabelled(dockerfile: string, label: string): string {
  const [first = '', ...rest] = dockerfile.split(/^(?=FROM[ \t])/im);
  const stages = rest.map((stage, i) =>
    i === rest.length - 1 ? stage : `${stage.trimEnd()}\nLABEL ${label}\n`,
  );
  return [first, ...stages].join('');
}

/** What of a path's folders and of itself a line of .dockerignore means. */
function patternOf(line: string): RegExp {
  const pattern = line
    .replace(/^\/|\/$/g, '')
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*\*\/|\*|\?/g, (sign) => ({ '**/': '(?:.*/)?', '*': '[^/]*' })[sign] ?? '[^/]');
  return new RegExp(`^${pattern}(?:/|$)`);
}

/** Whether the docker command would leave a path out. */
export function ignoredBy(dockerignore: string): (path: string) => boolean {
  const lines = dockerignore.split('\n').map((line) => line.trim());
  const rules = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ out: !line.startsWith('!'), sign: patternOf(line.replace(/^!/, '')) }));
  return (path) => rules.findLast(({ sign }) => sign.test(path))?.out ?? false;
}

/** A link to nothing, or to a folder, is left out. */
async function entryOf(dir: string, path: string, name: string): Promise<TarEntry | undefined> {
  const stats = await stat(join(dir, path)).catch(() => undefined);
  if (!stats?.isFile()) return undefined;
  return { name, content: { file: join(dir, path) }, mode: stats.mode & 0o100 ? 0o755 : 0o644 };
}

/** Written by us, from what stands in the checkout. */
const OURS = new Set(['Dockerfile', '.dockerignore']);

/** @param folder what the paths begin with and the names do not */
async function entriesOf(dir: string, paths: readonly string[], folder: string): Promise<TarEntry[]> {
  const entries = await Promise.all(paths.map((path) => entryOf(dir, path, path.slice(folder.length))));
  return entries.filter((entry) => entry !== undefined).filter(({ name }) => !OURS.has(name));
}

function textOf(dir: string, path: string): Promise<string> {
  return readFile(join(dir, path), 'utf8').catch(() => '');
}

function refuse(image: ImageName, why: Phrase): never {
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.upstream', image, why },
    next: ['fabric-wizard up --yes --dockerfiles own'],
  });
}

function required(
  name: ImageName,
  args: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  for (const [variable, value] of Object.entries(args)) {
    if (value === undefined) refuse(name, { key: 'upstream.unstated', file: 'Makefile', variable });
  }
  return args as Readonly<Record<string, string>>;
}

export interface UpstreamRecipe extends ImageRecipe {
  readonly buildArgs: Readonly<Record<string, string>>;
  /** The images that it starts from. */
  readonly from: readonly string[];
}

/**
 * What the image of `isUpstream` is made of. Its programs are not known before they are compiled, inside of it, so
 * all of its content is `rest`.
 * @throws WizardFailure `usage` where the choices can't be had with this Dockerfile
 */
export async function upstreamRecipe(name: ImageName, { source, settings }: Built): Promise<UpstreamRecipe> {
  const { dir, tree } = source;
  const [dockerfile, dockerignore, makefile, ciProperties, goMod] = await Promise.all(
    [dockerfilePath(name), '.dockerignore', 'Makefile', 'ci.properties', 'go.mod'].map((path) =>
      textOf(dir, path),
    ),
  );
  const text = dockerfile ?? '';
  const files = { makefile: makefile ?? '', ciProperties: ciProperties ?? '', goMod: goMod ?? '' };
  const compiles = /^RUN make /m.test(text);
  const written = /release\/linux-(\w+)\//.exec(text)?.[1];
  if (written !== undefined && written !== settings.goArch)
    refuse(name, { key: 'upstream.other-architecture', written, arch: settings.goArch });
  // Only the peer asks for images by what is compiled in.
  if (name === 'peer' && !takesVariables(text))
    refuse(name, { key: 'upstream.no-variables', file: dockerfilePath(name) });
  const buildArgs = required(name, buildArguments(text, files, settings));
  const folder = `images/${name}/`;
  const isIgnored = ignoredBy(dockerignore ?? '');
  const goesIn = compiles ? (path: string) => !isIgnored(path) : (path: string) => path.startsWith(folder);
  const matters = compiles ? (path: string) => goesIn(path) && isBuiltUpstream(path) : goesIn;
  const fingerprint = upstreamFingerprint(text, buildArgs, fingerprintOf(tree, matters));
  const lost = compiles && !takesVariables(text);
  return {
    dockerfile: text.endsWith('\n') ? text : `${text}\n`,
    adapted: lost
      ? [{ code: 'upstream-variables', message: { key: 'warning.upstream-variables', image: name } }]
      : [],
    fingerprint,
    content: { programs: {}, rest: fingerprint },
    buildArgs,
    from: startsFrom(text, buildArgs),
    context: async () => [
      ...(await entriesOf(dir, [...tree.files.keys()].filter(goesIn), compiles ? '' : folder)),
      // The engine takes them away before ADD: the labels in ours would make each source a new one.
      { name: '.dockerignore', content: 'Dockerfile\n.dockerignore\n' },
    ],
  };
}
