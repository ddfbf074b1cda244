import type { RunEvent } from '../pipeline/core/events.ts';
import { secondsLeft } from '../pipeline/core/run-outlook.ts';
import { initialRunState, type RunState, reduceRun } from '../pipeline/core/run-state.ts';
import { describeFailure, type FailureDescription } from './failure-text.ts';
import { jsonText, translatorFor } from './language/translator.ts';
import type { Reporter } from './reporter.ts';

/** JSON output is always in English, so that programs can rely on it. */
const ENGLISH = translatorFor('en');

function descriptionOf(event: RunEvent): FailureDescription | undefined {
  if (event.type === 'stage-failed') return describeFailure(event.failure, ENGLISH, event.diagnosis);
  return event.type === 'run-finished' && event.failure ? describeFailure(event.failure, ENGLISH) : undefined;
}

/** Returns what an event does not contain: the failure in words, and the expected remaining seconds of the run. */
function additions(event: RunEvent, state: RunState): object {
  const described = descriptionOf(event);
  if (described) return { described };
  if (event.type !== 'stage-progress' && event.type !== 'stage-finished') return {};
  const left = secondsLeft(state, event.at);
  return { secondsLeft: typeof left === 'number' ? Math.round(10 * left) / 10 : null };
}

/** Whether an event can precede the run that it belongs to. */
function isPreliminary({ type }: RunEvent): boolean {
  return type === 'notice' || type === 'preflight-warning';
}

/**
 * Creates a reporter that writes one event per line, with phrases in English. An event with a `failure` also
 * carries the result of `describeFailure` under `described`, and the end or the progress of a stage `secondsLeft`: null
 * if it is not known. `run-started` is the first line of a run: notices and
 * warnings from before it are written after it, or when the reporter is closed if no run starts. `run-finished` is
 * the last line of a run: what stages still report is dropped.
 */
export function createJsonReporter(options: { readonly write: (text: string) => void }): Reporter {
  let phase: 'before' | 'running' | 'finished' | 'closed' = 'before';
  const held: RunEvent[] = [];
  let state: RunState = initialRunState;
  const write = (event: RunEvent) => {
    state = reduceRun(state, event);
    options.write(`${jsonText({ ...event, ...additions(event, state) })}\n`);
  };
  const writeHeld = () => {
    for (const event of held.splice(0)) write(event);
  };
  return {
    onEvent(event) {
      if (phase === 'closed') return;
      if (event.type === 'run-started') {
        phase = 'running';
        write(event);
        writeHeld();
      } else if (phase !== 'running' && isPreliminary(event)) {
        held.push(event);
      } else if (phase !== 'finished') {
        // A run that fails before it starts has no other line.
        writeHeld();
        write(event);
      }
      if (event.type === 'run-finished') phase = 'finished';
    },
    async close() {
      writeHeld();
      phase = 'closed';
    },
  };
}
