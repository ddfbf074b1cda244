/** PURE: the connection profile of an organisation, in the format that `fabric-network` 2.2 and Fabric's older SDKs read. */
import { caNodes } from './ca-orgs.ts';
import { caUrl } from './ca-parts.ts';
import { onChannel } from './channel-members.ts';
import { allPeers, type NetworkSpec, type NodeSpec, type OrgSpec, ordererOrgOf } from './network-spec.ts';

/** Seconds that an endorsement may take: a peer compiles chaincode at its first call. */
const ENDORSER_TIMEOUT = '300';

/** Roles that a peer of the channel has for clients that do not use discovery. */
const PEER_ROLES = { endorsingPeer: true, chaincodeQuery: true, ledgerQuery: true, eventSource: true };

function byName<T extends { readonly name: string }, V>(
  nodes: readonly T[],
  describe: (node: T) => V,
): Record<string, V> {
  return Object.fromEntries(nodes.map((node) => [node.name, describe(node)]));
}

/**
 * Returns the profile. It lists every peer and orderer, so that it works with and without discovery.
 * @param tlsCa returns the PEM text of the CA that verifies a node's TLS certificate; without TLS, only called for a CA
 */
export function connectionProfile(spec: NetworkSpec, org: OrgSpec, tlsCa: (node: NodeSpec) => string) {
  const node =
    ({ tls }: NetworkSpec) =>
    (each: NodeSpec) =>
      tls
        ? {
            url: `grpcs://localhost:${each.port}`,
            tlsCACerts: { pem: tlsCa(each) },
            grpcOptions: { 'ssl-target-name-override': each.name, hostnameOverride: each.name },
          }
        : { url: `grpc://localhost:${each.port}` };
  const peers = spec.orgs.flatMap((each) => [...each.peers]);
  const cas = caNodes(spec);
  const ca = (each: NodeSpec) => ({
    url: caUrl(each),
    caName: each.name,
    tlsCACerts: { pem: [tlsCa(each)] },
    httpOptions: { verify: true },
  });
  const channel = (name: string) => ({
    orderers: spec.orderers.map((orderer) => orderer.name),
    peers: byName(allPeers(onChannel(spec, name)), () => PEER_ROLES),
  });
  return {
    name: `${spec.project}-${org.name.toLowerCase()}`,
    version: '1.0',
    client: {
      organization: org.name,
      connection: { timeout: { peer: { endorser: ENDORSER_TIMEOUT } } },
    },
    organizations: byName(spec.orgs, (each) => ({
      mspid: each.mspId,
      peers: each.peers.map(({ name }) => name),
      ...(each.ca ? { certificateAuthorities: [each.ca.name] } : {}),
    })),
    channels: Object.fromEntries(spec.channels.map((name) => [name, channel(name)])),
    orderers: byName(spec.orderers, (each) => ({
      mspid: ordererOrgOf(spec, each.name).mspId,
      ...node(spec)(each),
    })),
    peers: byName(peers, node(spec)),
    ...(cas.length > 0 ? { certificateAuthorities: byName(cas, ca) } : {}),
  };
}
