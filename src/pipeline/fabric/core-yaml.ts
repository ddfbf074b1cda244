/** Reads the core.yaml of a checkout. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Reads the core.yaml that goes into the peer image of a source. The text is undefined if there is no such file. */
export async function readCoreYaml(
  sourceDir: string,
): Promise<{ readonly path: string; readonly text: string | undefined }> {
  const path = join(sourceDir, 'sampleconfig', 'core.yaml');
  return { path, text: await readFile(path, 'utf8').catch(() => undefined) };
}
