/** Puts a copy of a snapshot, or a replaced network, in the place of the folder's network. */
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { keptServices, recordedDeployments } from '../chaincode/deployment-record.ts';
import type { FolderChaincode } from '../config/chaincode-list.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import type { ComposePort } from '../engine/compose-port.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { COMPOSE_LABEL, LABEL } from '../engine/labels.ts';
import { releaseOf } from '../fabric/release.ts';
import { keptNetworkDir } from '../host/state-folder.ts';
import { findDamage } from '../network/certificate-files.ts';
import { channelHeights } from '../network/heights.ts';
import { removeRunning } from '../network/inventory.ts';
import {
  keptNetworks,
  ledgersOf,
  networkInPlace,
  replaceNetwork,
  setAllNetworkFacts,
} from '../network/kept-networks.ts';
import {
  type CompleteNetwork,
  copyFiles,
  copyVolumes,
  imagesOf,
  newInstance,
  nodesWithLedger,
} from '../network/network-copy.ts';
import { volumeName } from '../network/network-spec.ts';
import { otherEngineText, selecting } from '../network/other-engine.ts';
import { readImage } from '../resolve/read-peer.ts';
import { copyImage, type SnapshotContext } from './save-snapshot.ts';
import { startNetwork } from './start-network.ts';
import { removeLedgers, whileCopying } from './unfinished-copy.ts';

/** A snapshot, or a replaced network, by its name. */
export interface NamedNetwork {
  readonly name: string;
  readonly network: CompleteNetwork;
}

function refuse(message: Phrase, ...next: readonly string[]): WizardFailure {
  return new WizardFailure({ kind: 'usage', message, next: [...next, 'fabric-wizard snapshot list'] });
}

/** @throws WizardFailure `usage` if volumes of the network are not on this engine */
async function requireVolumes(docker: DockerPort, { name, network }: NamedNetwork): Promise<void> {
  const { crypto, snapshot, state } = network;
  const { spec } = state.network;
  const volumes = await docker.listVolumes([`${LABEL.project}=${spec.project}`]);
  const present = nodesWithLedger(spec, crypto.instance, volumes);
  const missing = snapshot
    ? snapshot.nodes.filter((node) => !present.includes(node))
    : present.length > 0
      ? []
      : [spec.project];
  if (missing.length === 0) return;
  const { id, rootDir } = await docker.info();
  const engine = snapshot?.engine;
  if (engine && (engine.id !== id || engine.rootDir !== rootDir)) {
    const other = { endpoint: engine.endpoint, selected: docker.endpoint, certificates: engine.certificates };
    const select = selecting({ endpoint: other.endpoint, selected: other.selected });
    throw refuse(
      { key: 'usage.snapshot-elsewhere', name, where: otherEngineText(other) },
      ...(select === undefined ? [] : [`${select} fabric-wizard snapshot restore ${name}`]),
    );
  }
  throw refuse({ key: 'usage.snapshot-volumes', name, nodes: missing.join(', '), count: missing.length });
}

/**
 * A ledger must not be opened by programs of another release. Images that were built again from the same release are as
 * good as those of the snapshot.
 * @throws WizardFailure `usage` if an image is missing, or of another release
 */
async function requireImages(
  { docker, signal }: SnapshotContext,
  { name, network }: NamedNetwork,
): Promise<Readonly<Record<string, { readonly id: string }>>> {
  const { snapshot, state } = network;
  const refs = await imagesOf(network);
  const images = await Promise.all(refs.map(async (ref) => ({ ref, image: await docker.inspectImage(ref) })));
  const missing = images.filter(({ image }) => !image).map(({ ref }) => ref);
  if (missing.length > 0)
    throw refuse(
      { key: 'usage.snapshot-images', name, images: missing.join(', '), count: missing.length },
      'fabric-wizard build',
    );
  const release = releaseOf(state.network.version);
  for (const { ref, image } of images) {
    const saved = snapshot?.images[ref];
    if (!image || !saved || saved.id === image.id) continue;
    if (saved.origin !== image.labels[LABEL.origin])
      throw refuse({ key: 'usage.snapshot-origin', name, image: ref }, 'fabric-wizard build');
    if (!/fabric-peer[:@]/.test(ref)) continue;
    const { version } = await readImage(docker, ref, { signal, project: state.network.spec.project });
    if (releaseOf(version.compiled.version)?.id !== release?.id)
      throw refuse(
        {
          key: 'usage.snapshot-release',
          name,
          version: state.network.version,
          image: ref,
          other: version.compiled.version,
        },
        'fabric-wizard build',
      );
  }
  return Object.fromEntries(images.flatMap(({ ref, image }) => (image ? [[ref, { id: image.id }]] : [])));
}

