/** Base images from Debian packages. They are made on this machine's engine, which reaches the package mirror. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runWizard } from '../wizard.mjs';

/** Lists the base images of an engine: those built on top of them inherit the label, but have other names. */
const BASES = [
  ...['images', '--format', '{{.Repository}}:{{.Tag}}'],
  ...['--filter', 'label=io.fabric-wizard.origin=debian', 'fabric-wizard/debian-*'],
];

async function basesOf(run) {
  const { stdout } = await run('docker', BASES);
  return stdout.split('\n').filter((name) => name !== '');
}

/**
 * Copies the base images of a source to an engine. Those that this machine's engine lacks are built.
 * @param options `run`: a runner with this machine's engine; `inside`: a runner with the other engine; `bin`: the program;
 *   `source`: a checkout; `folder`: for temporary files
 */
export async function copyBases({ run, inside, bin, source, folder }) {
  await mkdir(folder, { recursive: true });
  const project = ['--project', 'fw-engines-bases', '--base', 'debian'];
  // A failed check of something else is no obstacle.
  await runWizard({ run, bin, folder }, ['doctor', '--fix', 'base', '--yes', '--source', source, ...project]);
  const present = new Set(await basesOf(inside));
  const missing = (await basesOf(run)).filter((name) => !present.has(name));
  if (missing.length === 0) return;
  const tar = join(folder, 'bases.tar');
  try {
    await run('docker', ['save', '--output', tar, ...missing]);
    await inside('docker', ['load', '--quiet', '--input', tar]);
  } finally {
    await rm(tar, { force: true });
  }
}
