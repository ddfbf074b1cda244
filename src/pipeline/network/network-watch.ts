/** Watches a network by the engine's events: what is told is what changed, and nobody asks again and again. */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunContext } from '../context/run-context.ts';
import { AsyncSignal } from '../core/async-signal.ts';
import { until } from '../core/waiting.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { isOurChaincode, withoutHash } from './inventory.ts';
import type { ChaincodeSnapshot, NetworkEvent, NodeLogLine, NodeSnapshot } from './network-events.ts';
import { type NetworkNode, networkNodes } from './network-spec.ts';
import { askNode } from './node-port.ts';
import { askPeer } from './peer-cli.ts';

/** Whatever may make a container another one than before. Execs and health checks are not among them. */
const EVENTS = ['create', 'start', 'die', 'pause', 'unpause', 'destroy', 'rename', 'oom'];
/** How busy nodes are changes slowly, and asking costs the engine more than all the rest. */
const USAGE_MS = 10_000;
/** Until there are two looks to compare. */
const FIRST_USAGE_MS = 1000;
/** The engine tells of an end before its own list knows. */
const SETTLE_MS = 300;
const RETRY_MS = 1000;
const ANSWER_MS = 120_000;
/** Lines of the past that a node begins with. */
const TAIL_LINES = 300;
/** Lines are told by the handful. */
const LINES_MS = 50;
/** The past of all nodes comes at once, and is told in the order in which it was said. */
const FIRST_LINES_MS = 300;
/** What is said faster than this, within `LINES_MS`, is only partly told: the newest. */
const MOST_LINES = 2000;

/** 1.1 and later; 1.0. Group 2 is the block's number. */
const BLOCK = /\[([\w.-]+)\]:? (?:Committed|Created) block \[(\d+)\]/;

const REMOVED = {
  container: '',
  state: 'removed',
  startedAt: 0,
  exitCode: 0,
  outOfMemory: false,
  image: '',
  imageId: '',
} as const satisfies Partial<NodeSnapshot>;

export type WatchedNetwork = Pick<RunContext, 'docker' | 'project' | 'spec'>;

type Body<E> = E extends NetworkEvent ? Omit<E, 'at'> : never;

class NetworkWatch {
  readonly #bench: WatchedNetwork;
  readonly #signal: AbortSignal;
  readonly #told: NetworkEvent[] = [];
  readonly #telling = new AsyncSignal();
  readonly #changed = new AsyncSignal();
  readonly #nodes: ReadonlyMap<string, NetworkNode>;
  /** By container: what was seen of it last; absent where the engine has told of it since. */
  readonly #inspected = new Map<string, NodeSnapshot>();
  /** By node: which start of it is being listened to. */
  readonly #followed = new Map<string, string>();
  readonly #asked = new Map<string, string>();
  /** What was heard and is not told yet. */
  /** By node, when the last line was said that was heard. */
  readonly #heardUntil = new Map<string, string>();
  readonly #said: (NodeLogLine & { readonly at: string })[] = [];
  #tellingLines: NodeJS.Timeout | undefined;
  #linesMs = FIRST_LINES_MS;
  readonly #heights = new Map<string, number>();
  #running: readonly NodeSnapshot[] = [];

  constructor(bench: WatchedNetwork, signal: AbortSignal) {
    this.#bench = bench;
    this.#signal = signal;
    // Each node's log listens to it, and there may be many.
    setMaxListeners(0, signal);
    this.#nodes = new Map(networkNodes(bench.spec).map((each) => [each.node.name, each]));
  }

