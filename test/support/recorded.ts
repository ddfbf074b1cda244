/** Recorded runs, whole or up to a moment. */
import { readFileSync } from 'node:fs';
import type { RunEvent } from '../../src/pipeline/core/events.ts';
import type { Plan } from '../../src/pipeline/core/plan.ts';
import { initialRunState, type RunState, reduceRun } from '../../src/pipeline/core/run-state.ts';

export type Recording = 'up-1.4.12' | 'up-practice-failed';

export function recorded(name: Recording): RunEvent[] {
  const text = readFileSync(new URL(`../recordings/${name}.ndjson`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
}

export function recordedPlan(name: Recording): Plan {
  const [first] = recorded(name);
  if (first?.type !== 'run-started') throw new Error('a recording begins with its plan');
  return first.plan;
}

/** @param until the last event that is folded; default: the last one there is */
export function recordedState(name: Recording, until: (event: RunEvent) => boolean = () => false): RunState {
  const events = recorded(name);
  const last = events.findIndex(until);
  return events.slice(0, last < 0 ? undefined : last + 1).reduce(reduceRun, initialRunState);
}
