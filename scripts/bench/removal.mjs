/** Removes all that a bench made on the engine, an earlier one that was killed included, and nothing else. */
import { COLD, cacheOf, OWN, WORK } from './names.mjs';

/** Everything on the engine that only a bench can have made. */
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
 * @param options `run` that nothing interrupts; `bin`, our program; `dir`, a folder that may be written to
 * @returns names of what could not be removed
 */
export async function removeOwn({ run, bin, dir }) {
  const program = (project) => ['clean', '--images', '--yes', '--dir', dir, '--project', project];
  // Chaincode bears no label of ours; the program knows its names.
  for (const project of [WORK, COLD])
    await run(process.execPath, [bin, ...program(project)], { mayFail: true });
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
