/** PURE: which way through the plan takes longest. Nothing that is off this way makes the run longer. */

export interface Timed {
  readonly id: string;
  readonly needs: readonly string[];
  /** Expected seconds. */
  readonly weight: number;
}

function dependentsOf<S extends Timed>(stage: Timed, stages: readonly S[]): readonly S[] {
  return stages.filter(({ needs }) => needs.includes(stage.id));
}

/**
 * By id, the seconds from a stage's start to the end of the last stage that waits for it, cores being plenty.
 * @param stages in an order where needs come first
 */
export function remainingSeconds(stages: readonly Timed[]): ReadonlyMap<string, number> {
  const remaining = new Map<string, number>();
  for (const stage of stages.toReversed()) {
    const after = dependentsOf(stage, stages).map(({ id }) => remaining.get(id) ?? 0);
    remaining.set(stage.id, stage.weight + Math.max(0, ...after));
  }
  return remaining;
}

/** The longest first; of equals, the plan's order. */
export function byUrgency<S extends Timed>(stages: readonly S[]): readonly S[] {
  const remaining = remainingSeconds(stages);
  const of = ({ id }: Timed) => remaining.get(id) ?? 0;
  return stages.toSorted((a, b) => of(b) - of(a));
}

/**
 * The stages of the longest way that take time, from first to last, and the seconds that they take together.
 * @param stages in an order where needs come first
 */
export function criticalPath(stages: readonly Timed[]): {
  readonly ids: readonly string[];
  readonly seconds: number;
} {
  const urgent = byUrgency(stages);
  const way: Timed[] = [];
  for (let [stage] = urgent; stage; [stage] = dependentsOf(stage, urgent)) way.push(stage);
  return {
    ids: way.filter(({ weight }) => weight > 0).map(({ id }) => id),
    seconds: way.reduce((sum, { weight }) => sum + weight, 0),
  };
}
