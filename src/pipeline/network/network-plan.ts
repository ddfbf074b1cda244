/** The wanted content of the network's files, and the fingerprints that show whether the existing files match it. */

import { isDeepStrictEqual } from 'node:util';
import { entriesText } from '../config/entries.ts';
import { domainOf, mspIdOf, ORDERER_MSP } from '../config/organisations.ts';
import { listParts } from '../config/swarm-choices.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import { hasNodesHere, socketElsewhere } from '../core/engine-origin.ts';
import type { Phrase } from '../core/phrase.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { readCoreYaml } from '../fabric/core-yaml.ts';
import { parseCoreYaml } from '../fabric/peer-config.ts';
import type { FabricSource } from '../fabric/source.ts';
import { sourceKind } from '../fabric/source-kind.ts';
import { networkDir } from '../host/state-folder.ts';
import type { CaImage } from '../images/ca-image.ts';
import type { CouchdbImage } from '../images/couchdb-image.ts';
import { fingerprint } from '../images/fingerprint.ts';
import { primaryRef } from '../images/image-recipe.ts';
import type { MetricsImage } from '../images/metrics-image.ts';
import { chaincodeVariables } from '../images/nodeenv-image.ts';
import type { CryptoFact } from '../journal/state-keys.ts';
import { onChannel } from './channel-members.ts';
import { configtxYaml } from './configtx.ts';
import { type ExternalBuilder, externalBuilder, peerFilesId } from './external-builder.ts';
import type { Gateway } from './gateway.ts';
import { quietGossip } from './gossip.ts';
import { composeYaml, cryptoConfigYaml } from './network-files.ts';
import { couchdbNodes, type NetworkSpec, networkSpec, ORDERER_ORG } from './network-spec.ts';

interface PlannedNetwork {
  readonly spec: NetworkSpec;
  readonly settings: BuildSettings;
}

/** Fingerprint of the certificates and ledgers. Changes that are not part of it keep both. */
export function cryptoFingerprint({
  spec,
  settings,
  source,
}: PlannedNetwork & { readonly source: Pick<FabricSource, 'practice'> }): string {
  return fingerprint('crypto', {
    config: cryptoConfigYaml(spec, settings.release),
    ...ownMspIds(spec),
    // A ledger must not be opened by another release, and blocks of the practice source are not Fabric's.
    line: sourceKind({ settings, source }),
    // Nor by peers with another state database.
    ...(couchdbNodes(spec).length > 0 ? { state: 'CouchDB' } : {}),
    // What cryptogen has made is not in the database of a CA.
    ...(spec.identities === 'ca' ? { identities: 'ca' } : {}),
  });
}

/** Returns MSP ids that do not follow from the names, which are in crypto-config.yaml. */
function ownMspIds({ orgs, ordererOrgs }: NetworkSpec): { readonly mspIds?: readonly string[] } {
  const isOwn =
    orgs.some(({ name, mspId }) => mspId !== mspIdOf(name)) ||
    ordererOrgs.some(({ mspId }) => mspId !== ORDERER_MSP);
  return isOwn ? { mspIds: [...ordererOrgs, ...orgs].map(({ mspId }) => mspId) } : {};
}

type ChannelRecords = NonNullable<CryptoFact['channels']>;
type ChannelRecord = ChannelRecords[string];

/** Returns the channels of a network with what they have of their own, for its record. */
export function channelRecord({ channels, channelSettings }: NetworkSpec): ChannelRecords {
  return Object.fromEntries(channels.map((name) => [name, { name, ...channelSettings?.[name] }]));
}

/** Returns a channel whose lists do not depend on the order and the case in which they were written. */
function comparable(channel: ChannelRecord): ChannelRecord {
  const sorted = (names: readonly string[] | undefined) => names?.map((name) => name.toLowerCase()).sort();
  return { ...channel, organisations: sorted(channel.organisations), peers: sorted(channel.peers) };
}

/** Returns the channels that exist with other members or policies than the wanted ones. */
function changedChannels({ channels: made }: CryptoFact, spec: NetworkSpec): readonly string[] {
  // Channels of a network of an earlier version have nothing of their own.
  const recordOf = (name: string) => (made ? made[name] : { name });
  return Object.entries(channelRecord(spec)).flatMap(([name, wanted]) => {
    const record = recordOf(name);
    return record === undefined || isDeepStrictEqual(comparable(record), comparable(wanted)) ? [] : [name];
  });
}

/** A configuration, which can be that of a network that exists. */
export interface WantedNetwork {
  readonly config: WizardConfig;
  readonly project: string;
  readonly settings: BuildSettings;
  readonly source: Pick<FabricSource, 'practice' | 'version'>;
}

