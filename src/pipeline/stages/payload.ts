/** The files beside a Dockerfile that the compile does not make: sampleconfig and chaintool. */
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RunContext } from '../context/run-context.ts';
import type { StageExecutor } from '../context/stage.ts';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import { packTar, type TarEntry } from '../engine/tar-context.ts';
import { payloadPaths } from '../images/payload-files.ts';

async function writeWhole(
  target: string,
  content: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<void> {
  const partial = `${target}.partial-${process.pid}`;
  await mkdir(join(target, '..'), { recursive: true });
  try {
    await pipeline(content, createWriteStream(partial), { signal });
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    if (signal.aborted) throw new CancelledError();
    throw error;
  }
}

/** `(cd sampleconfig && tar -c *)` */
export function sampleconfigStage(bench: RunContext): StageExecutor {
  return async ({ signal }) => {
    const prefix = 'sampleconfig/';
    const entries: TarEntry[] = [...bench.source.tree.files.keys()]
      .filter((path) => path.startsWith(prefix))
      .map((path) => ({ name: path.slice(prefix.length), content: { file: join(bench.source.dir, path) } }));
    await writeWhole(payloadPaths(bench.stateDir).sampleconfig, packTar(entries), signal);
    return { outcome: 'built', detail: { key: 'detail.files', count: entries.length } };
  };
}

export function isUrl(chaintool: string): boolean {
  return /^https?:\/\//.test(chaintool);
}

/** Fetches or copies chaintool to its place in the payload. */
export function chaintoolStage(bench: RunContext, from: string): StageExecutor {
  return async ({ signal, log }) => {
    const { chaintool: target } = payloadPaths(bench.stateDir);
    if (!isUrl(from)) {
      await mkdir(join(target, '..'), { recursive: true });
      const partial = `${target}.partial-${process.pid}`;
      await copyFile(from, partial).catch((error: Error) => {
        throw new WizardFailure({
          kind: 'check',
          what: `chaintool ${from}`,
          expected: { key: 'state.readable-file' },
          got: error.message,
        });
      });
      await rename(partial, target);
      return { outcome: 'built', detail: from };
    }
    log(`fetching ${from}`);
    const failed = (got: string) =>
      new WizardFailure({
        kind: 'check',
        what: `chaintool ${from}`,
        expected: { key: 'state.readable-file' },
        got,
      });
    const response = await fetch(from, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(120_000)]),
    }).catch((error: Error) => {
      if (signal.aborted) throw new CancelledError();
      throw failed(error.message);
    });
    // An error page stored as the tool is how Fabric 1.0.0's `curl -L` failed its users.
    if (!response.ok || !response.body) throw failed(`HTTP ${response.status}`);
    await writeWhole(target, Readable.from(response.body), signal);
    return { outcome: 'built', detail: { key: 'detail.bytes', count: (await stat(target)).size } };
  };
}
