/** PURE: decides which stages run at the same time, and computes how long a plan takes. */
import { byUrgency, type Timed } from './critical-path.ts';

/** Resources that a stage uses while it runs, or that all stages share. */
export interface Resources {
  readonly cores: number;
  readonly memoryMb: number;
}

export const NOTHING: Resources = { cores: 0, memoryMb: 0 };

export interface Costly extends Timed {
  readonly cost: Resources;
}

/**
 * Decides which stages start: those whose needs have succeeded, the most urgent first, within the budget.
 *
 * - A stage without cost always starts.
 * - A stage that costs more than the whole budget runs alone.
 * - No stage overtakes one that waits for resources, because that one would wait even longer.
 */
export class Admission<S extends Costly> {
  readonly #budget: Resources;
  /** The most urgent stage first. */
  readonly #waiting: Set<S>;
  readonly #running: Set<S>;
  /** Ids of the stages that have not succeeded, or not yet. */
  readonly #open: Set<string>;

  /** @param running those of the stages that have started already */
  constructor(stages: readonly S[], budget: Resources, running: readonly S[] = []) {
    this.#budget = budget;
    this.#running = new Set(running);
    this.#waiting = new Set(byUrgency(stages).filter((stage) => !this.#running.has(stage)));
    this.#open = new Set(stages.map(({ id }) => id));
  }

  /** Returns the stages that start now. They count as running until `ended`. */
  admit(): readonly S[] {
    const admitted: S[] = [];
    let full = false;
    for (const stage of this.#waiting) {
      if (stage.needs.some((id) => this.#open.has(id))) continue;
      if (stage.cost.cores > 0 || stage.cost.memoryMb > 0) {
        full ||= !this.#hasRoomFor(stage);
        if (full) continue;
      }
      this.#waiting.delete(stage);
      this.#running.add(stage);
      admitted.push(stage);
    }
    return admitted;
  }

  /** @param succeeded whether stages that need this one may start */
  ended(stage: S, succeeded: boolean): void {
    this.#running.delete(stage);
    if (succeeded) this.#open.delete(stage.id);
  }

  #hasRoomFor(stage: S): boolean {
    const fits = (of: keyof Resources) => {
      const all = this.#budget[of];
      const taken = [...this.#running, stage].map(({ cost }) => Math.min(cost[of], all));
      return taken.reduce((sum, each) => sum + each, 0) <= all;
    };
    return fits('cores') && fits('memoryMb');
  }
}

/**
 * Returns the seconds that the plan takes if every stage takes its expected time and starts when it is admitted.
 * @param running those of the stages that have started already; their weight is what remains of them
 */
export function expectedSeconds(
  stages: readonly Costly[],
  budget: Resources,
  running: readonly Costly[] = [],
): number {
  const admission = new Admission(stages, budget, running);
  const endOf = new Map(running.map((stage) => [stage, stage.weight]));
  for (let now = 0; ; now = Math.min(...endOf.values())) {
    for (const [stage, end] of endOf) {
      if (end > now) continue;
      endOf.delete(stage);
      admission.ended(stage, true);
    }
    for (const stage of admission.admit()) endOf.set(stage, now + stage.weight);
    if (endOf.size === 0) return now;
  }
}
