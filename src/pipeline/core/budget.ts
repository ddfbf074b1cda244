/** PURE: which stages may run at once, and how long a plan takes by that rule. */
import { byUrgency, type Timed } from './critical-path.ts';

/** What a stage takes while it runs, or what there is for all of them. */
export interface Resources {
  readonly cores: number;
  readonly memoryMb: number;
}

export const NOTHING: Resources = { cores: 0, memoryMb: 0 };

export interface Costly extends Timed {
  readonly cost: Resources;
}

/**
 * Lets stages in: those whose needs have ended well, the most urgent first, while the budget allows.
 *
 * - What costs nothing always starts.
 * - What costs more than there is takes all there is: it runs alone rather than never.
 * - Nobody overtakes a stage that waits for room: it would only wait for longer.
 */
export class Admission<S extends Costly> {
  readonly #budget: Resources;
  /** The most urgent first. */
  readonly #waiting: Set<S>;
  readonly #running = new Set<S>();
  /** Ids of the stages that have not ended well, or not yet. */
  readonly #open: Set<string>;

  constructor(stages: readonly S[], budget: Resources) {
    this.#budget = budget;
    this.#waiting = new Set(byUrgency(stages));
    this.#open = new Set(stages.map(({ id }) => id));
  }

  /** The stages that start now. They count as running until `ended`. */
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

  /** @param well whether what needs the stage may start */
  ended(stage: S, well: boolean): void {
    this.#running.delete(stage);
    if (well) this.#open.delete(stage.id);
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

/** The plan's seconds from start to end, every stage taking its weight and starting when it is let in. */
export function expectedSeconds(stages: readonly Costly[], budget: Resources): number {
  const admission = new Admission(stages, budget);
  const endOf = new Map<Costly, number>();
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
