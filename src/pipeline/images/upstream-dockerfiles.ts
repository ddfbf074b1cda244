/** The checkout's own Dockerfiles, in 2.0 and later: build arguments, base images and build context. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { type FabricSource, makeVariable } from '../fabric/source.ts';
import { fingerprintOf } from '../fabric/source-tree.ts';
import { completed } from './dockerfiles.ts';
import { isBuiltUpstream, upstreamFingerprint } from './fingerprint.ts';
import type { ImageRecipe } from './image-recipe.ts';

interface UpstreamBuild {
  readonly source: Pick<FabricSource, 'dir' | 'tree'>;
  readonly settings: BuildSettings;
}

function dockerfilePath(name: ImageName): string {
  return `images/${name}/Dockerfile`;
}

/** Whether the checkout's own Dockerfile builds the image: it is configured, and the checkout has one. */
export function isUpstream(name: ImageName, { source, settings }: UpstreamBuild): boolean {
  return settings.dockerfiles === 'upstream' && source.tree.files.has(dockerfilePath(name));
}

/** Texts of the files that state the versions for build arguments; empty if a file is absent. */
export interface VersionFiles {
  readonly makefile: string;
  /** In 2.0 and 2.1. */
  readonly ciProperties: string;
  readonly goMod: string;
}

const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

function plain(text: string | undefined): string | undefined {
  return text !== undefined && PLAIN.test(text) ? text : undefined;
}

/** Reads the version from the Makefile, or from the files that the Makefile reads. */
function goVersion({ makefile, ciProperties, goMod }: VersionFiles): string | undefined {
  return (
    plain(makeVariable(makefile, 'GO_VER')) ??
    plain(makeVariable(ciProperties, 'GO_VER')) ??
    /^go[ \t]+(\S+)/m.exec(goMod)?.[1]
  );
}

/** `RUN make … GO_TAGS=${GO_TAGS}` without quotes: the shell splits the value into several words. */
const UNQUOTED_TAGS = /^RUN make .*\bGO_TAGS=\$(?:\{GO_TAGS\}|GO_TAGS)(?=\s|$)/m;

/** Whether make variables can be appended to the Go tags. */
export function acceptsVariables(dockerfile: string): boolean {
  return UNQUOTED_TAGS.test(dockerfile);
}

/**
 * Returns the Go tags, followed by the Makefile variables that these Dockerfiles have no argument for: with the
 * Makefile's own namespace, version and commit, the peer would ask for other images.
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
  // A blank between tags would end the value.
  return [goTags.replaceAll(' ', ','), ...words].join(' ');
}

/** Returns the names of the declared arguments. */
function declaredArguments(dockerfile: string): ReadonlySet<string> {
  return new Set([...dockerfile.matchAll(/^ARG[ \t]+(\w+)/gm)].map(([, name]) => name ?? ''));
}

/**
 * Returns the arguments that the Makefile passes to this Dockerfile, if the Dockerfile declares them. A value is undefined
 * if the checkout does not state it.
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
    GO_TAGS: acceptsVariables(dockerfile) ? tagsAndVariables(settings) : settings.goTags.replaceAll(' ', ','),
  };
  const names = declaredArguments(dockerfile);
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

/** Returns the base images with the arguments filled in, without the Dockerfile's own stages. */
export function baseImages(dockerfile: string, args: Readonly<Record<string, string>>): readonly string[] {
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
 * Adds a label to every stage except the last, so that the unnamed images of a build, which take gigabytes, can be
 * recognised as ours.
 */
export function withStagesLabelled(dockerfile: string, label: string): string {
  const [first = '', ...rest] = dockerfile.split(/^(?=FROM[ \t])/im);
  const stages = rest.map((stage, i) =>
    i === rest.length - 1 ? stage : `${stage.trimEnd()}\nLABEL ${label}\n`,
  );
  return [first, ...stages].join('');
}

/** Returns the pattern of a .dockerignore line. It matches a path or one of its folders. */
function patternOf(line: string): RegExp {
  const pattern = line
    .replace(/^\/|\/$/g, '')
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*\*\/|\*|\?/g, (wildcard) => ({ '**/': '(?:.*/)?', '*': '[^/]*' })[wildcard] ?? '[^/]');
  return new RegExp(`^${pattern}(?:/|$)`);
}

