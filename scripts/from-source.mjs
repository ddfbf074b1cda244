/** Gives scripts what modules of `src/` export: Node.js 20 does not run TypeScript. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * Returns the exports of a module.
 * @param contents the module, TypeScript: `export … from './src/…'`
 * @param cache folder for the bundle, which is removed
 */
export async function fromSource(root, cache, contents) {
  const outfile = join(cache, `from-source-${process.pid}.mjs`);
  try {
    await build({
      absWorkingDir: root,
      stdin: { contents, resolveDir: root, loader: 'ts' },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      // What commands load when they run is not needed for their options.
      packages: 'external',
      external: ['node:*'],
      logLevel: 'warning',
    });
    return await import(`${pathToFileURL(outfile).href}?${Date.now()}`);
  } finally {
    rmSync(outfile, { force: true });
  }
}