/** Returns the network of these certificates with the wanted configuration: its ports and members are those of the record. */
export function specOf(made: CryptoFact, { config, project, settings }: WantedNetwork): NetworkSpec {
  return networkSpec(config, settings.release, project, made);
}

/** Returns what the certificates of a network are made for. @param version of the source */
export function networkShape(spec: NetworkSpec, version: string): NonNullable<CryptoFact['shape']> {
  return {
    version,
    orgs: spec.orgs.length,
    peers: peersOfEach(spec.orgs),
    orderers: spec.orderers.length,
    consensus: spec.consensus,
    names: organisationNames(spec),
    ...(spec.identities ? { identities: spec.identities } : {}),
  };
}

/** Returns the organisations with what does not follow from their names, without the numbers of their peers. */
function organisationNames({ orgs, orderers, ordererOrgs }: NetworkSpec): string {
  const others = ordererOrgs.filter(
    ({ name }) => name !== ORDERER_ORG.name && !orgs.some((org) => org.name === name),
  );
  const entries = [...orgs, ...others].map(({ name, domain, mspId }) => {
    const count = orderers.filter(({ org }) => org === name).length;
    const values: (readonly [string, string])[] = [
      ...(domain === domainOf(name) ? [] : [['domain', domain] as const]),
      ...(mspId === mspIdOf(name) ? [] : [['msp', mspId] as const]),
      ...(count === 0 ? [] : [['orderers', String(count)] as const]),
    ];
    return { name, values: new Map(values) };
  });
  return entriesText(entries);
}

/**
 * Returns the choice that says on which machines ledgers are, however it was written; undefined if they are all on the
 * selected engine.
 */
export function placedBy({
  swarm,
  placement,
}: Pick<WizardConfig, 'swarm' | 'placement'>): string | undefined {
  return swarm ? listParts(placement).sort().join(',') : undefined;
}

const ONE_MACHINE: Phrase = { key: 'change.one-machine' };

/** Whether the network of these certificates can have the wanted configuration, with its ledgers. */
export function fitsNetwork(made: CryptoFact, wanted: WantedNetwork): boolean {
  const { fingerprint: print, shape } = made;
  const spec = specOf(made, wanted);
  // The ledger of an orderer states its consensus.
  const sameConsensus = shape === undefined || shape.consensus === spec.consensus;
  return (
    print === cryptoFingerprint({ ...wanted, spec }) &&
    sameConsensus &&
    changedChannels(made, spec).length === 0 &&
    made.placedBy === placedBy(wanted.config)
  );
}

/** Returns the number of peers of each organisation, as a text if it is not the same for all. */
function peersOfEach(orgs: readonly { readonly peers: readonly unknown[] }[]): number | string {
  const numbers = orgs.map(({ peers }) => peers.length);
  return new Set(numbers).size > 1 ? numbers.join(', ') : (numbers[0] ?? 0);
}

function makerOf({ identities }: { readonly identities?: 'ca' | undefined }): string {
  return identities === 'ca' ? 'Fabric CA' : 'cryptogen';
}

/** Returns how the wanted network differs from the one of these certificates; empty if it is not known. */
export function networkChanges(made: CryptoFact, wanted: WantedNetwork): Phrase[] {
  const { shape, members, couchdb = false } = made;
  const spec = specOf(made, wanted);
  const state = (inCouchdb: boolean) => (inCouchdb ? 'CouchDB' : 'LevelDB');
  const places = (placement: string | undefined) =>
    placement === undefined ? ONE_MACHINE : `Swarm ${placement}`.trim();
  const toCouchdb = couchdbNodes(spec).length > 0;
  const now = networkShape(spec, wanted.source.version);
  const rows = [
    ...(shape
      ? ([
          ['change.release', shape.version, now.version],
          ['change.orgs', members?.orgs.length ?? shape.orgs, now.orgs],
          // With other numbers, other names are a matter of course.
          ...(members || shape.orgs !== now.orgs || shape.names === undefined
            ? []
            : [['change.names', shape.names, organisationNames(spec)] as const]),
          ['change.peers', members ? peersOfEach(members.orgs) : shape.peers, peersOfEach(spec.orgs)],
          ['change.orderers', shape.orderers, now.orderers],
          ['change.consensus', shape.consensus, now.consensus],
          ['change.identities', makerOf(shape), makerOf(now)],
        ] as const)
      : []),
    ['change.state', state(couchdb), state(toCouchdb)] as const,
    ['change.placement', places(made.placedBy), places(placedBy(wanted.config))] as const,
  ];
  const channels = changedChannels(made, spec);
  return [
    ...rows.filter(([, from, to]) => from !== to).map(([key, from, to]) => ({ key, from, to })),
    ...(channels.length > 0 ? [{ key: 'change.channels' as const, channels: channels.join(', ') }] : []),
  ];
}

