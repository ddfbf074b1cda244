/** Gathers facts, each at most once, all at the same time and within one deadline. */
import { join } from 'node:path';
import { messageOf } from '../engine/engine-answers.ts';
import { STATE_FOLDER } from '../host/state-folder.ts';
import { findDamage } from '../network/certificate-files.ts';
import { recordedSpec } from '../network/down-nodes.ts';
import { networkInPlace } from '../network/kept-networks.ts';
import type { Answer, DoctorFacts, FactName } from './doctor-facts.ts';
import { ENGINE_PROBES } from './engine-probes.ts';
import {
  FactSource,
  type GatheringInput,
  NotApplicable,
  type Probes,
  type TimeLimits,
} from './fact-source.ts';
import { clockAround, folderAt, selinuxMode, watchLimit } from './host-probes.ts';
import { PLAN_PROBES } from './plan-probes.ts';

const PROBES: Probes = {
  ...ENGINE_PROBES,
  ...PLAN_PROBES,
  folder: async (from) => {
    const source = await from.fact('source');
    return folderAt(from.input.dir, source.found ? source.dir : undefined);
  },
  certificates: async ({ input: { dir, project, state } }) => {
    const spec = recordedSpec(state, project);
    const network = spec && (await networkInPlace(join(dir, STATE_FOLDER), state));
    return network && { folder: network.folder, ...(await findDamage(network.folder, spec)) };
  },
  watches: () => watchLimit(),
  clock: ({ input }) => clockAround(input.dir),
  selinux: ({ input }) => selinuxMode(input.docker.address),
};

class TimedOut extends Error {}

export class FactGatherer {
  readonly #source: FactSource;
  readonly #signal: AbortSignal;
  readonly #timeout: Promise<never>;

  /**
   * @param signal cancels what is still running, at the latest after `limits.allMs`
   */
  constructor(input: GatheringInput, limits: TimeLimits, signal: AbortSignal) {
    this.#source = new FactSource(input, PROBES, limits, signal);
    this.#signal = signal;
    this.#timeout = new Promise((_, reject) => {
      if (signal.aborted) reject(new TimedOut());
      signal.addEventListener('abort', () => reject(new TimedOut()), { once: true });
    });
    // It may fire when nothing awaits it.
    this.#timeout.catch(() => undefined);
  }

  /** Returns the fact or why there is none, at the latest when the signal fires. */
  async ask<K extends FactName>(name: K): Promise<Answer<DoctorFacts[K]>> {
    try {
      return { kind: 'known', value: await Promise.race([this.#source.fact(name), this.#timeout]) };
    } catch (error) {
      if (error instanceof TimedOut || this.#signal.aborted) return { kind: 'timed-out' };
      if (error instanceof NotApplicable) return { kind: 'not-applicable' };
      return { kind: 'failed', reason: messageOf(error) };
    }
  }
}
