import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/**
 * Unpacks a Debian package into a folder, so that nothing of the host is changed but, at most, apt's
 * package lists.
 */
export async function unpackPackage(name: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const download = () => execa('apt-get', ['download', name], { cwd: folder, reject: false });
  if ((await download()).exitCode !== 0) {
    await execa('apt-get', ['update']);
    await download();
  }
  const archive = (await readdir(folder)).find((file) => file.startsWith(name) && file.endsWith('.deb'));
  if (!archive) throw new Error(`the package ${name} cannot be downloaded with apt-get`);
  await execa('dpkg-deb', ['-x', join(folder, archive), folder]);
}
