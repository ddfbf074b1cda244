/** Runs code where no file can get a byte, as on a full disk. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { tempDir } from './temp-dir.ts';

const root = new URL('../..', import.meta.url).pathname;

/**
 * @param contents a module of TypeScript in the root of the repository
 * @param args its arguments, from `process.argv[2]` on
 * @returns what it has printed
 */
export async function onFullDisk(contents: string, ...args: readonly string[]): Promise<string> {
  const program = join(await tempDir(), 'program.mjs');
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    ...{ outfile: program, bundle: true, platform: 'node', format: 'esm' },
  });
  // Without the signal, a write beyond the limit fails with an error.
  const limited = 'trap "" XFSZ; ulimit -f 0; exec "$0" "$@"';
  const { stdout } = await execa('sh', ['-c', limited, process.execPath, program, ...args]);
  return stdout;
}
