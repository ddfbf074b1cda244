/** Observes how the network differs from its configuration and from the images, on engine, disk and in the journal. */

import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { callsAtOnce } from '../chaincode/admission.ts';
import type { Freshness, ObservedState } from '../context/observed-state.ts';
import type { ProjectContext } from '../context/run-context.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { exists, sha256Of } from '../host/files.ts';
import { keptNetworkDir, networkDir } from '../host/state-folder.ts';
import { IMAGE_BASE } from '../images/image-programs.ts';
import { type ImageContent, wantedContent } from '../images/image-recipe.ts';
import { presentChaintool } from '../images/payload-files.ts';
import { isUpstream, upstreamRecipe } from '../images/upstream-dockerfiles.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { hasCaFiles } from '../network/ca-files.ts';
import { caNodes } from '../network/ca-orgs.ts';
import { findDamage } from '../network/certificate-files.ts';
import { channelsOfPeer, newMembers } from '../network/channel-members.ts';
import { type ChangedNode, changedNodes } from '../network/compose-changes.ts';
import { detachedNodes } from '../network/detached-nodes.ts';
import { type ExternalBuilder, hasPeerFiles } from '../network/external-builder.ts';
import { filesLost } from '../network/files-lost.ts';
import {
  type KeptNetwork,
  keptNetworks,
  ledgersOf,
  networkInPlace,
  usableNetwork,
} from '../network/kept-networks.ts';
import { metricsConfigPath } from '../network/metrics-files.ts';
import {
  artifactFiles,
  artifactsFingerprint,
  composeText,
  fitsNetwork,
  mountedBuilder,
  networkChanges,
  specOf,
} from '../network/network-plan.ts';
import { allPeers, METRICS, neededNames } from '../network/network-spec.ts';
import {
  imageOfNode,
  isAsImage,
  nodeContent,
  otherPrograms,
  swappedPrograms,
} from '../network/node-content.ts';
import { joinedChannels, nodeContainers, peerCli } from '../network/peer-cli.ts';
import { SAVED_NETWORK } from '../network/saved-network.ts';
import type { BuildGround } from './observe-images.ts';

type ObservedNetwork = ObservedState['network'];
type ObservedNodes = Pick<ObservedNetwork, 'running' | 'down' | 'stale' | 'outdated' | 'otherPrograms'>;

/** A network that is not looked at, as for a plan that has nothing to do with it. */
export const NO_NETWORK: ObservedNetwork = {
  ...{ running: false, down: [], stale: [], outdated: [], otherPrograms: [] },
  ...{ crypto: 'absent', changes: [], lost: [], joining: [], inPlace: undefined, kept: undefined },
  ...{ artifacts: 'absent', compose: 'absent', composeDiffers: [], changed: [] },
  ...{ anchorsSet: false, adding: false, extended: false, unjoined: [] },
};

/** Returns the content that a node should have; undefined if it is not known yet. */
async function nodeShouldBe(
  context: ProjectContext,
  { bases, outputs }: BuildGround,
  name: NonNullable<ReturnType<typeof imageOfNode>>,
): Promise<Partial<ImageContent> | undefined> {
  if (isUpstream(name, context)) return (await upstreamRecipe(name, context)).content;
  const { source, settings } = context;
  const baseId = bases[IMAGE_BASE[name]]?.id;
  if (baseId === undefined) return undefined;
  const chaintool = await presentChaintool(context);
  return wantedContent(name, { source, settings, baseId, chaintool, outputs });
}

/** Whether a node is a CA that was started with another image than the one there is now. */
async function isOlderCa(
  { docker, spec, ca }: ProjectContext,
  node: string,
  container: ContainerInfo,
): Promise<boolean> {
  if (!ca || !caNodes(spec).some(({ name }) => name === node)) return false;
  const image = await docker.inspectImage(ca.ref);
  return image !== undefined && image.id !== container.imageId;
}

