/** Creates the file that `--output` names, and never overwrites one. */
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { errorCode } from '../pipeline/core/error-code.ts';
import { fileFailure, WizardFailure } from '../pipeline/core/failure.ts';

/**
 * @param path absolute
 * @param again the command with another file
 * @param mode of the file; default: only its owner can read it
 * @returns the file descriptor, open for writing
 * @throws WizardFailure `usage` if the file exists or cannot be created
 */
export function createNewFile(path: string, again: string, mode = 0o600): number {
  try {
    return openSync(path, 'wx', mode);
  } catch (error) {
    const code = errorCode(error);
    throw new WizardFailure({
      kind: 'usage',
      message:
        code === 'EEXIST' ? { key: 'usage.file-exists', path } : { key: 'usage.file-refused', path, code },
      next: [again],
    });
  }
}

/** Like `createNewFile`, with its text. @throws WizardFailure also `file`, if it cannot be written: it is then removed */
export function writeNewFile(path: string, text: string, again: string, mode?: number): void {
  const file = createNewFile(path, again, mode);
  try {
    writeFileSync(file, text);
  } catch (error) {
    rmSync(path, { force: true });
    throw fileFailure(path, error);
  } finally {
    closeSync(file);
  }
}
