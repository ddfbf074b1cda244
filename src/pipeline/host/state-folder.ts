/** Names and places in the state folder. */
import { join } from 'node:path';

export const STATE_FOLDER = '.fabric-wizard';

export function networkDir(stateDir: string): string {
  return join(stateDir, 'network');
}

export function buildDir(stateDir: string): string {
  return join(stateDir, 'build');
}
