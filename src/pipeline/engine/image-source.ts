/** Brings images to the engine: by a pull, from a tar, or by a build. */
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import { messageOf, messages, pullProblem } from './engine-answers.ts';
import { isLost, RefusedRequest } from './engine-connection.ts';
import type { PullLayer } from './engine-types.ts';
import { type TarEntry, withTar } from './tar-context.ts';

export interface PullOptions {
  readonly signal: AbortSignal;
  /** Milliseconds without progress after which the pull fails. */
  readonly stallMs: number;
  readonly onLayer: (layer: PullLayer) => void;
}

export interface ImportOptions {
  /** Dockerfile instructions. */
  readonly changes: readonly string[];
  readonly signal: AbortSignal;
}

export interface BuildOptions {
  readonly tag: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly networkMode?: string;
  /** Execute every step, even if the engine has its result. */
  readonly noCache?: boolean;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/**
 * Pulls one reference. Reports the progress of each layer in bytes.
 * @throws WizardFailure `pull`
 */
export async function pullImage(docker: Docker, ref: string, options: PullOptions): Promise<void> {
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), options.stallMs);
  const abortSignal = AbortSignal.any([options.signal, stall.signal]);
  try {
    // Without a tag the engine would pull all tags.
    const tagged = /[:@][^/]*$/.test(ref) ? ref : `${ref}:latest`;
    const stream = await docker.pull(tagged, { abortSignal });
    for await (const message of messages(stream)) {
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(), options.stallMs);
      if (message.error) throw new Error(message.error);
      if (message.id && message.progressDetail) {
        options.onLayer({
          id: message.id,
          status: message.status ?? '',
          current: message.progressDetail.current ?? 0,
          total: message.progressDetail.total ?? 0,
        });
      }
    }
  } catch (error) {
    if (options.signal.aborted) throw new CancelledError();
    if (isLost(error)) throw error;
    const detail = messageOf(error);
    const seconds = Math.round(options.stallMs / 1000);
    throw new WizardFailure({
      kind: 'pull',
      ref,
      problem: stall.signal.aborted ? 'stalled' : pullProblem(detail),
      detail: stall.signal.aborted ? { key: 'detail.sent-nothing', seconds } : detail,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Creates an image from a tar of a root file system. @throws WizardFailure `image-build` */
export async function importImage(
  docker: Docker,
  tar: Readable,
  ref: string,
  options: ImportOptions,
): Promise<void> {
  const colon = ref.lastIndexOf(':');
  const stream = await docker.importImage(tar, {
    repo: ref.slice(0, colon),
    tag: ref.slice(colon + 1),
    changes: [...options.changes],
    abortSignal: options.signal,
  });
  for await (const message of messages(stream)) {
    if (message.error)
      throw new WizardFailure({ kind: 'image-build', image: ref, detail: message.error, tail: [] });
  }
}

/**
 * Builds an image with the classic builder, which every engine since 17.x has without a plugin.
 * @returns the image id
 * @throws WizardFailure `image-build`, without the output that `onLine` received; `file`
 */
export async function buildImage(
  docker: Docker,
  context: readonly TarEntry[],
  options: BuildOptions,
): Promise<string> {
  let id = '';
  try {
    await withTar(context, async (tar) => {
      const stream = await docker.buildImage(tar, {
        t: options.tag,
        labels: options.labels ? { ...options.labels } : undefined,
        buildargs: options.buildArgs ? { ...options.buildArgs } : undefined,
        networkmode: options.networkMode,
        nocache: options.noCache,
        forcerm: true,
        abortSignal: options.signal,
      });
      for await (const message of messages(stream)) {
        if (message.aux?.ID) id = message.aux.ID;
        for (const line of (message.stream ?? '').split('\n')) {
          if (line.trim()) options.onLine(line);
        }
        if (message.error) throw new Error(message.error);
      }
    });
  } catch (error) {
    if (options.signal.aborted) throw new CancelledError();
    if (error instanceof WizardFailure && !(error instanceof RefusedRequest)) throw error;
    throw new WizardFailure({ kind: 'image-build', image: options.tag, detail: messageOf(error), tail: [] });
  }
  return id;
}
