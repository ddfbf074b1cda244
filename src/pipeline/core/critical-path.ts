/** PURE: the critical path of a plan. Stages outside it do not make the run longer. */

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
 * Returns, by stage id, the seconds from the start of the stage to the end of the last stage that depends on it, with
 * unlimited cores.
 * @param stages each after the stages that it needs
 */
export function remainingSeconds(stages: readonly Timed[]): ReadonlyMap<string, number> {
  const remaining = new Map<string, number>();
  for (const stage of stages.toReversed()) {
    const after = dependentsOf(stage, stages).map(({ id }) => remaining.get(id) ?? 0);
    remaining.set(stage.id, stage.weight + Math.max(0, ...after));
  }
  return remaining;
}

/** Sorts stages by their remaining seconds, the longest first. Equal ones keep their order. */
export function byUrgency<S extends Timed>(stages: readonly S[]): readonly S[] {
  const remaining = remainingSeconds(stages);
  const of = ({ id }: Timed) => remaining.get(id) ?? 0;
  return stages.toSorted((a, b) => of(b) - of(a));
}

/**
 * Returns the stages of the critical path that take time, in order, and their total of seconds.
 * @param stages each after the stages that it needs
 */
export function criticalPath(stages: readonly Timed[]): {
  readonly ids: readonly string[];
  readonly seconds: number;
} {
  const urgent = byUrgency(stages);
  const path: Timed[] = [];
  for (let [stage] = urgent; stage; [stage] = dependentsOf(stage, urgent)) path.push(stage);
  return {
    ids: path.filter(({ weight }) => weight > 0).map(({ id }) => id),
    seconds: path.reduce((sum, { weight }) => sum + weight, 0),
  };
}
