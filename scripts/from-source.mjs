/** Gives scripts what modules of `src/` export: Node.js 20 does not run TypeScript. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

let count = 0;

/**
 * Bundles and imports a module.
 * @param root the root folder of the package
 * @param contents the module: `export { … } from './src/…'`. In JavaScript, a missing export is an error.
 * @returns its exports
 */
export async function fromSource(root, contents) {
  const cache = join(root, 'node_modules', '.cache');
  count += 1;
  const outfile = join(cache, `from-source-${process.pid}-${count}.mjs`);
  mkdirSync(cache, { recursive: true });
  try {
    await build({
      absWorkingDir: root,
      stdin: { contents, resolveDir: root, loader: 'js' },
      outfile,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}
