/** Generates configtx.yaml, the input of configtxgen. */
import { stringify } from 'yaml';
import { unreachable } from '../core/unreachable.ts';
import type { Release } from '../fabric/release.ts';
import { ordererDir, ordererMsp, orgMsp } from './crypto-layout.ts';
import { addressInside, type NetworkSpec } from './network-spec.ts';

/** Profile of the system channel's genesis block, for networks with a system channel. */
export const GENESIS_PROFILE = 'WizardGenesis';
/** The consortium of the organisations with peers, for networks with a system channel. */
export const GENESIS_CONSORTIUM = 'WizardConsortium';
/** Profile of a channel: its creation transaction, or its genesis block. */
export const CHANNEL_PROFILE = 'WizardChannel';

type Scope = 'Application' | 'Orderer' | 'Channel';

function meta(rule: string) {
  return { Type: 'ImplicitMeta', Rule: rule };
}

function scopePolicies(release: Release, scope: Scope) {
  if (!release.policies) return {};
  const lifecycle = release.lifecycle === 'package' && scope === 'Application';
  return {
    Policies: {
      Readers: meta('ANY Readers'),
      Writers: meta('ANY Writers'),
      Admins: meta('MAJORITY Admins'),
      ...(scope === 'Orderer' ? { BlockValidation: meta('ANY Writers') } : {}),
      ...(lifecycle
        ? { LifecycleEndorsement: meta('MAJORITY Endorsement'), Endorsement: meta('MAJORITY Endorsement') }
        : {}),
    },
  };
}

function orgPolicies(release: Release, mspId: string, hasPeers: boolean) {
  if (!release.policies) return {};
  const signedBy = (...roles: readonly string[]) => ({
    Type: 'Signature',
    Rule: `OR(${roles.map((role) => `'${mspId}.${role}'`).join(', ')})`,
  });
  return {
    Policies: {
      Readers: signedBy('member'),
      Writers: signedBy('member'),
      Admins: signedBy('admin'),
      ...(release.lifecycle === 'package' && hasPeers
        ? { Endorsement: signedBy(release.nodeOus ? 'peer' : 'member') }
        : {}),
    },
  };
}

/** Returns the consenters in the form of each kind of consensus. */
function consenters(spec: NetworkSpec, cryptoDir: string) {
  const tls = (orderer: string) => `${cryptoDir}/${ordererDir(spec, orderer)}/tls/server.crt`;
  const nodes = spec.orderers.map(({ name, listens }) => ({
    Host: name,
    Port: listens,
    ClientTLSCert: tls(name),
    ServerTLSCert: tls(name),
  }));
  switch (spec.consensus) {
    case 'solo':
    case 'kafka':
      return {};
    case 'etcdraft':
      return { EtcdRaft: { Consenters: nodes } };
    case 'BFT':
      return {
        SmartBFT: {
          RequestBatchMaxInterval: '200ms',
          RequestForwardTimeout: '5s',
          RequestComplainTimeout: '20s',
          RequestAutoRemoveTimeout: '3m0s',
          ViewChangeResendInterval: '5s',
          ViewChangeTimeout: '20s',
          LeaderHeartbeatTimeout: '1m0s',
          CollectTimeout: '1s',
          RequestBatchMaxCount: 10,
          RequestBatchMaxBytes: 10485760,
          IncomingMessageBufferSize: 200,
          RequestPoolSize: 100000,
          LeaderHeartbeatCount: 10,
        },
        ConsenterMapping: nodes.map((node, index) => ({
          ...node,
          ID: index + 1,
          MSPID: spec.ordererMspId,
          Identity: `${cryptoDir}/${ordererDir(spec, node.Host)}/msp/signcerts/${node.Host}-cert.pem`,
        })),
      };
    default:
      return unreachable(spec.consensus);
  }
}

/** @param cryptoDir folder of cryptogen's output, as configtxgen sees it */
export function configtxYaml(spec: NetworkSpec, release: Release, cryptoDir: string): string {
  const capability = (name: string | undefined) =>
    name === undefined ? {} : { Capabilities: { [name]: true } };
  const isBft = spec.consensus === 'BFT';
  const addresses = spec.orderers.map(addressInside);
  const ordererOrg = {
    Name: 'OrdererOrg',
    ID: spec.ordererMspId,
    MSPDir: `${cryptoDir}/${ordererMsp(spec)}`,
    ...orgPolicies(release, spec.ordererMspId, false),
    ...(isBft ? { OrdererEndpoints: addresses } : {}),
  };
  const orgs = spec.orgs.map((org) => ({
    Name: org.mspId,
    ID: org.mspId,
    MSPDir: `${cryptoDir}/${orgMsp(org)}`,
    ...orgPolicies(release, org.mspId, true),
    AnchorPeers: org.peers.slice(0, 1).map((peer) => ({ Host: peer.name, Port: peer.listens })),
  }));
  const capabilities = release.capabilities;
  const channel = {
    ...capability(isBft ? BFT_CAPABILITY : capabilities?.channel),
    ...scopePolicies(release, 'Channel'),
  };
  const orderer = {
    OrdererType: spec.consensus,
    ...(isBft ? {} : { Addresses: addresses }),
    // With the default, every single transaction waits for 2 s.
    BatchTimeout: '200ms',
    BatchSize: { MaxMessageCount: 10, AbsoluteMaxBytes: '98 MB', PreferredMaxBytes: '512 KB' },
    ...consenters(spec, cryptoDir),
    Organizations: [ordererOrg],
    ...capability(capabilities?.orderer),
    ...scopePolicies(release, 'Orderer'),
  };
  const application = {
    Organizations: orgs,
    ...capability(capabilities?.application),
    ...scopePolicies(release, 'Application'),
  };
  const profiles =
    spec.channelCreation === 'participation'
      ? { [CHANNEL_PROFILE]: { ...channel, Orderer: orderer, Application: application } }
      : {
          [GENESIS_PROFILE]: {
            ...channel,
            Orderer: orderer,
            Consortiums: { [GENESIS_CONSORTIUM]: { Organizations: orgs } },
          },
          [CHANNEL_PROFILE]: { Consortium: GENESIS_CONSORTIUM, ...channel, Application: application },
        };
  return stringify({ Profiles: profiles }, { aliasDuplicateObjects: false });
}

/** Channel capability that BFT requires. Other networks of the release do not set it. */
const BFT_CAPABILITY = 'V3_0';
