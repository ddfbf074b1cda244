/** Paths of the files that go into images, between the stages that create them and those that use them. */
import { join } from 'node:path';
import type { WizardConfig } from '../config/wizard-config.ts';
import { sha256Of } from '../host/files.ts';
import { buildDir } from '../host/state-folder.ts';

export interface PayloadPaths {
  readonly sampleconfig: string;
  readonly goshim: string;
  /** Tar of the Go build cache in ccenv. */
  readonly gocache: string;
  readonly chaintool: string;
}

export function payloadPaths(stateDir: string): PayloadPaths {
  // The Dockerfiles decide the names. ADD detects the format from the content, so the tars may be uncompressed.
  const dir = join(buildDir(stateDir), 'payload');
  return {
    sampleconfig: join(dir, 'sampleconfig.tar.bz2'),
    goshim: join(dir, 'goshim.tar.bz2'),
    gocache: join(dir, 'gocache.tar'),
    chaintool: join(dir, 'chaintool'),
  };
}

export interface Chaintool {
  readonly file: string;
  readonly sha256: string;
}

/** Returns the chaintool in the payload; undefined if it is absent or not configured. */
export async function presentChaintool({
  config,
  stateDir,
}: {
  readonly config: Pick<WizardConfig, 'chaintool'>;
  readonly stateDir: string;
}): Promise<Chaintool | undefined> {
  if (!config.chaintool) return undefined;
  const file = payloadPaths(stateDir).chaintool;
  const sha256 = await sha256Of(file);
  return sha256 === undefined ? undefined : { file, sha256 };
}
