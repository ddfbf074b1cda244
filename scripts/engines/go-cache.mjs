/** Copies this machine's Go build cache to another engine: a compile of Fabric without a cache takes minutes. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { shortId } from './short-id.mjs';

export const CACHE_LABEL = 'io.fabric-wizard.role=cache';

/** Returns the name of the volume that the program mounts as the cache of a builder image. @param id of the image */
export function cacheName(id) {
  return `fabric-wizard-go-${shortId(id)}`;
}

/** Whether the engine of a runner has a volume. */
export async function isVolume(run, name) {
  return (await run('docker', ['volume', 'inspect', name], { mayFail: true })).exitCode === 0;
}

/**
 * Copies the cache of a builder, unless this machine has none or the other engine has one.
 * @param options `run` and `inside`: runners with this machine's engine and the other one; `folder`: for temporary files, which
 *   both engines see
 * @param builder see `copyBases`
 */
export async function copyGoCache({ run, inside, folder }, { name, id, idInside }) {
  const from = cacheName(id);
  const to = cacheName(idInside);
  if (!(await isVolume(run, from)) || (await isVolume(inside, to))) return;
  const file = 'go-cache.tar';
  const tar = (volume, ...args) => [
    ...['run', '--rm', '--network', 'none', '--volume', `${volume}:/cache`, '--volume', `${folder}:/files`],
    ...[name, 'tar', ...args, '--file', `/files/${file}`, '--directory', '/cache'],
  ];
  try {
    await run('docker', [...tar(from, '--create'), '.']);
    await inside('docker', ['volume', 'create', '--label', CACHE_LABEL, to]);
    await inside('docker', tar(to, '--extract'));
  } finally {
    await rm(join(folder, file), { force: true });
  }
}
