/** The state folder `.fabric-wizard/` and the paths inside it. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WizardFailure } from '../core/failure.ts';
import { messageOf } from '../engine/engine-answers.ts';
import { makeFolder } from './files.ts';

export const STATE_FOLDER = '.fabric-wizard';

/** Path of the network's files: `docker-compose.yaml`, `crypto-config/`, `channel-artifacts/`. */
export function networkDir(stateDir: string): string {
  return join(stateDir, 'network');
}

/** Path of the network's files of a project's folder. */
export function projectNetworkDir(dir: string): string {
  return networkDir(join(dir, STATE_FOLDER));
}

/** Path of a replaced network's files, which `up` moves back when its configuration returns. */
export function keptNetworkDir(stateDir: string, name = ''): string {
  return join(stateDir, 'networks', name);
}

/** Path of the files of a snapshot. */
export function snapshotDir(stateDir: string, name = ''): string {
  return join(stateDir, 'snapshots', name);
}

/** Path of the compiled programs and the contents of ccenv. */
export function buildDir(stateDir: string): string {
  return join(stateDir, 'build');
}

/**
 * Creates the state folder if it does not exist.
 * @param command for another folder
 * @returns its path
 * @throws WizardFailure `usage` if it is not writable
 */
export async function openStateFolder(dir: string, command = 'fabric-wizard up'): Promise<string> {
  const folder = join(dir, STATE_FOLDER);
  try {
    await makeFolder(folder);
    await writeFile(join(folder, '.gitignore'), '*\n');
  } catch (error) {
    const reason = messageOf(error);
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.state-folder', dir: folder, reason },
      next: [`${command} --dir DIR`],
    });
  }
  return folder;
}
