/** Generates configtx.yaml, the input of configtxgen. */
import { stringify } from 'yaml';
import { IMPLICIT_RULE } from '../config/channel-list.ts';
import { unreachable } from '../core/unreachable.ts';
import type { Release } from '../fabric/release.ts';
import { onChannel } from './channel-members.ts';
import { hasPeersToo, ordererDir, ordererMsp, orgMsp } from './crypto-layout.ts';
import { addressInside, type ChannelSettings, type NetworkSpec, ordererOrgOf } from './network-spec.ts';

/** Profile of the system channel's genesis block, for networks with a system channel. */
export const GENESIS_PROFILE = 'WizardGenesis';
/** The consortium of the organisations with peers, for networks with a system channel. */
export const GENESIS_CONSORTIUM = 'WizardConsortium';
/** Profile of channels: their creation transactions, or their genesis blocks. */
const CHANNEL_PROFILE = 'WizardChannel';

/** Returns the profile of a channel. One with settings has its own, numbered: a key cannot have the dots of a name. */
export function profileOf({ channels, channelSettings }: NetworkSpec, channel: string): string {
  return channelSettings?.[channel] ? `${CHANNEL_PROFILE}${channels.indexOf(channel) + 1}` : CHANNEL_PROFILE;
}

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

/** Returns policies with those of a channel in place of their namesakes: `MAJORITY Admins`, or a signature policy. */
function withOwnPolicies(
  scope: ReturnType<typeof scopePolicies>,
  policies: NonNullable<ChannelSettings['policies']>,
): ReturnType<typeof scopePolicies> {
  const own = Object.entries(policies).map(([name, rule]) => [
    name,
    IMPLICIT_RULE.test(rule) ? meta(rule) : { Type: 'Signature', Rule: rule },
  ]);
  return own.length === 0 ? scope : { Policies: { ...scope.Policies, ...Object.fromEntries(own) } };
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
          MSPID: ordererOrgOf(spec, node.Host).mspId,
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
  const ordererOrgs = spec.ordererOrgs.map((org) => {
    // An MSP that is in both groups of a channel must be the same in both.
    const isShared = hasPeersToo(spec, org);
    const own = spec.orderers.filter((orderer) => orderer.org === org.name);
    return {
      Name: org === spec.ordererOrgs[0] && !isShared ? 'OrdererOrg' : org.mspId,
      ID: org.mspId,
      MSPDir: `${cryptoDir}/${isShared ? orgMsp(org) : ordererMsp(org)}`,
      ...orgPolicies(release, org.mspId, isShared),
      ...(isBft ? { OrdererEndpoints: own.map(addressInside) } : {}),
    };
  });
  const orgsOf = ({ orgs }: Pick<NetworkSpec, 'orgs'>) =>
    orgs.map((org) => ({
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
    Organizations: ordererOrgs,
    ...capability(capabilities?.orderer),
    ...scopePolicies(release, 'Orderer'),
  };
  const isSystem = spec.channelCreation === 'system';
  const channelProfile = (name: string) => {
    const { policies = {}, capability: own = capabilities?.application } = spec.channelSettings?.[name] ?? {};
    const application = {
      Organizations: orgsOf(onChannel(spec, name)),
      ...capability(own),
      ...withOwnPolicies(scopePolicies(release, 'Application'), policies),
    };
    return isSystem
      ? { Consortium: GENESIS_CONSORTIUM, ...channel, Application: application }
      : { ...channel, Orderer: orderer, Application: application };
  };
  const profiles = {
    ...(isSystem
      ? {
          [GENESIS_PROFILE]: {
            ...channel,
            Orderer: orderer,
            Consortiums: { [GENESIS_CONSORTIUM]: { Organizations: orgsOf(spec) } },
          },
        }
      : {}),
    ...Object.fromEntries(spec.channels.map((name) => [profileOf(spec, name), channelProfile(name)])),
  };
  return stringify({ Profiles: profiles }, { aliasDuplicateObjects: false });
}

/** Channel capability that BFT requires. Other networks of the release do not set it. */
const BFT_CAPABILITY = 'V3_0';