export function artifactsFingerprint(
  { spec, settings }: { readonly spec: NetworkSpec; readonly settings: Pick<BuildSettings, 'release'> },
  instance: string,
): string {
  return fingerprint('artifacts', {
    configtx: configtxYaml(spec, settings.release, '.'),
    channel: spec.channels.join(','),
    instance,
  });
}

/** Returns the files of the artifacts, as `artifactsWork` in `stages/channel-artifacts.ts` makes them. */
export function artifactFiles(spec: NetworkSpec): string[] {
  const { channels, channelCreation } = spec;
  if (channelCreation === 'participation') return channels.map((channel) => `${channel}.block`);
  const ofChannel = (channel: string) => [
    `${channel}.tx`,
    ...onChannel(spec, channel).orgs.map(({ mspId }) => `${channel}-${mspId}-anchors.tx`),
  ];
  return ['genesis.block', ...channels.flatMap(ofChannel)];
}

export interface ComposeSettings extends PlannedNetwork {
  readonly source: Pick<FabricSource, 'dir'>;
  readonly config: WizardConfig;
  readonly docker: Pick<DockerPort, 'socketOnHost' | 'address'>;
  readonly stateDir: string;
  /** Required if the spec has CouchDB nodes. */
  readonly couchdb?: CouchdbImage;
  /** Required if the spec has a gateway. */
  readonly gateway?: Gateway;
  /** Image of the CAs; required if the spec has any. */
  readonly ca?: CaImage;
  /** Prometheus image. Without one that is present, the network has no Prometheus. */
  readonly metrics?: MetricsImage | undefined;
}

/** Returns the references of all images that a network needs: to run, to build chaincode, and to be built again. */
export function imagesInUse({
  settings,
  config,
  couchdb,
  gateway,
}: Pick<ComposeSettings, 'settings' | 'config' | 'couchdb' | 'gateway'>): string[] {
  const refs = [
    ...settings.release.imagesBuilt.map((name) => primaryRef(settings, name)),
    ...Object.values(chaincodeVariables(config, settings, undefined)),
    settings.builderImage,
    settings.runtimeImage,
    ...(couchdb ? [couchdb.ref] : []),
    ...(gateway ? [gateway.image.ref] : []),
  ];
  return [...new Set(refs)].sort();
}

/** Returns the external builder of the peers, with the id of the files that they mount; undefined if they have none. */
export async function mountedBuilder({
  settings,
  source,
  stateDir,
}: Pick<ComposeSettings, 'settings' | 'source' | 'stateDir'>): Promise<ExternalBuilder | undefined> {
  if (!settings.release.externalBuilders) return undefined;
  const builder = externalBuilder((await readCoreYaml(source.dir)).text ?? '');
  return builder && { ...builder, id: await peerFilesId(networkDir(stateDir)) };
}

/** Returns the paths of the engines' sockets on their hosts. */
async function socketsOf(
  docker: ComposeSettings['docker'],
): Promise<(machine: string | undefined) => string> {
  const selected = await docker.socketOnHost();
  const { machines } = docker.address;
  const others = new Map(machines?.others.map(({ name, endpoint }) => [name, socketElsewhere(endpoint)]));
  return (machine) => others.get(machine ?? '') ?? selected;
}

export async function composeText(composed: ComposeSettings, instance: string): Promise<string> {
  const { spec, settings, source, docker, config, couchdb, gateway, ca, metrics } = composed;
  const [{ text = '' }, builder] = await Promise.all([readCoreYaml(source.dir), mountedBuilder(composed)]);
  return composeYaml({
    spec,
    elsewhere: !hasNodesHere(docker.address),
    release: settings.release,
    images: {
      peer: primaryRef(settings, 'peer'),
      orderer: primaryRef(settings, 'orderer'),
      tools: primaryRef(settings, 'tools'),
      ...(couchdb ? { couchdb: couchdb.ref } : {}),
      ...(ca ? { ca: ca.ref } : {}),
      ...(metrics?.present ? { metrics: metrics.ref } : {}),
    },
    instance,
    socketOn: await socketsOf(docker),
    uses: imagesInUse({ settings, config, couchdb, gateway }),
    peerEnv: {
      ...(config.gossip === 'quiet' ? quietGossip(spec) : {}),
      ...chaincodeVariables(config, settings, parseCoreYaml(text)),
    },
    ...(gateway ? { gateway } : {}),
    ...(builder ? { builder } : {}),
  });
}
