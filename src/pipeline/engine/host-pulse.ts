/** Ends the connections to a host that is gone: no packet tells that a machine was cut off, so its answers are awaited for ever. */
import type { Agent } from 'node:http';
import type { Socket } from 'node:net';
import type { WizardFailure } from '../core/failure.ts';

/** Pause between questions whether the host is there. */
const BEAT_MS = 2000;
/** How long it may take to accept a connection. Its kernel does, however busy its engine is. */
const SILENT_MS = 5000;
/** After which a handshake is given up. */
const HANDSHAKE_MS = 30_000;
/** How long it may take when the run is cancelled, which must not wait for it. */
const HURRIED_MS = 700;

/** Opens a connection as those of the requests are: an engine with TLS logs an error for one without a handshake. */
export interface PulseHost {
  readonly open: () => Socket;
  /** The event of the socket after which the engine takes its end for nothing special. */
  readonly opened: 'connect' | 'secureConnect';
}

/** Whether the host accepts a connection. @param limitMs in which it has to */
function accepts({ open, opened }: PulseHost, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = open().unref();
    const fail = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(false);
    };
    // If this process was busy for so long, the answer may be there already: it is read before `setImmediate`.
    const timer = setTimeout(() => setImmediate(fail), limitMs);
    // The kernel accepts it. An engine that is busy takes longer for a handshake, which is not waited for.
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(true);
    });
    socket.once(opened, () => socket.end());
    socket.on('error', fail).setTimeout(HANDSHAKE_MS, () => socket.destroy());
  });
}

/**
 * Asks the host at intervals, as long as requests are in flight, whether it is there. If it is not, all of them fail. How long they
 * take does not matter: the engine of a machine that is there can build for hours.
 * @param agent has the connections
 * @param lost returns the failure of the requests
 * @param signal asks at once when it fires
 */
export class HostPulse {
  readonly #agent: Agent;
  readonly #lost: () => WizardFailure;
  readonly #signal: AbortSignal | undefined;
  readonly #sockets = new Map<Socket, PulseHost>();
  #timer: NodeJS.Timeout | undefined;

  constructor(agent: Agent, lost: () => WizardFailure, signal: AbortSignal | undefined) {
    this.#agent = agent;
    this.#lost = lost;
    this.#signal = signal;
  }

  /** Begins to watch a connection. @param at opens another one to the same host */
  watch(socket: Socket, at: PulseHost): void {
    this.#sockets.set(socket, at);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#stop();
    });
    if (this.#timer) return;
    this.#timer = setInterval(() => void this.#beat(SILENT_MS), BEAT_MS).unref();
    this.#signal?.addEventListener('abort', this.#onAbort);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = () => void this.#beat(HURRIED_MS);

  async #beat(limitMs: number): Promise<void> {
    const idle = new Set(Object.values(this.#agent.freeSockets).flat());
    const busy = [...this.#sockets].filter(([socket]) => !socket.connecting && !idle.has(socket));
    const [first] = busy;
    if (!first || (await accepts(first[1], limitMs))) return;
    for (const [socket] of busy) socket.destroy(this.#lost());
  }
}
