/** Paths that begin with the home folder. */
import { homedir } from 'node:os';

/** Expands a leading `~` as a shell does. */
export function expandHome(path: string): string {
  return path.replace(/^~(?=\/|$)/, homedir());
}
