/** PURE: makes a plan from the stage definitions, the observed state and the goal. */

import type { ObservedState } from '../context/observed-state.ts';
import type { AnyStage, Decision, DecisionInput, PlanGoal, StageCost } from '../context/stage-definition.ts';
import { expectedSeconds, NOTHING, type Resources } from '../core/budget.ts';
import { criticalPath } from '../core/critical-path.ts';
import { paceOf } from '../core/pace.ts';
import { type NetworkReplacement, type Plan, type PlannedStage, timingNames } from '../core/plan.ts';

/** Leaves one core free when a stage uses all cores, so that a base image can be pulled at the same time. */
function withinBudget({ cores, memoryMb }: StageCost, budget: Resources): Resources {
  return { cores: Number.isFinite(cores) ? cores : Math.max(1, budget.cores - 1), memoryMb };
}

/** Returns the expected seconds by the definition. */
function guessOf(stage: AnyStage, observed: ObservedState): number {
  const { seconds, practiceSeconds } = stage.cost(observed);
  return (observed.practice ? practiceSeconds : undefined) ?? seconds;
}

/**
 * Returns the factor by which the guesses are too short on this machine, from the stages that earlier runs have
 * measured. It is at least 1: a stage can be quick because its work was done already.
 */
function slowness(definitions: readonly AnyStage[], observed: ObservedState): number {
  const measured = definitions.flatMap((stage) => {
    const seconds = observed.stageSeconds[stage.id];
    return seconds === undefined ? [] : { expected: guessOf(stage, observed), seconds, guessed: true };
  });
  return Math.max(1, paceOf(measured).pace);
}

/** Returns the network that the user has to give up for this plan. One that has neither nodes nor ledgers is no loss. */
function replacementOf({ network }: ObservedState, { until }: PlanGoal): NetworkReplacement | undefined {
  const { crypto, changes, inPlace, kept, running } = network;
  if (until !== 'up' || crypto !== 'changed' || !inPlace) return undefined;
  if (inPlace.ledgers === 0 && !running) return undefined;
  return { ...inPlace, changes, ...(kept ? { by: kept.instance } : {}) };
}

/**
 * @param definitions in an order where needs come first
 * @param budget cores and memory for all stages that run at once
 */
export function makePlan<Id extends string>(
  definitions: readonly (AnyStage & { readonly id: Id })[],
  observed: ObservedState,
  goal: PlanGoal,
  budget: Resources,
): Plan<Id> {
  const scope = { observed, goal };
  const included = definitions.filter((stage) => stage.isIncluded(scope));
  const ids = new Set<string>(included.map(({ id }) => id));
  const decisions = new Map<string, Decision>();
  const decisionOf = (stage: AnyStage): Decision => {
    const known = decisions.get(stage.id);
    if (known) return known;
    const decision = stage.decide(input);
    decisions.set(stage.id, decision);
    return decision;
  };
  const input: DecisionInput = {
    ...scope,
    runs: (...stages) => stages.some((stage) => ids.has(stage.id) && decisionOf(stage).run),
  };
  const bytes = (of: 'engineBytes' | 'stateBytes') =>
    included
      .filter((stage) => decisionOf(stage).run)
      .reduce((sum, stage) => sum + (stage.cost(observed)[of] ?? 0), 0);
  const factor = slowness(definitions, observed);
  const stages = included.map((stage): PlannedStage<Id> => {
    const { run, cause, targets } = decisionOf(stage);
    const waitsFor = stage.waitsFor?.(scope) ?? stage.needs;
    const cost = stage.cost(observed);
    const measured = timingNames({ id: stage.id, cause })
      .map((name) => observed.stageSeconds[name])
      .find((seconds) => seconds !== undefined);
    return {
      id: stage.id,
      needs: waitsFor.map(({ id }) => id).filter((id) => ids.has(id)),
      cause,
      action: run ? 'run' : 'cached',
      weight: run ? (measured ?? Math.round(10 * factor * guessOf(stage, observed)) / 10) : 0,
      guessed: run && measured === undefined,
      cost: run ? withinBudget(cost, budget) : NOTHING,
      ...(targets ? { targets } : {}),
    };
  });
  const replaces = replacementOf(observed, goal);
  return {
    stages,
    criticalPath: criticalPath(stages).ids,
    seconds: Math.round(10 * expectedSeconds(stages, budget)) / 10,
    guessed: stages.some(({ guessed, weight }) => guessed && weight > 0),
    budget,
    disk: { engineBytes: bytes('engineBytes'), stateBytes: bytes('stateBytes') },
    ...(replaces ? { replaces } : {}),
  };
}
