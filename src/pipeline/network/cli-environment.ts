/** What the CLI container has: its folders, and the environment of an organisation's admin. */
import { adminMsp, ordererAdminTls, ordererTlsCa, peerDir } from './crypto-layout.ts';
import { type NetworkSpec, type OrdererSpec, ordererOrgOf, orgOf, type PeerSpec } from './network-spec.ts';

/** Folders in the CLI container, as in Fabric's own examples. */
export const CLI_HOME = '/opt/gopath/src/github.com/hyperledger/fabric/peer';
export const CLI_CRYPTO = `${CLI_HOME}/crypto`;
export const CLI_ARTIFACTS = `${CLI_HOME}/channel-artifacts`;

/**
 * Returns the `CORE_PEER_*` variables of a client that acts as an organisation's admin on one of its peers.
 * @param paths folder of the crypto material, and address of the peer, as the client sees them
 */
export function adminEnv(
  spec: NetworkSpec,
  peer: PeerSpec,
  paths: { readonly crypto: string; readonly address: string },
): Record<string, string> {
  const org = orgOf(spec, peer);
  const tls = `${paths.crypto}/${peerDir(spec, peer)}/tls`;
  return {
    CORE_PEER_ADDRESS: paths.address,
    CORE_PEER_LOCALMSPID: org.mspId,
    CORE_PEER_MSPCONFIGPATH: `${paths.crypto}/${adminMsp(org)}`,
    CORE_PEER_TLS_ENABLED: String(spec.tls),
    CORE_PEER_TLS_CERT_FILE: `${tls}/server.crt`,
    CORE_PEER_TLS_KEY_FILE: `${tls}/server.key`,
    CORE_PEER_TLS_ROOTCERT_FILE: `${tls}/ca.crt`,
  };
}

/** Returns the paths in the CLI container that clients of an orderer need; certificate and key are for `osnadmin`. */
export function cliCrypto(
  spec: NetworkSpec,
  { name }: Pick<OrdererSpec, 'name'>,
): { ordererCa: string; adminCert: string; adminKey: string } {
  const admin = `${CLI_CRYPTO}/${ordererAdminTls(ordererOrgOf(spec, name))}`;
  return {
    ordererCa: `${CLI_CRYPTO}/${ordererTlsCa(spec, name)}`,
    adminCert: `${admin}/client.crt`,
    adminKey: `${admin}/client.key`,
  };
}
