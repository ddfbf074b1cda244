/** Returns the system's code of an error, e.g. `ENOENT`; empty if it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Whether an operation failed because the file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
}

/** Codes of a full disk, a quota, a read-only or broken file system, and too many open files. */
const FILE_SYSTEM = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE'];

/** Whether the system refused to access a file. Writing to an open file fails without a path. */
export function isFileError(error: unknown): error is Error {
  if (!(error instanceof Error) || !('syscall' in error)) return false;
  return 'path' in error || FILE_SYSTEM.includes(errorCode(error));
}
