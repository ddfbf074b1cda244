/** Removes everything that a cancelled run started on the engine. Ledgers are in volumes and stay. */
import { setTimeout as delay } from 'node:timers/promises';
import { SMOKE_PREFIX } from '../chaincode/chaincode-version.ts';
import { unservedServices } from '../chaincode/service-process.ts';
import type { RunContext } from '../context/run-context.ts';
import { orCancelled } from '../core/cancellation.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { creatorOf, isNodeOf, isServiceOf, LABEL } from '../engine/labels.ts';
import { socketVolume } from '../network/gateway.ts';
import { allPeers, isGateway } from '../network/network-spec.ts';
import { isBuildOf, isChaincodeOf, type UsableImage } from '../network/ownership.ts';
import { peerReferences } from '../resolve/peer-images.ts';

/** State of each of the engine's containers when the run began, by id. */
export type Before = ReadonlyMap<string, string>;

type Engine = Pick<RunContext, 'docker' | 'project' | 'spec' | 'settings' | 'source' | 'config'>;

/** Containers that the run affected, as known when it is cancelled. */
export interface ContainersOfRun {
  readonly before: Before;
  /** Ids of containers that existed before and stay, whatever their state is now. */
  readonly restarted: ReadonlySet<string>;
  /** Whether a stage has begun that recreates nodes. Without one, somebody else has stopped a node that ended meanwhile. */
  readonly recreates: boolean;
}

export async function containersBefore(context: Pick<RunContext, 'docker'>): Promise<Before> {
  return new Map((await context.docker.listContainers()).map(({ id, state }) => [id, state]));
}

/**
 * Returns the containers that the run started: work containers, nodes that it started or recreated, chaincode of
 * those peers, and chaincode that peers which keep running started for this run's smoke test. A recreated gateway stays if
 * peers that keep running use the engine through it.
 * @param builder the image that the peers build chaincode with; it can be the user's own
 */
export function startedByRun(
  context: Pick<Engine, 'project' | 'spec'>,
  { before, restarted, recreates }: ContainersOfRun,
  now: readonly ContainerInfo[],
  builder: UsableImage | undefined,
): ContainerInfo[] {
  const isNode = (container: ContainerInfo) => isNodeOf(container, context.project);
  const isKept = ({ id, state }: ContainerInfo) =>
    recreates ? before.get(id) === 'running' && (state === 'running' || restarted.has(id)) : before.has(id);
  const nodesKept = now.filter((each) => isNode(each) && isKept(each));
  const kept = new Set(nodesKept.map(({ labels }) => labels[LABEL.node]));
  const needsGateway = nodesKept.some(usesGateway);
  const ofPeer = (peer: string) => `${context.spec.networkId}-${peer}-`.toLowerCase();
  const peers = allPeers(context.spec).map(({ name }) => name);
  const gone = peers.filter((name) => !kept.has(name)).map(ofPeer);
  const tested = peers.map((name) => `${ofPeer(name)}${SMOKE_PREFIX}`);
  const isBuild = isBuildOf(now, context.project, builder ? [builder] : []);
  return now.filter((container) => {
    if (isNode(container))
      return !isKept(container) && !(needsGateway && isGateway(container.labels[LABEL.node]));
    const name = container.name.toLowerCase();
    const isChaincode = isChaincodeOf(container, context.project);
    if (isChaincode && gone.some((prefix) => name.startsWith(prefix))) return true;
    if (before.has(container.id)) return false;
    // Peers that stay may have no other process of the chaincode; see `unservedServices` for one that was to replace another.
    if (kept.size > 0 && isServiceOf(container, context.project)) return false;
    if (creatorOf(container) === context.project || isBuild(container)) return true;
    return isChaincode && tested.some((prefix) => name.startsWith(prefix));
  });
}