/** Returns a predicate for paths that the docker command leaves out of the build context. */
export function ignoredBy(dockerignore: string): (path: string) => boolean {
  const lines = dockerignore.split('\n').map((line) => line.trim());
  const rules = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ isIgnored: !line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }));
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.isIgnored ?? false;
}

/** Returns undefined for a broken link or a link to a folder. */
async function entryOf(dir: string, path: string, name: string): Promise<TarEntry | undefined> {
  const stats = await stat(join(dir, path)).catch(() => undefined);
  if (!stats?.isFile()) return undefined;
  return { name, content: { file: join(dir, path) }, mode: stats.mode & 0o100 ? 0o755 : 0o644 };
}

/** Files that the wizard generates in place of the checkout's. */
const GENERATED = new Set(['Dockerfile', '.dockerignore']);

/** @param folder prefix that the names in the context do not have */
async function entriesOf(dir: string, paths: readonly string[], folder: string): Promise<TarEntry[]> {
  const entries = await Promise.all(paths.map((path) => entryOf(dir, path, path.slice(folder.length))));
  return entries.filter((entry) => entry !== undefined).filter(({ name }) => !GENERATED.has(name));
}

function textOf(dir: string, path: string): Promise<string> {
  return readFile(join(dir, path), 'utf8').catch(() => '');
}

function reject(image: ImageName, why: Phrase): never {
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
    if (value === undefined) reject(name, { key: 'upstream.unstated', file: 'Makefile', variable });
  }
  return args as Readonly<Record<string, string>>;
}

export interface UpstreamRecipe extends ImageRecipe {
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Base images. */
  readonly from: readonly string[];
}

/**
 * Returns the recipe of an image that the checkout's own Dockerfile builds. Its programs are compiled inside the build, so
 * the whole content is `rest`.
 * @throws WizardFailure `usage` if this Dockerfile does not support the configuration
 */
export async function upstreamRecipe(
  name: ImageName,
  { source, settings }: UpstreamBuild,
): Promise<UpstreamRecipe> {
  const { dir, tree } = source;
  const [dockerfile, dockerignore, makefile, ciProperties, goMod] = await Promise.all(
    [dockerfilePath(name), '.dockerignore', 'Makefile', 'ci.properties', 'go.mod'].map((path) =>
      textOf(dir, path),
    ),
  );
  const text = dockerfile ?? '';
  const files = { makefile: makefile ?? '', ciProperties: ciProperties ?? '', goMod: goMod ?? '' };
  const compiles = /^RUN make /m.test(text);
  const fixedArch = /release\/linux-(\w+)\//.exec(text)?.[1];
  if (fixedArch !== undefined && fixedArch !== settings.goArch)
    reject(name, { key: 'upstream.other-architecture', written: fixedArch, arch: settings.goArch });
  // Only the peer uses the compiled-in values to ask for images.
  if (name === 'peer' && !acceptsVariables(text))
    reject(name, { key: 'upstream.no-variables', file: dockerfilePath(name) });
  const buildArgs = required(name, buildArguments(text, files, settings));
  const folder = `images/${name}/`;
  const isIgnored = ignoredBy(dockerignore ?? '');
  const isInContext = compiles
    ? (path: string) => !isIgnored(path)
    : (path: string) => path.startsWith(folder);
  const isInput = compiles ? (path: string) => isInContext(path) && isBuiltUpstream(path) : isInContext;
  const fingerprint = upstreamFingerprint(text, buildArgs, fingerprintOf(tree, isInput));
  const ignoresVariables = compiles && !acceptsVariables(text);
  return {
    dockerfile: completed(text),
    adapted: ignoresVariables
      ? [{ code: 'upstream-variables', message: { key: 'warning.upstream-variables', image: name } }]
      : [],
    fingerprint,
    content: { programs: {}, rest: fingerprint },
    buildArgs,
    from: baseImages(text, buildArgs),
    context: async () => [
      ...(await entriesOf(dir, [...tree.files.keys()].filter(isInContext), compiles ? '' : folder)),
      // Keeps both files out of ADD and COPY: the labels in our Dockerfile would change the content of every build.
      { name: '.dockerignore', content: 'Dockerfile\n.dockerignore\n' },
    ],
  };
}
