/** Gives an engine images of this machine's engine without a copy of their layers, which takes many seconds for each engine. */
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const STORE = join('image', 'overlay2');
const LAYERS = 'overlay2';

/** Returns the ids that an engine gives to the layers of an image, lowest first. @param digests of the contents of the layers */
export function chainIds(digests) {
  const chain = [];
  for (const digest of digests) {
    const below = chain.at(-1);
    const both = createHash('sha256').update(`${below} ${digest}`).digest('hex');
    chain.push(below === undefined ? digest : `sha256:${both}`);
  }
  return chain;
}

/** Returns a path in the store of images. @param id sha256:… */
function inStore(folder, kind, id) {
  return join(folder, STORE, kind, ...id.split(':'));
}

function repositoriesText(images) {
  const repositories = {};
  for (const { ref, id } of images) {
    const name = ref.slice(0, ref.lastIndexOf(':'));
    repositories[name] = { ...repositories[name], [ref]: id };
  }
  return JSON.stringify({ Repositories: repositories });
}

/** Returns the data folder of this machine's engine if links can be made to what is in it, or undefined. */
async function ownData(run) {
  const { stdout } = await run('docker', ['info', '--format', '{{.Driver}} {{.DockerRootDir}}']);
  const [driver, folder] = stdout.trim().split(/ (.*)/);
  return driver === 'overlay2' ? folder : undefined;
}

async function linkLayer(from, to, chain, run) {
  const [source, target] = [from, to].map((folder) => inStore(folder, 'layerdb', chain));
  // Images share layers.
  if (
    await access(target).then(
      () => true,
      () => false,
    )
  )
    return;
  const layer = await readFile(join(source, 'cache-id'), 'utf8');
  const link = await readFile(join(from, LAYERS, layer, 'link'), 'utf8');
  const copy = (path) => run('cp', ['--archive', '--link', join(from, path), join(to, path)]);
  await copy(join(LAYERS, layer));
  await copy(join(LAYERS, 'l', link));
  await run('cp', ['--archive', source, target]);
}

async function link({ from, to, images, run }) {
  for (const path of [
    join(STORE, 'imagedb/content/sha256'),
    join(STORE, 'layerdb/sha256'),
    join(LAYERS, 'l'),
  ])
    await mkdir(join(to, path), { recursive: true, mode: 0o710 });
  for (const id of new Set(images.map((image) => image.id))) {
    const path = inStore(from, 'imagedb/content', id);
    const { rootfs } = JSON.parse(await readFile(path, 'utf8'));
    for (const chain of chainIds(rootfs.diff_ids)) await linkLayer(from, to, chain, run);
    await run('cp', ['--archive', path, inStore(to, 'imagedb/content', id)]);
  }
  await writeFile(join(to, STORE, 'repositories.json'), repositoriesText(images), { mode: 0o600 });
}

/**
 * Links the layers of images into the data folder of an engine that has not run yet. Engines do not change the files of layers.
 * @param options `refs` of images that this machine's engine has; `folder`: the data folder; `run`: a runner with this machine's engine
 * @returns whether the engine will have the images. It will not if this machine's engine has another store of images, or its data
 *   on another file system
 */
export async function linkImages({ refs, folder, run }) {
  const { stdout } = await run('docker', ['image', 'inspect', '--format', '{{.Id}}', ...refs]);
  const ids = stdout.trim().split('\n');
  const images = refs.map((ref, index) => ({ ref, id: ids[index] }));
  const from = await ownData(run);
  if (from === undefined) return false;
  try {
    await link({ from, to: folder, images, run });
    return true;
  } catch {
    // An engine with a part of a layer would not start.
    for (const name of ['image', LAYERS]) await rm(join(folder, name), { recursive: true, force: true });
    return false;
  }
}