  async *events(): AsyncGenerator<NetworkEvent> {
    const ended = Promise.all([this.#watch(), this.#measure()]);
    while (!this.#signal.aborted) {
      yield* this.#told.splice(0);
      await this.#telling.next(this.#signal);
    }
    clearTimeout(this.#tellingLines);
    await ended;
  }

  #tell(body: Body<NetworkEvent>): void {
    this.#told.push({ ...body, at: Date.now() });
    this.#telling.notify();
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#signal }).catch(() => undefined);
  }

  async #watch(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#watchUntilLost().catch(() => undefined);
      if (this.#signal.aborted) return;
      this.#tell({ type: 'engine-lost' });
      this.#inspected.clear();
      // With the engine go the logs that were followed.
      for (const node of this.#followed.keys()) this.#followed.set(node, '');
      await this.#pause(RETRY_MS);
    }
  }

  async #watchUntilLost(): Promise<void> {
    const { docker } = this.#bench;
    const lost = new AbortController();
    let settling: NodeJS.Timeout | undefined;
    const stop = await docker.watchEvents(
      { type: ['container'], event: EVENTS },
      ({ id, attributes }) => {
        if (!this.#isOurs(attributes.name ?? '', attributes)) return;
        this.#inspected.delete(id);
        this.#changed.notify();
        clearTimeout(settling);
        settling = setTimeout(() => this.#changed.notify(), SETTLE_MS);
      },
      () => lost.abort(),
    );
    try {
      const here = AbortSignal.any([this.#signal, lost.signal]);
      for (this.#changed.notify(); !here.aborted; ) {
        await this.#changed.next(here);
        if (!here.aborted) await this.#look();
      }
    } finally {
      clearTimeout(settling);
      stop();
    }
  }

  #isOurs(name: string, labels: Readonly<Record<string, string>>): boolean {
    const { project } = this.#bench;
    const isNode = labels[LABEL.project] === project && labels[LABEL.role] === 'node';
    return isNode || isOurChaincode(project)(name);
  }

  async #look(): Promise<void> {
    const all = await this.#bench.docker.listContainers();
    const ours = all.filter(({ name, labels }) => this.#isOurs(name, labels));
    const nodes = await Promise.all(
      ours.filter(({ labels }) => labels[LABEL.role] === 'node').map((each) => this.#inspect(each)),
    );
    const here = nodes.filter((node) => node !== undefined);
    const seen = here.length === 0 ? [] : [...here, ...this.#removed(here)];
    const chaincodes = ours.flatMap((each) => this.#chaincodeOf(each));
    this.#running = seen.filter(({ state }) => state === 'running');
    this.#tell({ type: 'seen', nodes: seen, chaincodes });
    for (const node of here) this.#follow(node);
    for (const node of this.#running) void this.#ask(node);
  }

  /** The nodes of the network whose containers somebody has removed, while others are left. */
  #removed(here: readonly NodeSnapshot[]): NodeSnapshot[] {
    const all = [...this.#nodes].map(([node, { role }]) => ({ node, role }) as const);
    return [...all, { node: 'cli', role: 'cli' } as const]
      .filter(({ node }) => !here.some((each) => each.node === node))
      .map((gone) => ({ ...REMOVED, ...gone }));
  }

  async #inspect({ id, name, labels, state, imageId }: ContainerInfo): Promise<NodeSnapshot | undefined> {
    const known = this.#inspected.get(id);
    if (known?.state === state) return known;
    const found = await this.#bench.docker.inspectContainer(id);
    if (!found) return undefined;
    const node = labels[LABEL.node] ?? name;
    // What the list says can be a moment older than the event.
    const { state: now, startedAt, exitCode, outOfMemory, imageName } = found;
    const seen: NodeSnapshot = {
      node,
      role: this.#nodes.get(node)?.role ?? 'cli',
      container: id,
      state: now,
      startedAt,
      exitCode,
      outOfMemory,
      image: imageName,
      imageId,
    };
    this.#inspected.set(id, seen);
    return seen;
  }

  #chaincodeOf({ id, name, state }: ContainerInfo): readonly ChaincodeSnapshot[] {
    const rest = name.slice(this.#bench.project.length + 1);
    const peer = [...this.#nodes.keys()].find((node) => rest.startsWith(`${node}-`));
    if (peer === undefined || !isOurChaincode(this.#bench.project)(name)) return [];
    const chaincode = withoutHash(rest.slice(peer.length + 1));
    return [{ peer, container: id, chaincode, running: state === 'running' }];
  }

  /** From its last lines on, and after another start from there on. */
  #follow({ node, container, startedAt }: NodeSnapshot): void {
    const start = `${container} ${startedAt}`;
    const before = this.#followed.get(node);
    if (before === start) return;
    this.#followed.set(node, start);
    const from = this.#heardUntil.get(node) ?? '';
    this.#bench.docker
      .followLog(container, {
        tail: TAIL_LINES,
        since: Date.parse(from) || (before === undefined ? 0 : startedAt),
        timestamps: true,
        signal: this.#signal,
        onLine: (line) => this.#hear(node, line, from),
      })
      // Gone with its container, or we are.
      .catch(() => undefined);
  }

  /**
   * @param stamped the time at which it was said, a blank, and what was said
   * @param from what was heard already; the engine is asked to the millisecond only
   */
  #hear(node: string, stamped: string, from: string): void {
    const cut = stamped.indexOf(' ');
    const at = stamped.slice(0, cut);
    if (at <= from) return;
    this.#heardUntil.set(node, at);
    const line = stamped.slice(cut + 1);
    const block = BLOCK.exec(line);
    if (block && block[1] === this.#bench.spec.channel) this.#heights.set(node, Number(block[2]) + 1);
    this.#said.push({ node, line, at });
    if (this.#said.length > 2 * MOST_LINES) this.#said.splice(0, MOST_LINES);
    this.#tellingLines ??= setTimeout(() => this.#tellLines(), this.#linesMs);
  }

  #tellLines(): void {
    this.#tellingLines = undefined;
    this.#linesMs = LINES_MS;
    // The same form for all, so that their order is that of their texts.
    const lines = this.#said.splice(0).sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
    this.#tell({ type: 'lines', lines: lines.slice(-MOST_LINES) });
    for (const [node, height] of this.#heights) this.#tell({ type: 'height', node, height });
    this.#heights.clear();
  }

  /** Once after each start: does it take connections, and how many blocks has it? */
  async #ask({ node, role, container, startedAt }: NodeSnapshot): Promise<void> {
    const known = this.#nodes.get(node);
    const start = `${container} ${startedAt}`;
    if (!known || this.#asked.get(node) === start) return;
    this.#asked.set(node, start);
    try {
      await until({
        what: node,
        deadlineMs: ANSWER_MS,
        signal: this.#signal,
        poll: async () => {
          // It was started again, or has ended: somebody else asks, or nobody.
          const current = this.#running.some(
            (each) => each.container === container && each.startedAt === startedAt,
          );
          if (!current) throw new Error('no such start any more');
          return askNode(known, this.#bench.spec.tls);
        },
      });
      this.#tell({ type: 'answers', node, container });
      if (role === 'peer') await this.#askHeight(node);
    } catch {
      // It does not answer, and that is how it is shown.
    }
  }

  /** 1.0 has no such command; its log tells. */
  async #askHeight(node: string): Promise<void> {
    const { spec } = this.#bench;
    const peer = spec.orgs.flatMap(({ peers }) => peers).find(({ name }) => name === node);
    const cli = this.#running.find(({ role }) => role === 'cli');
    if (!peer || !cli) return;
    const args = ['channel', 'getinfo', '-c', spec.channel];
    const { exitCode, stdout } = await askPeer(this.#bench, cli.container, peer, args, {
      signal: this.#signal,
    });
    const height = /"height":\s*(\d+)/.exec(stdout)?.[1];
    if (exitCode === 0 && height !== undefined) this.#tell({ type: 'height', node, height: Number(height) });
  }

  async #measure(): Promise<void> {
    for (let looks = 0; !this.#signal.aborted; ) {
      await this.#pause(looks < 2 ? FIRST_USAGE_MS : USAGE_MS);
      const measured = await Promise.all(
        this.#running.map(async ({ node, container }) => {
          const usage = await this.#bench.docker.usage(container).catch(() => undefined);
          return usage ? [[node, usage] as const] : [];
        }),
      );
      const usage = Object.fromEntries(measured.flat());
      if (Object.keys(usage).length === 0) continue;
      looks += 1;
      this.#tell({ type: 'usage', usage });
    }
  }
}

/**
 * What happens in a network, until the signal fires: first all that is there, then what changes. An engine that
 * does not answer is waited for.
 */
export function watchNetwork(bench: WatchedNetwork, signal: AbortSignal): AsyncGenerator<NetworkEvent> {
  return new NetworkWatch(bench, signal).events();
}