/** @throws WizardFailure `usage` if the network cannot be started here */
export async function requireRestorable(
  context: SnapshotContext,
  named: NamedNetwork,
  project: string,
): Promise<Readonly<Record<string, { readonly id: string }>>> {
  const { name, network } = named;
  const { spec } = network.state.network;
  if (spec.project !== project)
    throw refuse({ key: 'usage.snapshot-project', name, project: spec.project, current: project });
  const { lost } = await findDamage(network.folder, spec);
  if (lost.length > 0)
    throw refuse({ key: 'usage.snapshot-damaged', name, files: lost.join(', '), folder: network.folder });
  await requireVolumes(context.docker, named);
  return requireImages(context, named);
}

/** What was in place before. */
export interface ReplacedNetwork {
  readonly instance: string;
  readonly ledgers: number;
  /** Folder of its files. */
  readonly folder: string;
}

export interface Restored {
  readonly replaced: ReplacedNetwork | undefined;
  readonly heights: Readonly<Record<string, number>>;
  /** The services of the network in place. Their processes do not run: `up` or a deployment starts them. */
  readonly services: readonly FolderChaincode[];
  /** Set if the network runs, and its Prometheus does not. */
  readonly warning?: Phrase;
}

/** Copies a snapshot to the replaced networks, so that putting it in place is the same as for one of those. */
async function copySnapshot(
  { docker, stateDir, signal }: SnapshotContext,
  { network }: NamedNetwork,
  image: string,
  instance: string,
): Promise<string> {
  const { spec } = network.state.network;
  const { project } = spec;
  await copyVolumes({
    docker,
    image,
    project,
    volumes: (network.snapshot?.nodes ?? []).map((node) => ({
      node,
      from: volumeName(spec, network.crypto.instance, node),
      to: volumeName(spec, instance, node),
    })),
    labelsOf: (node) => ({
      [LABEL.project]: project,
      [LABEL.node]: node,
      // Compose warns of volumes that it did not make.
      [COMPOSE_LABEL.project]: project,
      [COMPOSE_LABEL.volume]: node,
    }),
    signal,
  });
  const folder = keptNetworkDir(stateDir, instance);
  await copyFiles(network, { folder, instance });
  return folder;
}

/** Stops the network in place, and puts a kept one there. */
async function putInPlace(
  { docker, journal, stateDir }: SnapshotContext,
  project: string,
  folder: string,
): Promise<ReplacedNetwork | undefined> {
  const next = (await keptNetworks(stateDir)).find((each) => each.folder === folder);
  if (!next) throw new Error(`no network in ${folder}`);
  const volumes = await docker.listVolumes([LABEL.project]);
  const before = await networkInPlace(stateDir, journal);
  await removeRunning(docker, project, stateDir);
  const kept = await replaceNetwork({ stateDir, journal }, folder);
  await setAllNetworkFacts(journal, next);
  if (kept === undefined) return undefined;
  const instance = before?.crypto.instance ?? basename(kept);
  return { instance, ledgers: ledgersOf({ instance }, volumes), folder: kept };
}

/**
 * Restores a snapshot, or uses a replaced network again. The copy is made while the network still runs. The replaced
 * network is kept unless `discard` is set; it is then removed when the restored one runs.
 * @throws WizardFailure; CancelledError
 */
export async function restoreSnapshot(
  context: SnapshotContext,
  named: NamedNetwork,
  options: {
    readonly compose: ComposePort;
    readonly images: Readonly<Record<string, { readonly id: string }>>;
    readonly discard: boolean;
    /** Called when the network is in place, before its nodes start. */
    readonly onPlaced: (replaced: ReplacedNetwork | undefined) => void;
  },
): Promise<Restored> {
  const { docker, stateDir, signal } = context;
  const { network } = named;
  const { spec } = network.state.network;
  const { project } = spec;
  const isNew = network.snapshot !== undefined;
  const instance = isNew ? newInstance() : network.crypto.instance;
  const replaced = await whileCopying(context, { project, instance, isNew }, [], async () => {
    const folder = isNew
      ? await copySnapshot(context, named, copyImage(options.images), instance)
      : network.folder;
    return putInPlace(context, project, folder);
  });
  options.onPlaced(replaced);
  const warning = await startNetwork({ docker, compose: options.compose, stateDir, spec, signal });
  const heights = await channelHeights(docker, network.state.network, signal);
  if (replaced && options.discard) {
    await removeLedgers(docker, project, replaced.instance);
    await rm(replaced.folder, { recursive: true, force: true });
  }
  const services = keptServices(recordedDeployments(context.journal).values()).map(({ choice }) => choice);
  return { replaced, heights, services, ...(warning ? { warning } : {}) };
}
