/** Takes over crypto-config.yaml of cryptogen, and configtx.yaml of configtxgen. */
import type { ImportedChannel, ImportedChoices, ImportedOrganisation } from './imported-choices.ts';
import type { ImportedMap } from './imported-file.ts';
import { mspIdOf, NETWORK_DOMAIN, ORDERER_MSP } from './organisations.ts';

export function isCryptoConfig(root: ImportedMap): boolean {
  return root.has('PeerOrgs') || root.has('OrdererOrgs');
}

export function isConfigtx(root: ImportedMap): boolean {
  return root.has('Profiles') || root.has('Organizations');
}

type Kind = 'peer' | 'orderer';

/** Names of this program's own nodes. */
const HOSTS: Readonly<Record<Kind, RegExp>> = { peer: /^peer\d+$/, orderer: /^orderer\d*$/ };

/** Returns the number of nodes of an organisation: those of the template, and those with names of their own. */
function countNodes(org: ImportedMap, kind: Kind): number {
  const template = org.map('Template');
  const count = template?.count('Count') ?? 0;
  if ((template?.count('Start') ?? 0) > 0) template?.note('Start', { key: 'import.node-names' });
  template?.note('Hostname', { key: 'import.node-names' });
  template?.note('SANS', { key: 'import.certificates' });
  const specs = org.maps('Specs');
  for (const spec of specs) {
    if (!HOSTS[kind].test(spec.text('Hostname') ?? '')) spec.note('Hostname', { key: 'import.node-names' });
    spec.note('CommonName', { key: 'import.node-names' });
    spec.note('SANS', { key: 'import.certificates' });
  }
  return count + specs.length;
}

interface CryptogenOrg {
  readonly name: string;
  readonly domain: string;
  readonly nodes: number;
}

function readOrg(org: ImportedMap, kind: Kind): CryptogenOrg | undefined {
  org.require('Name');
  org.require('Domain');
  const name = org.text('Name');
  const domain = org.text('Domain');
  const nodes = countNodes(org, kind);
  if (org.flag('EnableNodeOUs') !== undefined) org.note('EnableNodeOUs', { key: 'import.node-ous' });
  org.note('CA', { key: 'import.certificates' });
  const users = org.map('Users');
  if ((users?.count('Count') ?? 1) > 1) users?.note('Count', { key: 'import.users' });
  users?.note('Specs', { key: 'import.users' });
  return name === undefined || domain === undefined ? undefined : { name, domain, nodes };
}

/** What configtx.yaml says of an organisation. */
interface ConfigtxOrg {
  readonly id: string;
  readonly folder: string;
}

/** Policies and the like, which have the defaults of the release. */
const LEFT = ['Policies', 'Capabilities'] as const;

function leave(map: ImportedMap | undefined): void {
  for (const name of LEFT) map?.note(name, { key: 'import.policies' });
}

function readOrganizations(root: ImportedMap): readonly ConfigtxOrg[] {
  return root.maps('Organizations').flatMap((org) => {
    const id = org.text('ID');
    const folder = org.text('MSPDir') ?? '';
    org.skip('Name', 'SkipAsForeign', 'OrdererEndpoints', 'MSPType');
    org.note('Policies', { key: 'import.policies' });
    for (const anchor of org.maps('AnchorPeers')) {
      anchor.skip('Port');
      if (!(anchor.text('Host') ?? '').startsWith('peer0.')) anchor.note('Host', { key: 'import.anchors' });
    }
    return id === undefined ? [] : [{ id, folder }];
  });
}

const CONSENSUS = ['solo', 'etcdraft', 'BFT'];

function readOrderer(orderer: ImportedMap | undefined): string | undefined {
  const type = orderer?.text('OrdererType');
  orderer?.skip('Addresses', 'Organizations', 'EtcdRaft', 'ConsenterMapping', 'SmartBFT', 'MaxChannels');
  for (const name of ['BatchTimeout', 'BatchSize']) orderer?.note(name, { key: 'import.batches' });
  leave(orderer);
  orderer?.note('Kafka', { key: 'import.kafka' });
  if (type === undefined || CONSENSUS.includes(type)) return type;
  orderer?.note('OrdererType', { key: 'import.kafka' });
  return undefined;
}