/** Returns how a running node differs from its image and from the source. */
async function compareNode(
  context: ProjectContext,
  ground: BuildGround,
  images: ObservedState['images'],
  { node, container }: { readonly node: string; readonly container: ContainerInfo },
  builder: ExternalBuilder | undefined,
) {
  const name = imageOfNode(context, node);
  // Only compose can compare containers of images that other programs built.
  if (!name)
    return { node, stale: await isOlderCa(context, node, container), outdated: false, otherPrograms: false };
  const image = images[name]?.present;
  const swapped = swappedPrograms(context);
  const content = nodeContent(container, swapped);
  const wanted = await nodeShouldBe(context, ground, name);
  const programs = wanted?.programs;
  // A container keeps the mounted files with which it was started, for example where only another peer was added since.
  const hasOldFiles =
    name === 'peer' && builder !== undefined && container.labels[LABEL.builder] !== builder.id;
  return {
    node,
    stale: hasOldFiles || !image || !isAsImage(container, image, swapped),
    outdated: hasOldFiles || content?.rest !== wanted?.rest,
    otherPrograms: content && programs ? otherPrograms(content, { programs }).length > 0 : false,
  };
}

export async function observeNodes(
  context: ProjectContext,
  ground: BuildGround,
  images: ObservedState['images'],
): Promise<ObservedNodes> {
  const containers = await nodeContainers(context);
  const detached = await detachedNodes(context, containers);
  const nodes = neededNames(context.spec);
  const running = nodes.flatMap((node) => {
    const container = containers.get(node);
    return container?.state === 'running' && !detached.has(node) ? [{ node, container }] : [];
  });
  const builder = await mountedBuilder(context);
  const compared = await Promise.all(
    running.map((each) => compareNode(context, ground, images, each, builder)),
  );
  const namesOf = (of: (each: (typeof compared)[number]) => boolean) =>
    compared.filter(of).map(({ node }) => node);
  return {
    running: running.length > 0,
    down: nodes.filter((node) => !running.some((each) => each.node === node)),
    stale: namesOf(({ stale }) => stale),
    outdated: namesOf(({ outdated }) => outdated),
    otherPrograms: namesOf((each) => each.otherPrograms),
  };
}

/** Whether Prometheus runs, on the network. */
export async function metricsRun(context: ProjectContext): Promise<boolean> {
  const containers = await nodeContainers(context);
  const detached = await detachedNodes(context, containers);
  return containers.get(METRICS)?.state === 'running' && !detached.has(METRICS);
}

/** Returns the peers that have not joined every channel. Queries each peer. */
export async function unjoinedPeers(context: ProjectContext, signal: AbortSignal): Promise<string[]> {
  const { spec, config } = context;
  const cli = await peerCli(context, signal, undefined, callsAtOnce(config));
  const answers = await Promise.all(
    allPeers(spec).map(async (peer) => {
      const known = await joinedChannels(cli, peer).catch((): string[] => []);
      return {
        name: peer.name,
        joined: channelsOfPeer(spec, peer).every((channel) => known.includes(channel)),
      };
    }),
  );
  return answers.filter(({ joined }) => !joined).map(({ name }) => name);
}

type ObservedCertificates = Pick<
  ObservedNetwork,
  'crypto' | 'changes' | 'lost' | 'joining' | 'inPlace' | 'kept'
>;
type ObservedFiles = ObservedCertificates &
  Pick<
    ObservedNetwork,
    'artifacts' | 'compose' | 'composeDiffers' | 'changed' | 'anchorsSet' | 'adding' | 'extended'
  >;

interface KnownNetworks {
  readonly certificates: ObservedCertificates;
  /** The network that a run will use, or replace by a new one. */
  readonly network: KeptNetwork | undefined;
}

/** Compares the certificates in place, and those of replaced networks, with the configuration. */
async function observeCertificates(context: ProjectContext): Promise<KnownNetworks> {
  const { journal, dir, stateDir, docker } = context;
  const [present, replaced, volumes] = await Promise.all([
    networkInPlace(stateDir, journal),
    keptNetworks(stateDir),
    docker.listVolumes([LABEL.project]),
  ]);
  const fits = present !== undefined && fitsNetwork(present.crypto, context);
  const isKnown = journal.getFact(STATE_KEYS.crypto)?.instance === present?.crypto.instance;
  const ledgers = ({ crypto }: KeptNetwork) => ({
    instance: crypto.instance,
    ledgers: ledgersOf(crypto, volumes),
    keptIn: relative(dir, keptNetworkDir(stateDir, crypto.instance)),
  });
  const lost = fits ? (await findDamage(present.folder, specOf(present.crypto, context))).lost : [];
  const isUsable = fits && lost.length === 0;
  // The journal may not know a network that fits; it is then used again like a replaced one.
  const candidates = isUsable ? (isKnown ? [] : [present]) : replaced;
  const again = await usableNetwork(candidates, context);
  const changed = present !== undefined && !isUsable;
  const paths = present ? lost.map((path) => join(present.folder, path)) : [];
  return {
    certificates: {
      crypto: changed ? 'changed' : isUsable && isKnown ? 'same' : 'absent',
      changes: !changed ? [] : fits ? [filesLost(paths)] : networkChanges(present.crypto, context),
      lost: paths,
      joining: isUsable && isKnown ? newMembers(specOf(present.crypto, context), context.spec) : [],
      inPlace: present && ledgers(present),
      kept: again && ledgers(again),
    },
    network: again ?? present,
  };
}

