/** Copies this machine's Go build cache to an engine that shares no folder with this machine. */
import { CACHE_LABEL, cacheName, isVolume } from '../engines/go-cache.mjs';

/**
 * Copies the cache of a builder, unless this machine has none. Linked programs, which are beside it, are of projects of this machine.
 * @param options `run`: a runner with this machine's engine; `to`: address of the other engine
 * @param builder see `copyBases`
 */
export async function cachePipe({ run, to }, { name, id, idInside }) {
  const from = cacheName(id);
  if (!(await isVolume(run, from))) return;
  const target = cacheName(idInside);
  const other = `docker --host ${to}`;
  const start = (volume) => `run --rm --network none --volume ${volume}:/cache`;
  const steps = [
    'set -o pipefail',
    `${other} volume create --label ${CACHE_LABEL} ${target}`,
    `docker ${start(from)} ${name} tar --create --directory /cache go-build |
      ${other} ${start(target)} --interactive ${name} tar --extract --directory /cache`,
  ];
  await run('bash', ['-c', steps.join('\n')]);
}
