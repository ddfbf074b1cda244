/**
 * Names of images that are given to other images for a while. An image that loses its name gets one of ours meanwhile, because
 * `docker image prune` removes images without a name.
 */
import { createHash } from 'node:crypto';
import type { DockerPort } from '../engine/docker-port.ts';

type NamingEngine = Pick<DockerPort, 'inspectImage' | 'tag' | 'removeImage'>;

/** A name, and the image that it is to have. */
export interface WantedName {
  readonly ref: string;
  /** Id of the image. */
  readonly id: string;
}

export interface LentName extends WantedName {
  /** Id of the image that had the name before; absent if none had it. */
  readonly before?: string | undefined;
}

/** The name that keeps an image which has lost `ref`. */
export function keepingName(ref: string): string {
  return `fabric-wizard/lent:${createHash('sha256').update(ref).digest('hex').slice(0, 12)}`;
}

/** Returns which names another image has now, or none. */
export async function namesToLend(
  docker: Pick<DockerPort, 'inspectImage'>,
  wanted: readonly WantedName[],
): Promise<readonly LentName[]> {
  const images = await Promise.all(wanted.map(({ ref }) => docker.inspectImage(ref)));
  return wanted
    .map((name, index) => ({ ...name, before: images[index]?.id }))
    .filter(({ id, before }) => id !== before);
}

export async function lendNames(docker: NamingEngine, names: readonly LentName[]): Promise<void> {
  for (const { ref, id, before } of names) {
    if (before !== undefined) await docker.tag(before, keepingName(ref));
    await docker.tag(id, ref);
  }
}

/** Gives the names back, except those that somebody has given to another image meanwhile. Safe to call again. */
export async function giveNamesBack(docker: NamingEngine, names: readonly LentName[]): Promise<void> {
  for (const { ref, id, before } of names) {
    const isLent = (await docker.inspectImage(ref))?.id === id;
    // Somebody may have removed the image that had the name.
    const had = before === undefined ? undefined : (await docker.inspectImage(before))?.id;
    if (isLent && had === undefined) await docker.removeImage(ref);
    if (had === undefined) continue;
    if (isLent) await docker.tag(had, ref);
    // Without another name, the image would be removed with this one.
    const image = await docker.inspectImage(had);
    if (image && image.tags.length > 1) await docker.removeImage(keepingName(ref));
  }
}

/**
 * Calls `act` while the names are lent, and gives them back however it ends. When the signal fires, that begins as soon as all are
 * lent; what fails then is tried again in the end.
 * @param ended called when all names are given back
 */
export async function whileLent<T>(
  docker: NamingEngine,
  names: readonly LentName[],
  {
    signal,
    act,
    ended,
  }: {
    readonly signal: AbortSignal;
    readonly act: () => Promise<T>;
    readonly ended: () => Promise<void>;
  },
): Promise<T> {
  const lending = lendNames(docker, names);
  let early: Promise<unknown> | undefined;
  const onAbort = () => {
    early = lending.then(() => giveNamesBack(docker, names)).catch(() => undefined);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await lending;
    return await act();
  } finally {
    signal.removeEventListener('abort', onAbort);
    await early;
    await giveNamesBack(docker, names);
    await ended();
  }
}
