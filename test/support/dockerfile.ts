/** Reads properties of an image from the checkout's own Dockerfile, independently of the code under test. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { engine, runInImage } from './engine.ts';

/** Properties that compose files for published images rely on. */
export interface ImageShape {
  /** Variables that do not depend on build arguments. */
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly entrypoint: readonly string[];
  /** `7050/tcp` */
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly user: string;
  /** Absent if it is the base image's. */
  readonly workdir: string | undefined;
  /** Fabric's programs, which scripts find by name. */
  readonly programs: readonly string[];
}

/** `key value` and `key=value …` */
function pairs(words: string): [string, string][] {
  if (/^\w+\s/.test(words)) return [[words.split(/\s+/)[0] ?? '', words.replace(/^\w+\s+/, '')]];
  return [...words.matchAll(/(\w+)=("[^"]*"|\S*)/g)].map(([, key = '', value = '']) => [
    key,
    value.replaceAll('"', ''),
  ]);
}

function list(words: string | undefined): readonly string[] {
  return words === undefined ? [] : (JSON.parse(words) as string[]);
}

/** Reads the last stage, and from earlier stages the programs that `make` builds. */
export function shapeOf(text: string): ImageShape {
  const lines = text.replaceAll(/\\\n/g, ' ').split('\n');
  const last = lines.slice(lines.findLastIndex((line) => /^FROM\s/.test(line)));
  const said = (word: string, from = last) =>
    from.flatMap((line) => new RegExp(`^${word}\\s+(.*?)\\s*$`).exec(line)?.[1] ?? []);
  const env = said('ENV')
    .flatMap(pairs)
    .filter(([key, value]) => key !== 'PATH' && !value.includes('$'));
  return {
    env: Object.fromEntries(env),
    command: list(said('CMD').at(-1)),
    entrypoint: list(said('ENTRYPOINT').at(-1)),
    ports: said('EXPOSE').map((port) => `${port}/tcp`),
    volumes: said('VOLUME').sort(),
    user: said('USER').at(-1) ?? 'root',
    workdir: said('WORKDIR').at(-1),
    programs: [
      // `GO_TAGS=…` is no program; `tools` and `ccaasbuilder` are Makefile targets for several programs.
      ...said('RUN\\s+make', lines)
        .flatMap((targets) => targets.split(/\s+/))
        .filter((target) => /^\w+$/.test(target) && !['tools', 'ccaasbuilder'].includes(target)),
      ...said('COPY')
        .flatMap((words) => words.split(/\s+/))
        .flatMap((word) => /^payload\/(\w[\w-]*)$/.exec(word)?.[1] ?? []),
    ].sort(),
  };
}

export async function promisedShape(checkout: string, image: string): Promise<ImageShape> {
  const folder = join(checkout, 'images', image);
  // Up to 1.4 it is a template.
  const name = (await readdir(folder)).find((file) => /^Dockerfile(\.in)?$/.test(file));
  if (name === undefined) throw new Error(`no Dockerfile in ${folder}`);
  return shapeOf(await readFile(join(folder, name), 'utf8'));
}

/**
 * Reads the properties of an image.
 * @param like limits environment, commands and programs to those in it, because a base image adds its own
 */
export async function builtShape(ref: string, like: ImageShape): Promise<ImageShape> {
  const { Config: config } = await engine.getImage(ref).inspect();
  const env = (config.Env ?? []).map((word): [string, string] => {
    const at = word.indexOf('=');
    return [word.slice(0, at), word.slice(at + 1)];
  });
  const found = await runInImage(
    ref,
    'sh',
    '-c',
    'for name; do command -v $name; done; true',
    '',
    ...like.programs,
  );
  const cmd = [config.Cmd ?? []].flat();
  return {
    env: Object.fromEntries(env.filter(([key]) => like.env[key] !== undefined)),
    command: like.command.length === 0 ? [] : cmd,
    entrypoint: [config.Entrypoint ?? []].flat(),
    ports: Object.keys(config.ExposedPorts ?? {}),
    volumes: Object.keys(config.Volumes ?? {}).sort(),
    user: config.User || 'root',
    workdir: like.workdir && config.WorkingDir,
    programs: found
      .split('\n')
      .filter(Boolean)
      .map((path) => basename(path))
      .sort(),
  };
}
