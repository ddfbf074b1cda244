/** The image of the gateway: its reference, and the Go files that it is compiled from. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TarEntry } from '../engine/tar-context.ts';
import { OWN_NAMESPACE } from '../fabric/image-ref.ts';

/** Raised when the compile or the image changes, so that existing images are not used again. */
const RECIPE = 2;

export interface GatewayImage {
  /** Contains the fingerprint, so that every project of this version uses the same image. */
  readonly ref: string;
  readonly fingerprint: string;
  /** The Go files without their tests, by name. */
  readonly sources: readonly TarEntry[];
}

/**
 * Returns the image of the gateway.
 * @param packageDir folder of the package, with `gateway/`
 * @param goArch the engine's architecture as Go names it
 */
export async function gatewayImage(packageDir: string, goArch: string): Promise<GatewayImage> {
  const folder = join(packageDir, 'gateway');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'));
  const sources = await Promise.all(
    names.sort().map(async (name) => ({ name, content: await readFile(join(folder, name)) })),
  );
  const hash = createHash('sha256').update(`gateway ${RECIPE} ${goArch}\0`);
  for (const { name, content } of sources) hash.update(`${name}\0${content.length}\0`).update(content);
  const fingerprint = hash.digest('hex');
  return { ref: `${OWN_NAMESPACE}/gateway:${fingerprint.slice(0, 12)}`, fingerprint, sources };
}
