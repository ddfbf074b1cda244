/** Errors of the file system as failures. */
import { isFileError } from './error-code.ts';
import { fileFailure } from './failure.ts';

/** Returns an error of the system as a failure that names the file; any other error as it is. */
export function withFileName(path: string, error: unknown): unknown {
  return isFileError(error) ? fileFailure(path, error) : error;
}
