/** Copies of the practice source for tests that start networks. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SAMPLE } from './wizard.ts';

/**
 * Copies the practice source, with `chaincode.golang.dynamicLink` set: a static link of a chaincode is three quarters of the
 * processor time of its build. Tests of the source as it is bundled (up, package) have the static link.
 */
export async function copySample(to: string): Promise<void> {
  await cp(SAMPLE, to, { recursive: true });
  const file = join(to, 'sampleconfig', 'core.yaml');
  const text = await readFile(file, 'utf8');
  const changed = text.replace('dynamicLink: false', 'dynamicLink: true');
  if (changed === text) throw new Error(`${file} has no dynamicLink`);
  await writeFile(file, changed);
}
