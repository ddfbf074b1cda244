/** Takes over the configuration of Fablo 2: `global`, `orgs`, `channels`, `chaincodes`, `hooks`. */
import { isAbsolute, join, relative } from 'node:path';
import { KNOWN_RELEASES, type Release, releaseOf } from '../fabric/release.ts';
import { isFolder } from '../host/files.ts';
import type {
  ImportedChaincode,
  ImportedChannel,
  ImportedChoices,
  ImportedOrganisation,
} from './imported-choices.ts';
import type { ImportedMap } from './imported-file.ts';
import { mspIdOf, NETWORK_DOMAIN, ORDERER_MSP } from './organisations.ts';

/** Folders that relative paths start from. */
export interface ImportFolders {
  /** That of the file which is imported. */
  readonly from: string;
  /** That of the file which is written. */
  readonly to: string;
}

const CONSENSUS: Readonly<Record<string, string>> = { solo: 'solo', raft: 'etcdraft', BFT: 'BFT' };
const LANGUAGES: Readonly<Record<string, string>> = { golang: 'go', node: 'node', java: 'java' };

/** Whether a file is one of Fablo. */
export function isFablo(root: ImportedMap): boolean {
  return root.has('global') && root.has('orgs');
}

interface Global {
  readonly release?: Release | undefined;
  readonly tls?: boolean | undefined;
  readonly source?: string;
}

function readGlobal(root: ImportedMap): Global {
  const global = root.map('global');
  if (!global) return {};
  const version = global.text('fabricVersion');
  const release = version === undefined ? undefined : releaseOf(version);
  if (version !== undefined && !release)
    global.note('fabricVersion', { key: 'import.release', version, known: KNOWN_RELEASES });
  if (global.flag('peerDevMode')) global.note('peerDevMode', { key: 'import.dev-mode' });
  if ((global.text('engine') ?? 'docker') !== 'docker') global.note('engine', { key: 'import.kubernetes' });
  const images = global.map('fabricImages');
  for (const name of images?.names ?? []) images?.note(name, { key: 'import.images' });
  global.map('monitoring')?.note('loglevel', { key: 'import.log-level' });
  const tools = global.map('tools');
  for (const name of tools?.names ?? []) tools?.note(name, { key: 'import.tool' });
  return { release, tls: global.flag('tls'), ...(release ? { source: `v${version}` } : {}) };
}

interface Group {
  readonly map: ImportedMap;
  readonly name: string;
  readonly type: string;
  readonly instances: number;
}

function readGroups(org: ImportedMap): readonly Group[] {
  // Fablo 1 had one group, under another key.
  const one = org.map('orderer');
  return [...(one ? [one] : []), ...org.maps('orderers')].map((map) => {
    if ((map.text('prefix') ?? 'orderer') !== 'orderer') map.note('prefix', { key: 'import.node-names' });
    return {
      map,
      name: map.text('groupName') ?? 'group1',
      type: map.text('type') ?? 'solo',
      instances: map.count('instances') ?? 1,
    };
  });
}

interface Member extends ImportedOrganisation {
  readonly groups: readonly Group[];
  readonly couchdb: boolean;
}

function readPeers(org: ImportedMap): Pick<Member, 'peers' | 'couchdb'> {
  const peer = org.map('peer');
  if (!peer) return { peers: 0, couchdb: false };
  if ((peer.text('prefix') ?? 'peer') !== 'peer') peer.note('prefix', { key: 'import.node-names' });
  if ((peer.count('anchorPeerInstances') ?? 1) > 1)
    peer.note('anchorPeerInstances', { key: 'import.anchors' });
  return { peers: peer.count('instances') ?? 1, couchdb: peer.text('db') === 'CouchDb' };
}

function readOrg(org: ImportedMap): Member | undefined {
  org.require('organization');
  const about = org.map('organization');
  const name = about?.text('name');
  const domain = about?.text('domain');
  about?.require('name');
  about?.require('domain');
  org.note('ca', { key: 'import.ca' });
  const tools = org.map('tools');
  for (const tool of tools?.names ?? []) tools?.note(tool, { key: 'import.tool' });
  const groups = readGroups(org);
  const peers = readPeers(org);
  const msp = about?.text('mspName');
  if (name === undefined || domain === undefined) return undefined;
  const orderers = groups.reduce((sum, { instances }) => sum + instances, 0);
  return { name, domain, msp: msp ?? mspIdOf(name), orderers, groups, ...peers };
}

/** Returns what the organisations have in common: one network has one ordering service and one kind of state database. */
function readOrgs(root: ImportedMap) {
  const orgs = root.maps('orgs');
  const members = orgs.flatMap((org) => readOrg(org) ?? []);
  const groups = members.flatMap((member) => member.groups);
  const [first] = groups;
  for (const { map, name, type } of groups) {
    if (name !== first?.name) map.note('groupName', { key: 'import.groups' });
    if (type !== first?.type || CONSENSUS[type] === undefined) map.note('type', { key: 'import.type' });
  }
  const couchdb = members.some((member) => member.couchdb);
  for (const org of couchdb ? orgs : []) {
    const peer = org.map('peer');
    if (peer && peer.text('db') !== 'CouchDb') peer.note('db', { key: 'import.couchdb' });
  }
  return { members, couchdb, groups: new Set(groups.map(({ name }) => name)), type: first?.type };
}

/** Fablo allows `_` in names of channels; Fabric does not. */
function channelName(map: ImportedMap): string | undefined {
  const name = map.text('name');
  map.require('name');
  const possible = name?.toLowerCase().replaceAll('_', '-');
  if (name !== possible) map.note('name', { key: 'import.channel-name', name: possible ?? '' });
  return possible;
}

