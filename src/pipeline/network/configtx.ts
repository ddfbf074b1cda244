/** configtx.yaml: what configtxgen makes a network's first blocks of. */
import { stringify } from 'yaml';
import { unreachable } from '../core/unreachable.ts';
import type { Release } from '../fabric/release.ts';
import { ordererDir, ordererMsp, orgMsp } from './crypto-layout.ts';
import type { NetworkSpec } from './network-spec.ts';

/** Of the system channel's first block, where there is one. */
export const GENESIS_PROFILE = 'WizardGenesis';
/** Of the channel: its creation transaction, or its first block. */
export const CHANNEL_PROFILE = 'WizardChannel';

const ORDERER_PORT = 7050;

type Scope = 'Application' | 'Orderer' | 'Channel';

function meta(rule: string) {
  return { Type: 'ImplicitMeta', Rule: rule };
}

function scopePolicies(line: Release, scope: Scope) {
  if (!line.policies) return {};
  const lifecycle = line.lifecycle === 'package' && scope === 'Application';
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

function orgPolicies(line: Release, mspId: string, hasPeers: boolean) {
  if (!line.policies) return {};
  const signedBy = (...roles: readonly string[]) => ({
    Type: 'Signature',
    Rule: `OR(${roles.map((role) => `'${mspId}.${role}'`).join(', ')})`,
  });
  return {
    Policies: {
      Readers: signedBy('member'),
      Writers: signedBy('member'),
      Admins: signedBy('admin'),
      ...(line.lifecycle === 'package' && hasPeers
        ? { Endorsement: signedBy(line.nodeOus ? 'peer' : 'member') }
        : {}),
    },
  };
}

/** Who orders, as each kind of consensus wants it told. */
function consenters(spec: NetworkSpec, cryptoDir: string) {
  const tls = (orderer: string) => `${cryptoDir}/${ordererDir(spec, orderer)}/tls/server.crt`;
  const nodes = spec.orderers.map(({ name }) => ({
    Host: name,
    Port: ORDERER_PORT,
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

/** @param cryptoDir where cryptogen's output stands when configtxgen runs */
export function configtxYaml(spec: NetworkSpec, line: Release, cryptoDir: string): string {
  const capability = (name: string | undefined) =>
    name === undefined ? {} : { Capabilities: { [name]: true } };
  const isBft = spec.consensus === 'BFT';
  const addresses = spec.orderers.map(({ name }) => `${name}:${ORDERER_PORT}`);
  const ordererOrg = {
    Name: 'OrdererOrg',
    ID: spec.ordererMspId,
    MSPDir: `${cryptoDir}/${ordererMsp(spec)}`,
    ...orgPolicies(line, spec.ordererMspId, false),
    ...(isBft ? { OrdererEndpoints: addresses } : {}),
  };
  const orgs = spec.orgs.map((org) => ({
    Name: org.mspId,
    ID: org.mspId,
    MSPDir: `${cryptoDir}/${orgMsp(org)}`,
    ...orgPolicies(line, org.mspId, true),
    AnchorPeers: org.peers.slice(0, 1).map((peer) => ({ Host: peer.name, Port: 7051 })),
  }));
  const capabilities = line.capabilities;
  const channel = {
    ...capability(isBft ? BFT_CAPABILITY : capabilities?.channel),
    ...scopePolicies(line, 'Channel'),
  };
  const orderer = {
    OrdererType: spec.consensus,
    ...(isBft ? {} : { Addresses: addresses }),
    // The default of 2 s is 2 s of waiting for every single transaction.
    BatchTimeout: '200ms',
    BatchSize: { MaxMessageCount: 10, AbsoluteMaxBytes: '98 MB', PreferredMaxBytes: '512 KB' },
    ...consenters(spec, cryptoDir),
    Organizations: [ordererOrg],
    ...capability(capabilities?.orderer),
    ...scopePolicies(line, 'Orderer'),
  };
  const application = {
    Organizations: orgs,
    ...capability(capabilities?.application),
    ...scopePolicies(line, 'Application'),
  };
  const profiles =
    spec.channelCreation === 'participation'
      ? { [CHANNEL_PROFILE]: { ...channel, Orderer: orderer, Application: application } }
      : {
          [GENESIS_PROFILE]: {
            ...channel,
            Orderer: orderer,
            Consortiums: { WizardConsortium: { Organizations: orgs } },
          },
          [CHANNEL_PROFILE]: { Consortium: 'WizardConsortium', ...channel, Application: application },
        };
  return stringify({ Profiles: profiles }, { aliasDuplicateObjects: false });
}

/** The channel capability that consenters who tolerate betrayal need; other networks of the line do without. */
const BFT_CAPABILITY = 'V3_0';
