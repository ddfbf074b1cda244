/** Removes everything that this benchmark, or a killed one, created on the engine, and gives names of images back. */
import { COLD, cacheOf, FIRST, OWN, WORK } from './names.mjs';
import { showImages } from './shared-images.mjs';

/** Lists everything on the engine that a benchmark created. */
async function own(run) {
  const lines = async (args) => (await run('docker', args)).stdout.split('\n').filter(Boolean);
  const [containers, named, dangling, volumes] = await Promise.all([
    lines(['ps', '--all', '--format', '{{.Names}} {{.Labels}}']),
    lines([
      'images',
      '--no-trunc',
      '--format',
      '{{.ID}} {{.Repository}}:{{.Tag}}',
      `--filter=reference=${OWN}*/*`,
    ]),
    lines(['images', '--quiet', '--filter', 'dangling=true', '--filter', 'label=io.fabric-wizard.bench']),
    lines(['volume', 'ls', '--format', '{{.Name}}']),
  ]);
  const caches = named.map((line) => cacheOf(line.split(' ')[0]));
  return {
    containers: containers
      .map((line) => line.split(' '))
      .filter(([name, labels = '']) => name.startsWith(`${OWN}-`) || labels.split(',').includes(`${OWN}=`))
      .map(([name]) => name),
    images: [
      ...named.map((line) => line.split(' ')[1]).filter((tag) => !tag.endsWith(':<none>')),
      ...dangling,
    ],
    volumes: volumes.filter((name) => name.startsWith(`${OWN}-`) || caches.includes(name)),
  };
}

/**
 * Removes containers, images and volumes, and gives the names of hidden images back.
 * @param options `run`: a runner that is not interrupted; `bin`: the program; `dir`: a folder for its state
 * @returns names of what it could not remove
 */
export async function removeOwn({ run, bin, dir }) {
  await showImages(run);
  const clean = (project) => ['clean', '--images', '--yes', '--dir', dir, '--project', project];
  // Chaincode containers and images have no label; the program knows their names.
  for (const project of [WORK, COLD, FIRST])
    await run(process.execPath, [bin, ...clean(project)], { mayFail: true });
  const { containers, images, volumes } = await own(run);
  const docker = async (args, names) => {
    if (names.length > 0) await run('docker', [...args, ...names], { mayFail: true });
  };
  await docker(['rm', '--force', '--volumes'], containers);
  await docker(['volume', 'rm', '--force'], volumes);
  await docker(['rmi', '--force'], images);
  const left = await own(run);
  return [...left.containers, ...left.images, ...left.volumes];
}