/** Whether a node is a peer that uses the engine through the gateway. */
function usesGateway({ labels, volumes }: ContainerInfo): boolean {
  const { [LABEL.project]: project = '', [LABEL.node]: node = '' } = labels;
  return volumes.includes(socketVolume(project, node));
}

/**
 * Leaves one gateway of each name that runs, if running peers use one. A run that was cancelled while compose replaced it
 * leaves two containers, of which none may run; the new one has the sockets of all peers.
 */
async function settleGateway({ docker, project }: Engine, before: Before): Promise<void> {
  const nodes = (await docker.listContainers()).filter((each) => isNodeOf(each, project));
  const isRunning = ({ state }: ContainerInfo) => state === 'running';
  if (!nodes.some((each) => isRunning(each) && usesGateway(each))) return;
  const gateways = nodes.filter(({ labels }) => isGateway(labels[LABEL.node]));
  const names = new Set(gateways.map(({ labels }) => labels[LABEL.node]));
  await Promise.all(
    [...names].map((name) => keepOne(gateways.filter(({ labels }) => labels[LABEL.node] === name))),
  );

  async function keepOne(same: readonly ContainerInfo[]): Promise<void> {
    const stays = same.find(isRunning) ?? same.find(({ id }) => !before.has(id)) ?? same[0];
    if (!stays) return;
    if (!isRunning(stays)) await docker.startContainer(stays.id);
    const others = same.filter((each) => each !== stays && !isRunning(each));
    await Promise.all(others.map(({ id }) => docker.removeContainer(id)));
  }
}

/** Longest wait for an engine that does not answer. */
const GIVE_UP_MS = 6000;
/** A request of a client that was killed can still create a container this much later. */
const QUIET_MS = 200;
/** Longest time after the signal in which a running peer still starts the requested chaincode; it cannot be stopped. */
const QUIET_PEER_MS = 700;

/**
 * Removes what the run started, until nothing more appears. Chaincode images stay until the next smoke test: a late
 * peer that does not find its image would compile it.
 * @param stagesEnded resolves when no stage of the run can start anything
 */
export async function removeStarted(
  context: Engine,
  ofRun: ContainersOfRun,
  stagesEnded: Promise<unknown>,
): Promise<void> {
  const { docker } = context;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), GIVE_UP_MS);
  let ended = false;
  stagesEnded
    .catch(() => undefined)
    .finally(() => {
      ended = true;
    });
  // Without core.yaml no peer could be started.
  const references = await peerReferences(context).catch(() => undefined);
  const look = async () => {
    const builder = references && (await docker.inspectImage(references.builder));
    const now = await docker.listContainers();
    const nodesStay = now.some(
      (each) => creatorOf(each) === context.project && ofRun.before.get(each.id) === 'running',
    );
    // Not before: a stage that is replacing a process does so to its end.
    const unserved = ended ? unservedServices(now, context.project) : [];
    return { doomed: [...startedByRun(context, ofRun, now, builder), ...unserved], nodesStay };
  };
  const going = new Set<string>();
  const remove = async (id: string) => {
    going.add(id);
    await docker.removeContainer(id).catch(() => undefined);
    going.delete(id);
  };
  const work = async () => {
    let seen = performance.now();
    let endSeen: number | undefined;
    while (!late.signal.aborted) {
      const { doomed, nodesStay } = await look();
      const now = performance.now();
      if (doomed.length > 0) seen = now;
      if (ended) endSeen ??= now;
      const isQuiet = now - seen > (nodesStay ? QUIET_PEER_MS : QUIET_MS);
      if (isQuiet && endSeen !== undefined && now - endSeen > QUIET_MS)
        return settleGateway(context, ofRun.before);
      // Not awaited: a container that appears meanwhile is cheaper to remove before it has started.
      for (const { id } of doomed) if (!going.has(id)) void remove(id);
      await delay(25);
    }
  };
  try {
    await orCancelled(work(), late.signal);
  } catch {
    // The engine does not answer; the next run removes the rest.
  } finally {
    clearTimeout(timer);
  }
}
