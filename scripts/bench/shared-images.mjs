/** Images that all projects share: base images of Debian packages, and the gateway. A benchmark hides them, and gives them back. */
import { FIRST } from './names.mjs';

const SHARED = /^fabric-wizard\/(?<image>(?:debian|ubuntu)-[\w.-]+|gateway):(?<tag>[0-9a-f]{12})$/;
/** The name of such an image while it is hidden. */
const HIDDEN = /^fabric-wizard\/lent:bench-(?<image>[\w.-]+)_(?<tag>[0-9a-f]{12})$/;

/** Returns the ids of these images, by their names. */
async function idsOf(run) {
  const format = '{{.Repository}}:{{.Tag}} {{.ID}}';
  const { stdout } = await run('docker', ['images', '--no-trunc', '--format', format, 'fabric-wizard/*']);
  return new Map(stdout.split('\n').map((line) => line.split(' ')));
}

async function rename(run, from, to) {
  await run('docker', ['tag', from, to]);
  await run('docker', ['rmi', from]);
}

/** Takes the names away, so that these images are made again. Their Go cache belongs to the image. */
export async function hideImages(run) {
  for (const name of (await idsOf(run)).keys()) {
    const { image, tag } = SHARED.exec(name)?.groups ?? {};
    if (image !== undefined) await rename(run, name, `fabric-wizard/lent:bench-${image}_${tag}`);
  }
}

/**
 * Gives the names back, also those that a killed benchmark has taken. An image that was made meanwhile gets a name of the
 * benchmark, so that it is removed at the end with its Go cache.
 */
export async function showImages(run) {
  const ids = await idsOf(run);
  for (const [name, id] of ids) {
    const { image, tag } = HIDDEN.exec(name)?.groups ?? {};
    if (image === undefined) continue;
    const shared = `fabric-wizard/${image}:${tag}`;
    const made = ids.get(shared);
    if (made !== undefined && made !== id)
      await run('docker', ['tag', shared, `${FIRST}/made-${image}:${tag}`]);
    await rename(run, name, shared);
  }
}
