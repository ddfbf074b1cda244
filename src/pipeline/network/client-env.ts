/** PURE: the variables of a shell whose programs use the network as an organisation. */
import { join } from 'node:path';
import { firstChannelOf } from './channel-members.ts';
import { adminEnv } from './cli-environment.ts';
import { type ClientOrg, type Connection, gatewayFile } from './connection.ts';
import { couchdbUrl } from './couchdb.ts';
import { ordererTlsCa, userMsp } from './crypto-layout.ts';
import { identityMsp } from './identity-files.ts';
import { anchorPeer, firstOrderer, type NetworkSpec, type OrgSpec } from './network-spec.ts';

interface Clients {
  readonly connection: Connection;
  /** The organisation among those of the connection. */
  readonly connected: ClientOrg;
  /** Identity for whom programs act, and `peer` too; absent: the first user, and the administrator. */
  readonly identity?: string | undefined;
}

/** Variables that Fabric's sample applications for the Gateway read, and the paths of the other files. */
function programEnv(org: OrgSpec, { connection, connected, identity }: Clients, folder: string) {
  const { files, tlsCa } = connected;
  const { certificates: crypto, discovery } = connection;
  const peer = anchorPeer(org);
  const msp =
    identity === undefined ? join(crypto, userMsp(org, 'User1')) : identityMsp(folder, org, identity);
  return {
    MSP_ID: org.mspId,
    PEER_ENDPOINT: `localhost:${peer.port}`,
    PEER_HOST_ALIAS: peer.name,
    CRYPTO_PATH: join(crypto, 'peerOrganizations', org.domain),
    CERT_DIRECTORY_PATH: join(msp, 'signcerts'),
    KEY_DIRECTORY_PATH: join(msp, 'keystore'),
    ...(tlsCa === undefined ? {} : { TLS_CERT_PATH: tlsCa }),
    CONNECTION_PROFILE: files.profile,
    WALLET_PATH: files.wallet,
    ...(files.gateway === undefined ? {} : { GATEWAY_FILE: gatewayFile(files.gateway, identity) }),
    // For `fabric-sdk-go`; `fabric-network` has an option instead.
    ...(discovery ? { DISCOVERY_AS_LOCALHOST: 'true' } : {}),
  };
}

/**
 * Returns the variables for `peer` on the host, as the organisation's administrator, and those for programs.
 * @param folder folder with the network's files
 */
export function clientEnv(
  spec: NetworkSpec,
  org: OrgSpec,
  clients: Clients,
  folder: string,
): Record<string, string> {
  const { certificates } = clients.connection;
  const { identity } = clients;
  const peer = anchorPeer(org);
  return {
    FABRIC_CFG_PATH: join(folder, 'config'),
    ...adminEnv(spec, peer, { crypto: certificates, address: `localhost:${peer.port}` }),
    ...(identity === undefined ? {} : { CORE_PEER_MSPCONFIGPATH: identityMsp(folder, org, identity) }),
    ORDERER_ADDRESS: `localhost:${firstOrderer(spec).port}`,
    ORDERER_CA: join(certificates, ordererTlsCa(spec, firstOrderer(spec).name)),
    CHANNEL_NAME: firstChannelOf(spec, peer),
    ...(peer.couchdb ? { COUCHDB_URL: couchdbUrl(peer.couchdb) } : {}),
    ...programEnv(org, clients, folder),
  };
}
