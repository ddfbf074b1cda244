/** PURE: the expected remaining time of a run. */
import { remainingSeconds, type Timed } from './critical-path.ts';
import { type RunState, type StageState, shareOf } from './run-state.ts';

/** Returns the remaining seconds of a stage: from its progress if it reports one, else from its elapsed time. */
function remainingOf(stage: StageState, now: number): number {
  if (stage.status === 'pending') return stage.weight;
  if (stage.status !== 'running') return 0;
  const share = shareOf(stage);
  if (share > 0) return stage.weight * (1 - share);
  return Math.max(0, stage.weight - (now - (stage.startedAt ?? now)) / 1000);
}

function criticalSeconds(stages: readonly Timed[]): number {
  return Math.max(0, ...remainingSeconds(stages).values());
}

/**
 * Returns the seconds to the end of the run: the critical path of the remaining stages, multiplied by the factor by
 * which limited resources make the whole plan longer. 0 if the run takes longer than expected.
 * @param now milliseconds since the epoch
 * @returns undefined if the run has ended or has no expected time
 */
export function secondsLeft(state: RunState, now: number): number | undefined {
  const whole = criticalSeconds(state.stages);
  if (state.outcome !== undefined || whole === 0) return undefined;
  const left = criticalSeconds(state.stages.map((stage) => ({ ...stage, weight: remainingOf(stage, now) })));
  return left * Math.max(1, state.expected / whole);
}
