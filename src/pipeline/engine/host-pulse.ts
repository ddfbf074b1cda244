/** Ends the connections to a host that is gone: no packet tells that a machine was cut off, so its answers are awaited for ever. */
import type { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { WizardFailure } from '../core/failure.ts';

/** Pause between questions whether the host is there. */
const BEAT_MS = 2000;
/** How long it may take to accept a connection. Its kernel does, however busy its engine is. */
const SILENT_MS = 5000;
/** How long it may take when the run is cancelled, which must not wait for it. */
const HURRIED_MS = 700;

export interface PulseHost {
  readonly host: string;
  readonly port: number;
}

/** Whether the host accepts a connection. @param limitMs in which it has to */
function accepts(at: PulseHost, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(at);
    const end = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    // If this process was busy for so long, the answer may be there already: it is read before `setImmediate`.
    const timer = setTimeout(() => setImmediate(end, false), limitMs);
    socket.once('connect', () => end(true)).once('error', () => end(false));
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
  readonly #at: PulseHost;
  readonly #lost: () => WizardFailure;
  readonly #signal: AbortSignal | undefined;
  readonly #sockets = new Set<Socket>();
  #timer: NodeJS.Timeout | undefined;

  constructor(agent: Agent, at: PulseHost, lost: () => WizardFailure, signal: AbortSignal | undefined) {
    this.#agent = agent;
    this.#at = at;
    this.#lost = lost;
    this.#signal = signal;
  }

  /** Begins to watch a connection. */
  watch(socket: Socket): void {
    this.#sockets.add(socket);
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
    const busy = [...this.#sockets].filter((socket) => !socket.connecting && !idle.has(socket));
    if (busy.length === 0 || (await accepts(this.#at, limitMs))) return;
    for (const socket of busy) socket.destroy(this.#lost());
  }
}