/** Returns the MSP ids that an application lists, one map for each organisation. */
function membersOf(application: ImportedMap): readonly string[] {
  return application.maps('Organizations').flatMap((org) => {
    org.skip('Name', 'MSPDir', 'Policies', 'AnchorPeers', 'OrdererEndpoints', 'SkipAsForeign', 'MSPType');
    return org.text('ID') ?? [];
  });
}

interface Configtx {
  readonly orgs: readonly ConfigtxOrg[];
  readonly consensus?: string | undefined;
  /** Profiles of channels, with the MSP ids of their members. */
  readonly channels: readonly { readonly profile: string; readonly members: readonly string[] }[];
}

function readConfigtx(root: ImportedMap | undefined): Configtx {
  if (!root) return { orgs: [], channels: [] };
  const orgs = readOrganizations(root);
  const types = [readOrderer(root.map('Orderer'))];
  leave(root.map('Application'));
  root.map('Application')?.skip('Organizations', 'ACLs');
  root.skip('Channel', 'Capabilities');
  const profiles = root.map('Profiles');
  const found = (profiles?.names ?? []).flatMap((profile) => {
    const map = profiles?.map(profile);
    return map ? [{ profile, map }] : [];
  });
  const channels = found.flatMap(({ profile, map }) => {
    leave(map);
    map.skip('Consortium', 'Consortiums');
    types.push(readOrderer(map.map('Orderer')));
    const application = map.map('Application');
    application?.skip('Organizations', 'ACLs');
    // That of a system channel describes its orderers.
    if (!application || (map.has('Orderer') && map.has('Consortiums'))) return [];
    leave(application);
    profiles?.note(profile, { key: 'import.profile' });
    return [{ profile, members: membersOf(application) }];
  });
  const known = types.filter((type) => type !== undefined);
  // Profiles differ where configtxgen was given one of several. Solo is also what a file has that says nothing.
  return { orgs, consensus: known.find((type) => type !== 'solo') ?? known[0], channels };
}

/** Names of channels are not in configtx.yaml. One with all organisations needs no entry. */
function channelsOf(
  { channels }: Configtx,
  organisations: readonly ImportedOrganisation[],
): ImportedChannel[] {
  const all = organisations.filter(({ peers }) => peers > 0);
  const few = channels.map(({ profile, members }) => ({
    name: profile
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, ''),
    organisations: all.filter(({ msp }) => members.includes(msp)).map(({ name }) => name),
  }));
  const isWhole = ({ organisations: members }: (typeof few)[number]) => members.length === all.length;
  const own = few.filter(
    (channel) => !isWhole(channel) && channel.organisations.length > 0 && channel.name !== '',
  );
  if (own.length === 0) return [];
  return [...(few.some(isWhole) ? [{ name: 'mychannel' }] : []), ...own];
}

/** @param configtx top of configtx.yaml, if it is given */
export function cryptogenChoices(root: ImportedMap, configtx: ImportedMap | undefined): ImportedChoices {
  const genesis = readConfigtx(configtx);
  const mspOf = ({ name, domain }: CryptogenOrg, otherwise: string) =>
    genesis.orgs.find(({ folder }) => folder.split('/').includes(domain))?.id ??
    genesis.orgs.find(({ id }) => id === mspIdOf(name))?.id ??
    otherwise;
  const orderers = root.maps('OrdererOrgs').flatMap((org) => readOrg(org, 'orderer') ?? []);
  const peers = root.maps('PeerOrgs').flatMap((org) => readOrg(org, 'peer') ?? []);
  const [first, ...more] = orderers;
  const isCommon =
    first?.domain === NETWORK_DOMAIN && more.length === 0 && mspOf(first, ORDERER_MSP) === ORDERER_MSP;
  const organisations: ImportedOrganisation[] = [
    ...peers.map((org) => ({ ...org, msp: mspOf(org, mspIdOf(org.name)), peers: org.nodes, orderers: 0 })),
    ...(isCommon ? [] : orderers).map((org) => ({
      ...{ ...org, msp: mspOf(org, mspIdOf(org.name)), peers: 0, orderers: org.nodes },
    })),
  ];
  return {
    consensus: genesis.consensus,
    orderers: isCommon ? first?.nodes : undefined,
    organisations,
    channels: channelsOf(genesis, organisations),
    chaincodes: [],
    hooks: {},
  };
}
