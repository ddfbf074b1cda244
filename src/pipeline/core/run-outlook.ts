/** PURE: the expected remaining time of a run, from the pace that was observed so far. */
import { expectedSeconds, NOTHING } from './budget.ts';
import { type Observation, paceOf } from './pace.ts';
import { type Progress, type RunState, type StageState, shareOf } from './run-state.ts';

/** Share of a stage's time after which only its own progress counts and no longer its expected time. */
const TRUSTED_SHARE = 0.25;
/** A stage that is later than by this share of the time in which its progress was due is much later than expected. */
const LATE_SHARE = 0.25;
/** Stages report progress at least this often, unless a single step takes longer. */
const STEP_SECONDS = 5;
/** With less evidence than one short stage, guesses stay guesses. */
const LEAST_EVIDENCE = 0.5;
/**
 * The last packages compile one after another, because others wait for them: the time left is this power of the share
 * of packages left. Measured with Fabric 2.5 on two cores.
 */
const PACKAGE_EXPONENT = 0.6;

/** Returns the share of a stage's time that has passed when `done` units of `total` are done. */
function timeShare({ done, total, unit }: Progress): number {
  const left = 1 - Math.min(1, done / total);
  return 1 - (unit === 'packages' ? left ** PACKAGE_EXPONENT : left);
}

/** What is known of a running stage since its last progress, in seconds since its start. */
interface Progressed {
  /** When it was reported. */
  readonly at: number;
  /** The share of the stage's time that had passed. */
  readonly share: number;
  /** The same after one more unit. */
  readonly nextShare: number;
}

function progressOf({ status, progress, progressAt, startedAt }: StageState): Progressed | undefined {
  if (status !== 'running' || !progress || progress.total <= 0) return undefined;
  if (progress.done <= 0 || progressAt === undefined || startedAt === undefined) return undefined;
  return {
    at: (progressAt - startedAt) / 1000,
    share: timeShare(progress),
    nextShare: timeShare({ ...progress, done: progress.done + 1 }),
  };
}

/** Returns what a stage shows about the pace of the run; undefined as long as it shows nothing. */
function observed(stage: StageState): Observation | undefined {
  const { status, outcome, seconds, weight, guessed } = stage;
  if (status === 'done' && outcome === 'built') return { expected: weight, seconds: seconds ?? 0, guessed };
  const progress = progressOf(stage);
  return progress && { expected: weight * progress.share, seconds: progress.at, guessed };
}

/**
 * Returns the remaining seconds of a running stage. They decrease until the next sign of progress is due. If it is
 * late, they increase, because a stage that is late will probably stay so for as long again.
 * @returns undefined if the stage is much later than expected
 */
function remainingOf(stage: StageState, pace: number, now: number): number | undefined {
  const expected = stage.weight * pace;
  const elapsed = Math.max(0, now - (stage.startedAt ?? now)) / 1000;
  let [total, due] = [expected, expected];
  const progress = progressOf(stage);
  if (progress) {
    const { at, share, nextShare } = progress;
    const trust = Math.min(1, share / TRUSTED_SHARE);
    const whole = trust * (at / share) + (1 - trust) * expected;
    total = at + (1 - share) * whole;
    due = Math.min(total, at + Math.max((nextShare - share) * whole, STEP_SECONDS));
  }
  if (elapsed - due > Math.max(LATE_SHARE * due, STEP_SECONDS)) return undefined;
  return total - due + Math.abs(due - elapsed);
}

/**
 * Seconds to the end of a run. `unknown` if a stage is much later than expected, or if most of what remains is guessed
 * and nothing shows yet how fast this machine is; undefined if the run ends or has no expected time.
 */
export type TimeLeft = number | 'unknown' | undefined;

/**
 * Returns the seconds to the end of the run: what remains is planned again with the observed pace. Between two events
 * the figure changes with the clock.
 * @param now milliseconds since the epoch
 */
export function secondsLeft(state: RunState, now: number): TimeLeft {
  const { stages, outcome, budget } = state;
  const ends = outcome !== undefined || stages.some(({ status }) => status === 'failed');
  if (ends || stages.every(({ weight }) => weight === 0)) return undefined;
  const { pace, evidence } = paceOf(stages.map(observed).filter((each) => each !== undefined));
  const rest = stages.map((stage) => {
    if (stage.status === 'running') return { stage, weight: remainingOf(stage, pace, now) };
    return { stage, weight: stage.status === 'pending' ? stage.weight * pace : 0 };
  });
  const known = rest.flatMap(({ stage, weight }) => (weight === undefined ? [] : { ...stage, weight }));
  if (known.length < rest.length) return 'unknown';
  const sum = (of: readonly StageState[]) => of.reduce((seconds, { weight }) => seconds + weight, 0);
  const guesses = known.filter((stage) => stage.guessed && shareOf(stage) === 0);
  if (evidence < LEAST_EVIDENCE && sum(guesses) > sum(known) / 2) return 'unknown';
  const costed = known.map((stage) => (stage.status === 'done' ? { ...stage, cost: NOTHING } : stage));
  const running = costed.filter(({ status }) => status === 'running');
  return expectedSeconds(costed, budget, running);
}
