/** The flag with which another command acts on the same folder. */
import { shellWord } from '../core/shell-text.ts';

/** Returns the flag that names a folder; none for the current folder. */
export function folderFlag(dir: string): string[] {
  return dir === process.cwd() ? [] : [`--dir ${shellWord(dir)}`];
}
