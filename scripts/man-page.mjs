/** The text of the man page, made from the tree of commands that the program itself uses. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** @param cache folder for the bundle, which is removed */
export async function manPageText(root, cache) {
  const outfile = join(cache, `man-page-${process.pid}.mjs`);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  try {
    await build({
      absWorkingDir: root,
      stdin: {
        contents: `export { commandTree } from './src/commands/command-tree.ts';
export { manPage } from './src/commands/man-page.ts';`,
        resolveDir: root,
        loader: 'ts',
      },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      // What commands load when they run is not needed for their options.
      packages: 'external',
      external: ['node:*'],
      logLevel: 'warning',
    });
    const { commandTree, manPage } = await import(pathToFileURL(outfile).href);
    return manPage(commandTree({ version, packageDir: root, setExit: () => undefined }), version);
  } finally {
    rmSync(outfile, { force: true });
  }
}