/** Returns the nodes of the network in place that the configuration would change, if something joins them. */
async function changedBeside(
  context: ProjectContext,
  { certificates, network }: KnownNetworks,
): Promise<ChangedNode[]> {
  if (!network || certificates.joining.length === 0) return [];
  const path = join(networkDir(context.stateDir), 'docker-compose.yaml');
  const onDisk = await readFile(path, 'utf8').catch(() => undefined);
  if (onDisk === undefined) return [];
  const { orgs, channel, channels } = specOf(network.crypto, context);
  const spec = { ...context.spec, orgs, channel, channels };
  return changedNodes(onDisk, await composeText({ ...context, spec }, network.crypto.instance));
}

/** Whether a file is as it was made. An engine that has to mount a missing file creates a folder of its name. */
async function isAsMade(path: string, sha256: string | undefined): Promise<boolean> {
  const found = await sha256Of(path);
  return found !== undefined && (sha256 === undefined || found === sha256);
}

/** Compares the network's files with those that the configuration would produce. */
export async function observeFiles(context: ProjectContext): Promise<ObservedFiles> {
  const known = await observeCertificates(context);
  const { certificates, network } = known;
  // An addition to a network that is replaced is not continued.
  const isUsed = certificates.crypto === 'same' || certificates.kept !== undefined;
  const unfinished = isUsed ? network?.crypto.members?.unfinished : undefined;
  const wanted = network && artifactsFingerprint(context, network.crypto.instance);
  const hasArtifacts = network !== undefined && (await exists(join(network.folder, 'channel-artifacts')));
  const artifacts = async (): Promise<Freshness> => {
    if (!hasArtifacts || !network.artifacts) return 'absent';
    const { fingerprint, files } = network.artifacts;
    if (fingerprint !== wanted) return 'changed';
    const asMade = artifactFiles(context.spec).map((name) =>
      isAsMade(join(network.folder, 'channel-artifacts', name), files?.[name]),
    );
    return (await Promise.all(asMade)).includes(false) ? 'absent' : 'same';
  };
  const compose = async (): Promise<Pick<ObservedFiles, 'compose' | 'composeDiffers'>> => {
    const path = join(networkDir(context.stateDir), 'docker-compose.yaml');
    const onDisk = await readFile(path, 'utf8').catch(() => undefined);
    if (onDisk === undefined || !network) return { compose: 'absent', composeDiffers: [] };
    // Older versions of this program recorded less about a network; the compose stage records it again.
    const isRecorded = context.journal.getFact(SAVED_NETWORK) !== undefined;
    const configured = await composeText(context, network.crypto.instance);
    const isSame = onDisk === configured;
    const hasFiles = !context.metrics?.present || (await exists(metricsConfigPath(network.folder)));
    const isComplete =
      hasFiles &&
      (await hasPeerFiles(context, networkDir(context.stateDir))) &&
      (await hasCaFiles(networkDir(context.stateDir), context.spec));
    if (isRecorded && isSame && isComplete) return { compose: 'same', composeDiffers: [] };
    const settings = isSame ? [] : changedNodes(onDisk, configured).flatMap(({ keys }) => keys);
    return { compose: 'changed', composeDiffers: [...new Set(settings)] };
  };
  return {
    ...certificates,
    artifacts: await artifacts(),
    ...(await compose()),
    changed: await changedBeside(context, known),
    adding: certificates.joining.length > 0 || unfinished !== undefined,
    extended: context.spec.orgs.some(({ added }) => added),
    anchorsSet: network?.anchors !== undefined && network.anchors.fingerprint === wanted,
  };
}
