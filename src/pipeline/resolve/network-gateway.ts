/** The gateway that a network needs: its image, and what the peers of the network ask for through it. */

import { readCoreYaml } from '../fabric/core-yaml.ts';
import { hostConfigIn, parseCoreYaml } from '../fabric/peer-config.ts';
import type { ImageRole } from '../fabric/peer-release.ts';
import { type GatewayImage, gatewayImage } from '../images/gateway-image.ts';
import { chaincodeVariables } from '../images/nodeenv-image.ts';
import type { Gateway } from '../network/gateway.ts';
import { type PeerImageSettings, peerImages } from './peer-images.ts';

/** Chaincode in Java and Node.js is built and run in the same image, CAR packages are built in the builder. */
const BUILDERS: readonly ImageRole[] = ['builder', 'java', 'node'];
const RUNTIMES: readonly ImageRole[] = ['runtime', 'car', 'java', 'node'];

/** @returns undefined if the network has no gateway */
export async function networkGateway(
  input: PeerImageSettings & { readonly packageDir: string },
): Promise<Gateway | undefined> {
  const { source, settings, config, packageDir } = input;
  if (!config.gateway) return undefined;
  const [image, { text = '' }]: [GatewayImage, { readonly text?: string }] = await Promise.all([
    gatewayImage(packageDir, settings.goArch),
    // A stage reports a missing file.
    readCoreYaml(source.dir),
  ]);
  const core = parseCoreYaml(text);
  const { builder, runtime, others } = peerImages({
    compiled: settings,
    core,
    env: chaincodeVariables(config, settings, core),
  });
  const refsOf = (roles: readonly ImageRole[]) => [
    ...new Set(
      [builder, runtime, ...others].flatMap(({ role, ref }) =>
        roles.includes(role) && ref !== '' ? [ref] : [],
      ),
    ),
  ];
  return {
    image,
    policy: { builders: refsOf(BUILDERS), runtimes: refsOf(RUNTIMES), hostConfig: hostConfigIn(core) },
  };
}
