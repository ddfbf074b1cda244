/** Saves a snapshot: copies of the ledgers in volumes of their own, and of the network's files in the state folder. */
import { WizardFailure } from '../core/failure.ts';
import { secondsSince } from '../core/seconds-since.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import { exists } from '../host/files.ts';
import { keptNetworkDir, snapshotDir } from '../host/state-folder.ts';
import type { Journal } from '../journal/journal.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { channelHeights } from '../network/heights.ts';
import { networkInPlace, type SnapshotFacts } from '../network/kept-networks.ts';
import {
  type CompleteNetwork,
  copyFiles,
  copyVolumes,
  imagesOf,
  newInstance,
  nodesWithLedger,
} from '../network/network-copy.ts';
import { volumeName } from '../network/network-spec.ts';
import { containersToPause, whilePaused } from '../network/paused-nodes.ts';
import { nodeContainers } from '../network/peer-cli.ts';
import { whileCopying } from './unfinished-copy.ts';

export interface SnapshotContext {
  readonly docker: DockerPort;
  readonly journal: Journal;
  readonly stateDir: string;
  readonly signal: AbortSignal;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** @throws WizardFailure `usage` if the name is not valid or is taken */
export async function requireFreeName(stateDir: string, name: string): Promise<void> {
  const refuse = (key: 'usage.snapshot-name' | 'usage.snapshot-exists', next: string) =>
    new WizardFailure({ kind: 'usage', message: { key, name }, next: [next, 'fabric-wizard snapshot list'] });
  if (!NAME.test(name)) throw refuse('usage.snapshot-name', 'fabric-wizard snapshot save before-upgrade');
  const isTaken =
    (await exists(snapshotDir(stateDir, name))) || (await exists(keptNetworkDir(stateDir, name)));
  if (isTaken) throw refuse('usage.snapshot-exists', `fabric-wizard snapshot save ${name}-2`);
}

/** What a snapshot would contain. */
export interface SavableNetwork {
  readonly network: CompleteNetwork;
  /** Nodes whose volumes are copied. */
  readonly nodes: readonly string[];
  /** Ids of the containers that pause, in groups. */
  readonly pausing: readonly (readonly string[])[];
}

/** @throws WizardFailure `usage` if the folder has no network, or the engine has none of its ledgers */
export async function savableNetwork({
  docker,
  journal,
  stateDir,
}: Pick<SnapshotContext, 'docker' | 'journal' | 'stateDir'>): Promise<SavableNetwork> {
  const network = await networkInPlace(stateDir, journal);
  const { state } = network ?? {};
  const none = new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.no-ledgers' },
    next: ['fabric-wizard up --yes'],
  });
  if (!network || !state) throw none;
  const { spec } = state.network;
  const volumes = await docker.listVolumes([`${LABEL.project}=${spec.project}`]);
  const nodes = nodesWithLedger(spec, network.crypto.instance, volumes);
  if (nodes.length === 0) throw none;
  const containers = await nodeContainers({ docker, project: spec.project });
  const pausing = containersToPause(spec, containers);
  return { network: { ...network, state }, nodes, pausing };
}

async function imageFacts(docker: DockerPort, refs: readonly string[]): Promise<SnapshotFacts['images']> {
  const found = refs.map(async (ref) => {
    const image = await docker.inspectImage(ref);
    const origin = image?.labels[LABEL.origin];
    return image ? [[ref, { id: image.id, ...(origin === undefined ? {} : { origin }) }] as const] : [];
  });
  return Object.fromEntries((await Promise.all(found)).flat());
}

/** An image of the nodes in which volumes can be copied. @throws WizardFailure `usage` if none of them exists */
export function copyImage(images: SnapshotFacts['images']): string {
  const refs = Object.keys(images);
  const ref = refs.find((each) => /fabric-peer[:@]/.test(each)) ?? refs.find((each) => /fabric-/.test(each));
  if (ref !== undefined) return ref;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.no-network-images' },
    next: ['fabric-wizard build'],
  });
}

export interface SavedSnapshot {
  readonly snapshot: SnapshotFacts;
  /** How long the nodes were paused, in seconds. */
  readonly pausedSeconds: number;
}

/**
 * Saves the network in place. The nodes that run are paused while their volumes are copied. If it fails or is cancelled,
 * nothing of the snapshot stays.
 * @throws WizardFailure; CancelledError
 */
export async function saveSnapshot(
  context: SnapshotContext,
  name: string,
  { network, nodes, pausing }: SavableNetwork,
): Promise<SavedSnapshot> {
  const { docker, journal, stateDir, signal } = context;
  const { spec } = network.state.network;
  const { project } = spec;
  const instance = newInstance();
  const images = await imageFacts(docker, await imagesOf(network));
  const heights = await channelHeights(docker, network.state.network, signal);
  const { id, rootDir } = await docker.info();
  const { endpoint, certificates } = docker.address;
  return whileCopying(context, { project, instance, isNew: true }, pausing.flat(), async () => {
    const start = performance.now();
    const bytes = await whilePaused(docker, pausing, () =>
      copyVolumes({
        docker,
        image: copyImage(images),
        project,
        volumes: nodes.map((node) => ({
          node,
          from: volumeName(spec, network.crypto.instance, node),
          to: volumeName(spec, instance, node),
        })),
        labelsOf: (node) => ({
          [LABEL.project]: project,
          [LABEL.role]: 'snapshot',
          [LABEL.snapshot]: name,
          [LABEL.node]: node,
        }),
        signal,
      }),
    );
    const pausedSeconds = secondsSince(start);
    const engine = { id, rootDir, endpoint, certificates, arch: journal.getFact(STATE_KEYS.engine)?.arch };
    const snapshot: SnapshotFacts = { at: Date.now(), bytes, nodes: [...nodes], heights, images, engine };
    await copyFiles(network, { folder: snapshotDir(stateDir, name), instance, snapshot });
    return { snapshot, pausedSeconds };
  });
}
