/** Creates certificates for a 1.0 peer, which loads them before it prints its version. */
import type { DockerPort } from '../engine/docker-port.ts';
import { type TarEntry, unpackTar } from '../engine/tar-context.ts';

/** Minimal cryptogen input for the MSP of a peer. */
export const MSP_CONFIG = 'PeerOrgs:\n  - Name: Version\n    Domain: v\n    Template:\n      Count: 1\n';
/** Path of the MSP in cryptogen's output. */
export const MSP_PATH = 'peerOrganizations/v/peers/peer0.v/msp';

/**
 * Runs the cryptogen of the tools image that has the peer image's namespace and tag.
 * @returns files to copy to `/` and the path of the MSP; undefined if there is no such image
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
