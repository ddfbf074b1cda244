/** After a cancel: everything that the run started on the engine is removed; ledgers are in volumes and stay. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RunContext } from '../context/run-context.ts';
import { orCancelled } from '../core/cancellation.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { allPeers } from '../network/network-spec.ts';
import { SMOKE_PREFIX } from '../stages/smoke-chaincode.ts';

/** The engine's containers, by id with their states, when the run began. */
export type Before = ReadonlyMap<string, string>;

type Engine = Pick<RunContext, 'docker' | 'project' | 'spec' | 'settings' | 'restarted'>;

export async function containersBefore(bench: Pick<RunContext, 'docker'>): Promise<Before> {
  return new Map((await bench.docker.listContainers()).map(({ id, state }) => [id, state]));
}

/**
 * Which of these containers are the run's: work containers, nodes that it started or recreated, what the
 * peers among them made, and what peers that keep running made for this run's smoke test.
 * @param builderId image id of what the peers build chaincode in
 */
export function startedByRun(
  bench: Pick<Engine, 'project' | 'spec' | 'restarted'>,
  before: Before,
  now: readonly ContainerInfo[],
  builderId: string | undefined,
): ContainerInfo[] {
  const isNode = ({ labels }: ContainerInfo) =>
    labels[LABEL.project] === bench.project && labels[LABEL.role] === 'node';
  const isKept = ({ id, state }: ContainerInfo) =>
    before.get(id) === 'running' && (state === 'running' || bench.restarted.has(id));
  const kept = new Set(
    now.filter((each) => isNode(each) && isKept(each)).map(({ labels }) => labels[LABEL.node]),
  );
  const ofPeer = (peer: string) => `${bench.spec.networkId}-${peer}-`.toLowerCase();
  const peers = allPeers(bench.spec).map(({ name }) => name);
  const gone = peers.filter((name) => !kept.has(name)).map(ofPeer);
  const tested = peers.map((name) => `${ofPeer(name)}${SMOKE_PREFIX}`);
  return now.filter((container) => {
    const { id, labels, imageId } = container;
    const name = container.name.toLowerCase();
    if (isNode(container)) return !isKept(container);
    if (gone.some((prefix) => name.startsWith(prefix))) return true;
    if (before.has(id)) return false;
    if (labels[LABEL.project] === bench.project && labels[LABEL.role] === 'work') return true;
    return imageId === builderId || tested.some((prefix) => name.startsWith(prefix));
  });
}

/** Whoever waits for the end after Ctrl-C waits no longer than this for an engine that does not answer. */
const GIVE_UP_MS = 6000;
/** A request that a killed client had made still ends in a container this much later. */
const QUIET_MS = 200;
/** A peer that keeps running goes on with the chaincode it was asked for, and nothing can tell it not to. */
const QUIET_PEER_MS = 700;

/**
 * Removes what the run started, again and again until nothing more appears. Chaincode images stay until the
 * next smoke test: a peer that comes late would not find its image and compile.
 * @param stagesEnded resolves when no stage of the run can start anything any more
 */
export async function removeStarted(
  bench: Engine,
  before: Before,
  stagesEnded: Promise<unknown>,
): Promise<void> {
  const { docker } = bench;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), GIVE_UP_MS);
  let ended = false;
  stagesEnded
    .catch(() => undefined)
    .finally(() => {
      ended = true;
    });
  const look = async () => {
    const builder = await docker.inspectImage(primaryRef(bench.settings, 'ccenv'));
    const now = await docker.listContainers();
    const nodesStay = now.some(
      ({ id, labels }) => labels[LABEL.project] === bench.project && before.get(id) === 'running',
    );
    return { doomed: startedByRun(bench, before, now, builder?.id), nodesStay };
  };
  const going = new Set<string>();
  const remove = async (id: string) => {
    going.add(id);
    await docker.removeContainer(id).catch(() => undefined);
    going.delete(id);
  };
  const work = async () => {
    let quietSince: number | undefined;
    while (!late.signal.aborted) {
      const { doomed, nodesStay } = await look();
      if (doomed.length > 0 || !ended) quietSince = undefined;
      else quietSince ??= performance.now();
      const quiet = quietSince === undefined ? 0 : performance.now() - quietSince;
      if (quiet > (nodesStay ? QUIET_PEER_MS : QUIET_MS)) return;
      // Not waited for: what appears meanwhile costs the engine less before it has started.
      for (const { id } of doomed) if (!going.has(id)) void remove(id);
      await delay(25);
    }
  };
  try {
    await orCancelled(work(), late.signal);
  } catch {
    // The engine has gone; the next run removes what is left.
  } finally {
    clearTimeout(timer);
  }
}
