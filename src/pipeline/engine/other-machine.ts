/** The engine of a machine besides the selected one, and whether it answers. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Machine } from '../core/engine-origin.ts';
import { WizardFailure } from '../core/failure.ts';
import { DockerPort } from './docker-port.ts';
import { type EngineAddress, machineAddress } from './engine-address.ts';
import { lostEngine } from './engine-connection.ts';
import type { WatchEngine } from './engine-events.ts';

/** How long the engine of another machine may take to answer. */
const PATIENCE_MS = 4000;
/** How long another machine may take to accept a connection: one in the same Swarm is near. */
const CONNECT_MS = 1500;
/** How long a machine that refused a connection at once is not asked again. */
const REST_MS = 2000;
/** How long a machine that did not answer for so long is not asked again: the next question would wait as long. */
const LONG_REST_MS = 10_000;
const LONG_MS = 1000;
/** Pause before the events of a machine that is gone are asked for again. */
const RETRY_MS = 1000;
/** Pause between questions whether a machine is there: nothing ends the connection to a host that is cut off. */
const BEAT_MS = 3000;

/** Type of the events that tell that a machine has gone (`lost`) or is `back`. Their id is its name. */
export const MACHINE_EVENT = 'machine';

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}

export interface Asking {
  readonly patienceMs?: number;
  /** Whether to ask a machine that rests. */
  readonly anyway?: boolean;
}

/** An engine besides the selected one. It may be unreachable for a while. */
export class OtherEngine {
  readonly machine: Machine;
  readonly #address: EngineAddress;
  readonly #signal: AbortSignal | undefined;
  #port: DockerPort;
  /** Ends the requests that a machine does not answer. */
  #end = new AbortController();
  #restsUntil = 0;
  /** Whether the last question got no answer. */
  #isSilent = false;

  constructor(machine: Machine, signal: AbortSignal | undefined) {
    this.machine = machine;
    this.#address = machineAddress(machine);
    this.#signal = signal;
    this.#port = this.#connect();
  }

  get port(): DockerPort {
    return this.#port;
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  #connect(): DockerPort {
    this.#end = new AbortController();
    const { signal } = this.#end;
    const ended = this.#signal ? AbortSignal.any([this.#signal, signal]) : signal;
    return new DockerPort(this.#address, ended, CONNECT_MS);
  }

  /** Returns the failure of what needs the machine while it does not answer. */
  lost(): WizardFailure {
    return lostEngine(this.#address, { key: 'detail.no-answer', seconds: PATIENCE_MS / 1000 });
  }

  /** Returns an answer; undefined if the machine does not answer. @param question its signal fires if another one found this */
  async ask<T>(
    question: (docker: DockerPort, end: AbortSignal) => Promise<T>,
    { patienceMs = PATIENCE_MS, anyway = false }: Asking = {},
  ): Promise<T | undefined> {
    if (!anyway && performance.now() < this.#restsUntil) return undefined;
    const late = new AbortController();
    const end = this.#end;
    const askedAt = performance.now();
    try {
      const answer = await Promise.race([
        question(this.#port, end.signal).then((value) => ({ value })),
        delay(patienceMs, undefined, { signal: late.signal }).catch(() => undefined),
      ]);
      if (answer) {
        this.#isSilent = false;
        this.#restsUntil = 0;
        return answer.value;
      }
      this.#giveUp(end, patienceMs);
    } catch (error) {
      if (!(error instanceof WizardFailure && error.failure.kind === 'engine')) throw error;
      // The other questions would wait as long.
      if (performance.now() - askedAt > LONG_MS) this.#giveUp(end, CONNECT_MS);
    } finally {
      late.abort();
    }
    const now = performance.now();
    this.#isSilent = true;
    this.#restsUntil = now + (now - askedAt > LONG_MS ? LONG_REST_MS : REST_MS);
    return undefined;
  }

  /** Ends everything that waits for the machine: a connection to a machine that was cut off stays open for many minutes. */
  #giveUp(end: AbortController, patienceMs: number): void {
    // Another question has done so.
    if (end !== this.#end) return;
    end.abort(lostEngine(this.#address, { key: 'detail.no-answer', seconds: patienceMs / 1000 }));
    this.#port = this.#connect();
  }

  /** Tells the machine's events until `ended` fires. Resolves when it listens, or when the machine did not answer. */
  async watch(filters: WatchEngine[0], onEvent: WatchEngine[1], ended: AbortSignal): Promise<void> {
    const tell = (action: 'lost' | 'back') => {
      if (!ended.aborted) onEvent({ type: MACHINE_EVENT, action, id: this.machine.name, attributes: {} });
    };
    const listen = async () => {
      const gone = new AbortController();
      const begin = (docker: DockerPort, end: AbortSignal) =>
        docker.watchEvents(filters, onEvent, () => gone.abort(), AbortSignal.any([end, ended]));
      // An engine that starts can refuse requests.
      const stop = await this.ask(begin, { anyway: true }).catch(() => undefined);
      return stop && { stop, gone: AbortSignal.any([ended, gone.signal]) };
    };
    const first = await listen();
    void (async () => {
      for (let heard = first; !ended.aborted; ) {
        if (heard) await this.#untilSilent(heard.gone);
        heard?.stop();
        tell('lost');
        for (heard = undefined; !heard && !ended.aborted; heard = await listen())
          await pause(RETRY_MS, ended);
        if (ended.aborted) heard?.stop();
        else tell('back');
      }
    })();
  }

  /** Waits until the machine does not answer, or until the signal fires. */
  async #untilSilent(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(BEAT_MS, signal);
      if (signal.aborted) return;
      const isThere = this.ask((docker, end) =>
        docker.version(PATIENCE_MS, AbortSignal.any([signal, end])),
      ).catch(() => true);
      if (!(await isThere)) return;
    }
  }
}
