/** Creates the file that `--output` names, and never overwrites one. */
import { openSync } from 'node:fs';
import { errorCode } from '../pipeline/core/error-code.ts';
import { WizardFailure } from '../pipeline/core/failure.ts';

/**
 * @param path absolute
 * @param again the command with another file
 * @returns the file descriptor, open for writing
 * @throws WizardFailure `usage` if the file exists or cannot be created
 */
export function createNewFile(path: string, again: string): number {
  try {
    return openSync(path, 'wx', 0o600);
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
