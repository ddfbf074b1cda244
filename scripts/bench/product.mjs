/** Functions of the product: names, flags and environment of a source and its network. */
import { fromSource } from '../from-source.mjs';

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
 * Imports the functions.
 * @param root the root folder of the package
 * @throws Error if the product does not export one of them
 */
export async function loadProduct(root) {
  return fromSource(root, EXPORTS);
}
