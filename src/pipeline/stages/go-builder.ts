/** Runs a script in the builder image, with the checkout and the Go build cache of that builder mounted. */
import { projectLabels, type StageContext } from '../context/run-context.ts';
import type { Collect } from '../engine/container-run.ts';
import type { WorkContainer } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import type { Release } from '../fabric/release.ts';
import { dockerRun } from '../host/docker-command.ts';
import { goCacheName } from '../images/go-cache.ts';
import { requireImage } from '../images/require-image.ts';
import { sourceMount } from './source-mount.ts';

export const GOPATH = '/opt/gopath';

/** Environment in which go reads only the tree's own `vendor`. It overrides the environment of the builder image. */
export function goMode({ goMode: mode }: Pick<Release, 'goMode'>): Record<string, string> {
  return mode === 'modules'
    ? { GO111MODULE: 'on', GOFLAGS: '-mod=vendor' }
    : { GO111MODULE: 'off', GOFLAGS: '' };
}

/** The compiler collects its garbage less often. It takes a fifth less time for Fabric, and a fifth more memory. */
export const FASTER_COMPILER = { GOGC: '400' };

/** Place of the checkout in the container: packages of a release without modules are found by it. */
export function sourceTree({ modulePath }: Pick<Release, 'modulePath'>): string {
  return `${GOPATH}/src/${modulePath}`;
}

export interface BuilderScript {
  /** POSIX shell. Values reach it as arguments and never as shell text. */
  readonly script: string;
  readonly args: readonly string[];
  /** The main command of the script: what a user would run in the builder image. */
  readonly command: readonly string[];
  /** Folder on the host that the command would install into. */
  readonly outputDir?: string;
  readonly inputs?: WorkContainer['inputs'];
  readonly onLine: NonNullable<WorkContainer['onLine']>;
}

type BuilderContext = Pick<
  StageContext,
  'docker' | 'settings' | 'source' | 'stateDir' | 'project' | 'runId' | 'sharedBuilds' | 'signal' | 'report'
>;

/**
 * Runs the script. The checkout, or its copy on an engine elsewhere, is mounted read-only at its place in GOPATH and is the
 * working directory; the cache volume is at `/cache`. The container has no network.
 * @throws WizardFailure, CancelledError, and what `collect` throws
 */
export async function runInBuilder<T>(
  context: BuilderContext,
  work: BuilderScript,
  collect: Collect<T>,
): Promise<T> {
  const { settings } = context;
  const tree = sourceTree(settings.release);
  const mounted = await sourceMount(context);
  const place = {
    binds: [`${mounted}:${tree}:ro`],
    workdir: tree,
    env: { ...goMode(settings.release), ...FASTER_COMPILER },
  };
  return runInBuilderAt(context, place, work, collect);
}

/** Where a script runs in the builder container. */
export interface BuilderPlace {
  /** Image to run in; absent: the builder image. Both have the same Go, and use the same cache. */
  readonly image?: string;
  readonly binds: readonly string[];
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  /** `default`: the network of the engine that every container has; `host`: that of its host; absent: none. */
  readonly network?: 'default' | 'host';
  /** Besides those of the project. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly inMemory?: WorkContainer['inMemory'];
  /** Mounts of the equivalent command, if it can do without a part of the script. */
  readonly shownBinds?: readonly string[];
}

/** Like `runInBuilder`, at another place. */
export async function runInBuilderAt<T>(
  context: BuilderContext,
  {
    image,
    binds: mounts,
    workdir,
    env: variables,
    network,
    labels,
    inMemory,
    shownBinds = mounts,
  }: BuilderPlace,
  { script, args, command, outputDir, inputs, onLine }: BuilderScript,
  collect: Collect<T>,
): Promise<T> {
  const { docker, settings, signal, report } = context;
  const builder = await requireImage(docker, settings.builderImage);
  const cache = goCacheName(builder.id);
  await docker.createVolume(cache, { [LABEL.role]: 'cache' });
  const env = { GOPATH, GOCACHE: '/cache/go-build', GOTOOLCHAIN: 'local', ...variables };
  const binds = [...mounts, `${cache}:/cache`];
  const shown = [
    ...shownBinds,
    `${cache}:/cache`,
    ...(outputDir === undefined ? [] : [`${outputDir}:${GOPATH}/bin`]),
  ];
  report.command(
    dockerRun(
      { image: image ?? settings.builderImage, env, binds: shown, workdir, network: network ?? 'none' },
      command,
    ),
  );
  return docker.runToEnd(
    {
      image: image ?? builder.id,
      cmd: ['sh', '-c', script, 'fabric-wizard', ...args],
      env,
      binds,
      workdir,
      inMemory,
      networkMode: network ?? 'none',
      labels: { ...projectLabels(context), ...labels },
      inputs,
      signal,
      onLine,
    },
    collect,
  );
}
