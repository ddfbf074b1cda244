/** Functions of the product: names, flags and environment of a source and its network. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const EXPORTS = `
export { buildSettings, loadConfig } from './src/pipeline/config/config.ts';
export { ldflagsText } from './src/pipeline/fabric/ldflags.ts';
export { debianGo } from './src/pipeline/images/debian-go.ts';
export { BUILDER_PACKAGES } from './src/pipeline/images/debian-images.ts';
export { RUNTIME_PACKAGES } from './src/pipeline/images/debian-root.ts';
export { readHostApt } from './src/pipeline/host/host-apt.ts';
export { gatewayImage } from './src/pipeline/images/gateway-image.ts';
export { programsIn } from './src/pipeline/images/image-programs.ts';
export { recogniseSource } from './src/pipeline/fabric/source.ts';
export { adminEnv, CLI_ARTIFACTS, CLI_CRYPTO, CLI_HOME } from './src/pipeline/network/cli-environment.ts';
export { containerName } from './src/pipeline/network/network-spec.ts';
export { addressInside, allPeers, networkSpec } from './src/pipeline/network/network-spec.ts';
export { publishedPorts } from './src/pipeline/network/published-ports.ts';
export { socketVolume } from './src/pipeline/network/gateway.ts';
export { ordererFlags } from './src/pipeline/network/peer-cli.ts';
`;

/**
 * Bundles and imports the functions.
 * @param root the root folder of the package
 * @throws Error if the product does not export one of them
 */
export async function loadProduct(root) {
  const cache = join(root, 'node_modules', '.cache');
  const outfile = join(cache, `bench-${process.pid}.mjs`);
  mkdirSync(cache, { recursive: true });
  try {
    await build({
      // In JavaScript, a missing export is an error.
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
