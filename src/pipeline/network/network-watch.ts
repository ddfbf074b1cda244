/** Watches a network through the engine's event stream and emits what changes, without polling its state. */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { AsyncSignal } from '../core/async-signal.ts';
import { until } from '../core/waiting.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { isLost } from '../engine/engine-connection.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { isNodeOf, LABEL } from '../engine/labels.ts';
import { MACHINE_EVENT } from '../engine/other-machine.ts';
import { chaincodeIn } from './chaincode-snapshot.ts';
import { firstChannelOf } from './channel-members.ts';
import { gatewayRecord, shownLine } from './gateway-record.ts';
import { LineBatches } from './line-batches.ts';
import { MachineWatch } from './machine-watch.ts';
import type { NetworkEvent, NodeLogLine, NodeSnapshot } from './network-events.ts';
import {
  allPeers,
  isGateway,
  machineOf,
  type NetworkNode,
  type NetworkSpec,
  networkNodes,
} from './network-spec.ts';
import { contentOf, isAsImage, type SwappedPrograms } from './node-content.ts';
import { askNode } from './node-port.ts';
import { isChaincodeName } from './ownership.ts';
import { askPeer } from './peer-cli.ts';

/** Engine events that can change a container's state. Exec and health check events are left out. */
const EVENTS = ['create', 'start', 'die', 'pause', 'unpause', 'destroy', 'rename', 'oom'];
/** Events of the Swarm's nodes: one is lost, back, drained or paused. */
const NODE_EVENTS = ['update'];
/** Usage changes slowly, and measuring it is the most expensive request to the engine. */
const USAGE_MS = 10_000;
/** Pause before the first two measurements: CPU usage needs two. */
const FIRST_USAGE_MS = 1000;
/** The engine emits `die` before its container list is up to date. */
const SETTLE_MS = 300;
const RETRY_MS = 1000;
const TICK_MS = 1000;
/** Uptimes are shown in seconds up to this age, later in minutes. */
const YOUNG_MS = 61_000;
const READY_MS = 120_000;
/** Number of earlier lines to read from each node's log. */
const TAIL_LINES = 300;

/** In 1.1 and later, and in 1.0. Group 2 is the block's number. */
const BLOCK = /\[([\w.-]+)\]:? (?:Committed|Created) block \[(\d+)\]/;

export interface WatchedNetwork {
  readonly docker: Pick<
    DockerPort,
    | 'address'
    | 'unreachable'
    | 'swarmNodes'
    | 'watchEvents'
    | 'listContainers'
    | 'inspectContainer'
    | 'inspectImage'
    | 'followLog'
    | 'usage'
    | 'exec'
    | 'attachTerminal'
  >;
  readonly project: string;
  readonly spec: NetworkSpec;
  /** Reads which programs were copied into running nodes. */
  readonly swapped: () => Promise<SwappedPrograms>;
  /** Notify it if that may have changed. */
  readonly changed: AsyncSignal;
}

type Body<E> = E extends NetworkEvent ? Omit<E, 'at'> : never;

/** Identifies one start of a container. */
function startOf({ container, startedAt }: NodeSnapshot): string {
  return `${container} ${startedAt}`;
}

class NetworkWatch {
  readonly #network: WatchedNetwork;
  readonly #signal: AbortSignal;
  readonly #nodes: ReadonlyMap<string, NetworkNode>;
  /** Events that are not yet delivered. */
  readonly #pending: NetworkEvent[] = [];
  readonly #hasPending = new AsyncSignal();
  /** Last snapshot by container id; deleted when an engine event invalidates it. */
  readonly #inspected = new Map<string, NodeSnapshot>();
  /** The start whose log is followed, by node. */
  readonly #followed = new Map<string, string>();
  /** The start whose readiness is checked, by node. */
  readonly #checked = new Map<string, string>();
  /** Time stamp of the last line read, by node. */
  readonly #readUntil = new Map<string, string>();
  readonly #lines = new LineBatches((lines) => this.#emitLines(lines));
  /** Number of blocks according to the log, not emitted yet, by node. */
  readonly #heights = new Map<string, number>();
  #running: readonly NodeSnapshot[] = [];
  readonly #machines: MachineWatch;
  /** Ends the following of a log, by node. */
  readonly #logs = new Map<string, AbortController>();

  constructor(network: WatchedNetwork, signal: AbortSignal) {
    this.#network = network;
    this.#signal = signal;
    // Every followed log adds a listener.
    setMaxListeners(0, signal);
    this.#machines = new MachineWatch(network.docker, network.spec);
    this.#nodes = new Map(networkNodes(network.spec).map((each) => [each.node.name, each]));
  }

