/** What the product itself knows of a source and its network: names, flags and environment, for the bare commands. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const EXPORTS = `
export { buildSettings } from './src/pipeline/config/config.ts';
export { ldflagsText } from './src/pipeline/fabric/ldflags.ts';
export { programsIn } from './src/pipeline/images/image-programs.ts';
export { recogniseSource } from './src/pipeline/fabric/source.ts';
export { adminEnv, CLI_ARTIFACTS, CLI_CRYPTO, CLI_HOME, containerName } from './src/pipeline/network/network-files.ts';
export { allPeers, networkSpec } from './src/pipeline/network/network-spec.ts';
export { ordererFlags } from './src/pipeline/network/peer-cli.ts';
`;

/**
 * @param root the package's root folder
 * @throws Error where the product has something no more
 */
export async function loadProduct(root) {
  const cache = join(root, 'node_modules', '.cache');
  const outfile = join(cache, `bench-${process.pid}.mjs`);
  mkdirSync(cache, { recursive: true });
  try {
    await build({
      // As JavaScript: what a module does not export any more is an error then.
      stdin: { contents: EXPORTS, resolveDir: root, loader: 'js' },
      outfile,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}
