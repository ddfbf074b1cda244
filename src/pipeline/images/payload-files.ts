/** Where the files beside a Dockerfile are kept between the stages that make them and those that use them. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WizardConfig } from '../config/wizard-config.ts';
import { buildDir } from '../host/state-folder.ts';
import type { Chaintool } from './image-recipe.ts';

export interface PayloadPaths {
  readonly sampleconfig: string;
  readonly goshim: string;
  /** The Go build cache that ccenv carries, a tar. */
  readonly gocache: string;
  readonly chaintool: string;
}

export function payloadPaths(stateDir: string): PayloadPaths {
  // The names are the Dockerfiles'; ADD looks at the content, and an uncompressed tar unpacks all the same.
  const dir = join(buildDir(stateDir), 'payload');
  return {
    sampleconfig: join(dir, 'sampleconfig.tar.bz2'),
    goshim: join(dir, 'goshim.tar.bz2'),
    gocache: join(dir, 'gocache.tar'),
    chaintool: join(dir, 'chaintool'),
  };
}

/** The chaintool that the payload holds, where the user asked for one. */
export async function presentChaintool(context: {
  readonly stateDir: string;
  readonly config: Pick<WizardConfig, 'chaintool'>;
}): Promise<Chaintool | undefined> {
  if (!context.config.chaintool) return undefined;
  const file = payloadPaths(context.stateDir).chaintool;
  const content = await readFile(file).catch(() => undefined);
  return content && { file, sha256: createHash('sha256').update(content).digest('hex') };
}