  async *events(): AsyncGenerator<NetworkEvent> {
    const ended = Promise.all([this.#watch(), this.#measureUsage(), this.#tick()]);
    while (!this.#signal.aborted) {
      yield* this.#pending.splice(0);
      await this.#hasPending.next(this.#signal);
    }
    this.#lines.end();
    await ended;
  }

  #emit(body: Body<NetworkEvent>): void {
    this.#pending.push({ ...body, at: Date.now() });
    this.#hasPending.notify();
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#signal }).catch(() => undefined);
  }

  async #watch(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#watchUntilLost().catch(() => undefined);
      if (this.#signal.aborted) return;
      this.#emit({ type: 'engine-lost' });
      this.#inspected.clear();
      // The log streams ended with the engine.
      for (const node of this.#followed.keys()) this.#stopFollowing(node);
      await this.#pause(RETRY_MS);
    }
  }

  async #watchUntilLost(): Promise<void> {
    const lost = new AbortController();
    let settling: NodeJS.Timeout | undefined;
    const isPlaced = this.#network.spec.placement !== undefined;
    const stop = await this.#network.docker.watchEvents(
      isPlaced
        ? { type: ['container', 'node'], event: [...EVENTS, ...NODE_EVENTS] }
        : { type: ['container'], event: EVENTS },
      ({ type, action, id, attributes }) => {
        if (type === MACHINE_EVENT) this.#noteMachine(id, action);
        else if (type === 'container' && !this.#mayBeOurs(attributes)) return;
        this.#inspected.delete(id);
        this.#network.changed.notify();
        clearTimeout(settling);
        settling = setTimeout(() => this.#network.changed.notify(), SETTLE_MS);
      },
      () => lost.abort(),
    );
    try {
      const watching = AbortSignal.any([this.#signal, lost.signal]);
      for (this.#network.changed.notify(); !watching.aborted; ) {
        await this.#network.changed.next(watching);
        if (!watching.aborted) await this.#refresh();
      }
    } finally {
      clearTimeout(settling);
      stop();
    }
  }

  #noteMachine(machine: string, action: string): void {
    this.#machines.note(machine, action);
    for (const [container, node] of this.#inspected)
      if (node.machine === machine) this.#inspected.delete(container);
    // What follows its logs may wait for ever.
    for (const node of this.#followed.keys())
      if (machineOf(this.#network.spec, node) === machine) this.#stopFollowing(node);
  }

  #stopFollowing(node: string): void {
    this.#logs.get(node)?.abort();
    this.#followed.set(node, '');
  }

  /** An event has the name and the labels of its container, but not its networks. */
  #mayBeOurs(attributes: Readonly<Record<string, string>>): boolean {
    const { project } = this.#network;
    return attributes[LABEL.project] === project || isChaincodeName(project)(attributes.name ?? '');
  }

  async #refresh(): Promise<void> {
    const { docker, project } = this.#network;
    const [all, swapped] = await Promise.all([docker.listContainers(), this.#network.swapped()]);
    const inspected = await Promise.all(
      all
        .filter((each) => isNodeOf(each, project))
        .map(async (each) => this.#withContent(await this.#inspect(each), each, swapped)),
    );
    const present = inspected.filter((node) => node !== undefined);
    const machines = await this.#machines.troubles();
    const nodes = [...present, ...this.#machines.absent(this.#nodes, present, machines)];
    const chaincodes = all.flatMap((each) => chaincodeIn(each, this.#network));
    this.#running = nodes.filter(({ state }) => state === 'running');
    this.#emit({ type: 'snapshot', nodes, chaincodes, ...(machines.length > 0 ? { machines } : {}) });
    for (const node of present) this.#follow(node);
    for (const node of this.#running) void this.#checkReady(node);
  }

  async #inspect({
    id,
    name,
    labels,
    state,
    imageId,
    machine,
  }: ContainerInfo): Promise<NodeSnapshot | undefined> {
    const known = this.#inspected.get(id);
    if (known?.state === state) return known;
    const detail = await this.#network.docker.inspectContainer(id).catch((error: unknown) => {
      // The machine was lost after the list was made.
      if (machine === undefined || !isLost(error)) throw error;
    });
    if (!detail) return undefined;
    const node = labels[LABEL.node] ?? name;
    const snapshot: NodeSnapshot = {
      node,
      role: this.#nodes.get(node)?.role ?? 'cli',
      ...(machine === undefined ? {} : { machine }),
      container: id,
      // The state in the list can be older than the event.
      state: detail.state,
      startedAt: detail.startedAt,
      exitCode: detail.exitCode,
      outOfMemory: detail.outOfMemory,
      image: detail.imageName,
      imageId,
    };
    this.#inspected.set(id, snapshot);
    return snapshot;
  }

  /** Adds which image has the content of a node that got other programs since it was created. */
  async #withContent(
    node: NodeSnapshot | undefined,
    container: ContainerInfo,
    swapped: SwappedPrograms,
  ): Promise<NodeSnapshot | undefined> {
    if (!node || swapped[container.id] === undefined) return node;
    const named = await this.#network.docker.inspectImage(node.image);
    const image = named && { id: named.id, content: contentOf(named.labels) };
    if (image && isAsImage(container, image, swapped)) return { ...node, imageId: image.id };
    return { ...node, isAhead: true };
  }

  /** Follows a node's log from its last lines on; after a restart from the last line read. */
  #follow(snapshot: NodeSnapshot): void {
    const { node, container, startedAt } = snapshot;
    const previous = this.#followed.get(node);
    if (previous === startOf(snapshot)) return;
    this.#followed.set(node, startOf(snapshot));
    const log = new AbortController();
    this.#logs.set(node, log);
    const from = this.#readUntil.get(node) ?? '';
    this.#network.docker
      .followLog(container, {
        tail: TAIL_LINES,
        since: Date.parse(from) || (previous === undefined ? 0 : startedAt),
        timestamps: true,
        signal: AbortSignal.any([this.#signal, log.signal]),
        onLine: (line) => this.#readLine(node, line, from),
      })
      // The stream ends with the container, or with this watch.
      .catch(() => undefined);
  }

  /**
   * @param stamped time stamp, blank, and text of the line
   * @param from time stamp of the last line read before; the engine's `since` is precise to the millisecond only
   */
  #readLine(node: string, stamped: string, from: string): void {
    const blank = stamped.indexOf(' ');
    const stamp = stamped.slice(0, blank);
    if (stamp <= from) return;
    this.#readUntil.set(node, stamp);
    const raw = stamped.slice(blank + 1);
    const line = shownLine(node, raw);
    const record = isGateway(node) ? gatewayRecord(raw) : undefined;
    if (record?.type === 'refused') this.#emit(record);
    const block = BLOCK.exec(line);
    if (block && block[1] === this.#channelOf(node)) this.#heights.set(node, Number(block[2]) + 1);
    this.#lines.add({ node, line, at: Date.parse(stamp), stamp });
  }

  /** The channel whose height is shown for a node. */
  #channelOf(node: string): string {
    const { spec } = this.#network;
    const peer = allPeers(spec).find(({ name }) => name === node);
    return peer ? firstChannelOf(spec, peer) : spec.channel;
  }

  #emitLines(lines: NodeLogLine[]): void {
    this.#emit({ type: 'lines', lines });
    for (const [node, height] of this.#heights) this.#emit({ type: 'height', node, height });
    this.#heights.clear();
  }

  /** Waits once after each start until the node accepts connections, then fetches its height. */
  async #checkReady(snapshot: NodeSnapshot): Promise<void> {
    const { node, role, container } = snapshot;
    const known = this.#nodes.get(node);
    if (!known || this.#checked.get(node) === startOf(snapshot)) return;
    this.#checked.set(node, startOf(snapshot));
    try {
      await until({
        what: node,
        deadlineMs: READY_MS,
        signal: this.#signal,
        poll: async () => {
          const isCurrent = this.#running.some((each) => startOf(each) === startOf(snapshot));
          // It stopped, or it restarted and has a check of its own.
          if (!isCurrent) throw new Error(`${node} has stopped`);
          return askNode(this.#network, known, container, this.#signal);
        },
      });
      this.#emit({ type: 'answers', node, container });
      if (role === 'peer') await this.#fetchHeight(node);
    } catch {
      // Without an `answers` event the node counts as not ready.
    }
  }

  /** 1.0 has no such command; its height comes from the log. */
  async #fetchHeight(node: string): Promise<void> {
    const { spec } = this.#network;
    const peer = allPeers(spec).find(({ name }) => name === node);
    const cli = this.#running.find(({ role }) => role === 'cli');
    if (!peer || !cli) return;
    const args = ['channel', 'getinfo', '-c', this.#channelOf(node)];
    const { exitCode, stdout } = await askPeer(this.#network, cli.container, peer, args, {
      signal: this.#signal,
    });
    const height = /"height":\s*(\d+)/.exec(stdout)?.[1];
    if (exitCode === 0 && height !== undefined) this.#emit({ type: 'height', node, height: Number(height) });
  }

  async #tick(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#pause(TICK_MS);
      // A frame costs more than everything else that happens in an idle network.
      if (this.#running.some(({ startedAt }) => Date.now() - startedAt < YOUNG_MS))
        this.#emit({ type: 'tick' });
    }
  }

  async #measureUsage(): Promise<void> {
    for (let count = 0; !this.#signal.aborted; ) {
      await this.#pause(count < 2 ? FIRST_USAGE_MS : USAGE_MS);
      const measured = await Promise.all(
        this.#running.map(async ({ node, container }) => {
          const usage = await this.#network.docker.usage(container).catch(() => undefined);
          return usage ? [[node, usage] as const] : [];
        }),
      );
      const usage = Object.fromEntries(measured.flat());
      if (Object.keys(usage).length === 0) continue;
      count += 1;
      this.#emit({ type: 'usage', usage });
    }
  }
}

/**
 * Yields the events of a network until the signal fires: first the current state, then every change. Waits for an
 * engine that does not answer.
 */
export function watchNetwork(network: WatchedNetwork, signal: AbortSignal): AsyncGenerator<NetworkEvent> {
  return new NetworkWatch(network, signal).events();
}
