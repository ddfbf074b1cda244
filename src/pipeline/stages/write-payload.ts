/** Writes files of a build context. Each file is either complete or absent. */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CancelledError } from '../core/failure.ts';
import { withFileName } from '../core/file-error.ts';
import { partialOf } from '../host/files.ts';

/** @throws WizardFailure `file`; CancelledError when the signal fires; the error of `content` */
export async function writePayload(
  target: string,
  content: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<void> {
  const partial = partialOf(target);
  await mkdir(dirname(target), { recursive: true });
  try {
    await pipeline(content, createWriteStream(partial), { signal });
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    if (signal.aborted) throw new CancelledError();
    throw withFileName(target, error);
  }
}