function readChannel(
  map: ImportedMap,
  members: readonly Member[],
  groups: ReadonlySet<string>,
): ImportedChannel | undefined {
  const name = channelName(map);
  if (groups.size > 1) map.note('ordererGroup', { key: 'import.groups' });
  else map.skip('ordererGroup');
  const all = members.filter(({ peers }) => peers > 0);
  const orgs = map.maps('orgs').flatMap((org) => {
    const member = all.find((each) => each.name === org.text('name'));
    const peers = org.texts('peers').flatMap((peer) => /\d+$/.exec(peer)?.[0] ?? []);
    if (!member) org.note('name', { key: 'import.no-member' });
    return member ? [{ member, peers }] : [];
  });
  if (name === undefined) return undefined;
  const hasAllPeers = orgs.every(({ member, peers }) => peers.length === 0 || peers.length === member.peers);
  const nodes = orgs.flatMap(({ member, peers }) => peers.map((index) => `peer${index}.${member.domain}`));
  return {
    name,
    ...(orgs.length === all.length ? {} : { organisations: orgs.map(({ member }) => member.name) }),
    ...(hasAllPeers ? {} : { peers: nodes }),
  };
}

/** Returns the arguments of `Init`: `{"Args":["init","a"]}`, also with single quotes. */
function initArguments(text: string): readonly string[] | undefined {
  for (const each of [text, text.replaceAll("'", '"')])
    try {
      const { Args } = JSON.parse(each) as { readonly Args?: unknown };
      if (Array.isArray(Args)) return Args.map(String);
    } catch {
      // Perhaps the other spelling.
    }
  return undefined;
}

function readInit(map: ImportedMap, isLegacy: boolean): Pick<ImportedChaincode, 'init'> {
  const text = map.text('init');
  const isRequired = map.flag('initRequired') ?? false;
  const given = text === undefined ? [] : initArguments(text);
  if (!given) map.note('init', { key: 'import.init' });
  else if (isRequired || (isLegacy && given.length > 0)) return { init: given };
  else if (given.length > 0) map.note('init', { key: 'import.init-not-called' });
  return {};
}

async function readChaincode(
  map: ImportedMap,
  { from, to }: ImportFolders,
  isLegacy: boolean,
): Promise<ImportedChaincode | undefined> {
  map.require('name');
  const name = map.text('name');
  const channel = map.text('channel')?.toLowerCase().replaceAll('_', '-');
  const lang = map.text('lang') ?? '';
  const directory = map.text('directory');
  const policy = map.text('endorsement');
  const init = readInit(map, isLegacy);
  map.note('version', { key: 'import.version' });
  map.note('privateData', { key: 'import.private-data' });
  for (const key of ['image', 'chaincodeMountPath', 'chaincodeStartCommand'])
    map.note(key, { key: 'import.service' });
  if (name === undefined || directory === undefined) {
    map.note('name', { key: 'import.no-folder' });
    return undefined;
  }
  const path = isAbsolute(directory) ? directory : join(from, directory);
  if (!(await isFolder(path))) {
    map.note('directory', { key: 'import.folder-missing', path });
    return undefined;
  }
  if (LANGUAGES[lang] === undefined) map.note('lang', { key: 'import.language' });
  const below = relative(to, path);
  return {
    name,
    path: below.startsWith('.') || isAbsolute(below) ? below : `./${below}`,
    ...(LANGUAGES[lang] === undefined ? {} : { language: LANGUAGES[lang] }),
    ...(channel === undefined ? {} : { channels: [channel] }),
    ...init,
    ...(policy === undefined ? {} : { policy }),
  };
}

/** Joins the entries of one chaincode on several channels. */
function joined(found: readonly ImportedChaincode[]): readonly ImportedChaincode[] {
  const byName = new Map<string, ImportedChaincode>();
  for (const each of found) {
    const known = byName.get(each.name);
    const channels = [...new Set([...(known?.channels ?? []), ...(each.channels ?? [])])];
    byName.set(each.name, { ...(known ?? each), ...(channels.length > 0 ? { channels } : {}) });
  }
  return [...byName.values()];
}

export async function fabloChoices(root: ImportedMap, folders: ImportFolders): Promise<ImportedChoices> {
  root.skip('$schema');
  const { release, tls, source } = readGlobal(root);
  const { members, couchdb, groups, type } = readOrgs(root);
  const channels = root.maps('channels').flatMap((map) => readChannel(map, members, groups) ?? []);
  const isLegacy = release?.lifecycle === 'legacy';
  const chaincodes = await Promise.all(
    root.maps('chaincodes').map((map) => readChaincode(map, folders, isLegacy)),
  );
  const hooks = root.map('hooks');
  const afterStart = hooks?.text('postStart');
  hooks?.note('postStart', { key: 'import.post-start' });
  hooks?.note('postGenerate', { key: 'import.post-generate' });
  const consensus = CONSENSUS[type ?? ''];
  const needsTls = consensus !== undefined && consensus !== 'solo' && tls === false;
  if (needsTls) root.map('global')?.note('tls', { key: 'import.needs-tls' });
  const isOwn = ({ domain, msp, peers }: Member) =>
    domain === NETWORK_DOMAIN && msp === ORDERER_MSP && peers === 0;
  const withOrderers = members.filter(({ orderers }) => orderers > 0);
  const common = withOrderers.length === 1 ? withOrderers.find(isOwn) : undefined;
  return {
    ...{ source, consensus, tls: needsTls ? true : tls, couchdb: couchdb || undefined },
    orderers: common?.orderers,
    organisations: members.filter((member) => member !== common),
    channels,
    chaincodes: joined(chaincodes.flatMap((each) => each ?? [])),
    hooks: afterStart === undefined ? {} : { 'after-start': afterStart },
  };
}
