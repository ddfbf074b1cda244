/** PURE: how long a run that goes on will still take. */
import { remainingSeconds, type Timed } from './critical-path.ts';
import { type RunState, type StageState, shareOf } from './run-state.ts';

/** Seconds that the stage still takes, by what it has done where it says so, else by the time that it has had. */
function leftOf(stage: StageState, now: number): number {
  if (stage.status === 'pending') return stage.weight;
  if (stage.status !== 'running') return 0;
  const share = shareOf(stage);
  if (share > 0) return stage.weight * (1 - share);
  return Math.max(0, stage.weight - (now - (stage.startedAt ?? now)) / 1000);
}

function longestWay(stages: readonly Timed[]): number {
  return Math.max(0, ...remainingSeconds(stages).values());
}

/**
 * Seconds to the end of the run: the longest way through what is left, stretched as the plan's own is by stages
 * that wait for room. 0 where it has taken longer than anybody expected.
 * @param now milliseconds since the epoch
 * @returns undefined where there is nothing to expect
 */
export function secondsLeft(state: RunState, now: number): number | undefined {
  const whole = longestWay(state.stages);
  if (state.outcome !== undefined || whole === 0) return undefined;
  const left = longestWay(state.stages.map((stage) => ({ ...stage, weight: leftOf(stage, now) })));
  return left * Math.max(1, state.expected / whole);
}
