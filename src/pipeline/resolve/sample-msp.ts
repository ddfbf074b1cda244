/** Certificates for a peer of 1.0, which loads them before it says anything. */
import type { DockerPort } from '../engine/docker-port.ts';
import { type TarEntry, unpackTar } from '../engine/tar-context.ts';

/** The least that cryptogen makes a peer's MSP of. */
export const MSP_CONFIG = 'PeerOrgs:\n  - Name: Version\n    Domain: v\n    Template:\n      Count: 1\n';
/** Where cryptogen leaves it below its output. */
export const MSP_PATH = 'peerOrganizations/v/peers/peer0.v/msp';

/**
 * Made by the cryptogen of the tools image that stands beside the peer's; undefined where there is none.
 * @returns files to put under `/`, and the path of the MSP among them
 */
export async function sampleMsp(
  docker: DockerPort,
  peerRef: string,
  signal: AbortSignal,
): Promise<{ path: string; files: readonly TarEntry[] } | undefined> {
  const tools = await docker.inspectImage(peerRef.replace(/-peer(?=:|@|$)/, '-tools'));
  if (!tools || !/-peer(:|@|$)/.test(peerRef)) return undefined;
  const files = await docker.runToEnd(
    {
      image: tools.id,
      cmd: ['cryptogen', 'generate', '--config=/fw/crypto-config.yaml', '--output=/fw/crypto'],
      networkMode: 'none',
      labels: {},
      inputs: [{ name: 'fw/crypto-config.yaml', content: MSP_CONFIG }],
      signal,
    },
    async ({ exitCode, archive }) =>
      exitCode === 0 ? unpackTar(await archive(`/fw/crypto/${MSP_PATH}`)) : undefined,
  );
  return files && { path: '/fw/msp', files: files.map((file) => ({ ...file, name: `fw/${file.name}` })) };
}
