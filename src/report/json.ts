import type { RunEvent } from '../pipeline/run/events.ts';
import { describeFailure, type FailureDescription } from '../pipeline/run/failure-text.ts';
import type { Reporter } from './reporter.ts';

function descriptionOf(event: RunEvent): FailureDescription | undefined {
  if (event.type === 'stage-failed') return describeFailure(event.failure, event.diagnosis);
  return event.type === 'run-finished' && event.failure ? describeFailure(event.failure) : undefined;
}

/**
 * One event a line, as it is; an event with a `failure` also carries the words of `describeFailure` under
 * `described`. `run-finished` is the last line of its run: what a dying process still says is left out.
 */
export function createJsonReporter(options: { readonly write: (text: string) => void }): Reporter {
  let phase: 'open' | 'finished' | 'closed' = 'open';
  return {
    onEvent(event) {
      if (phase === 'finished' && event.type === 'run-started') phase = 'open';
      if (phase !== 'open') return;
      const described = descriptionOf(event);
      const line = described ? { ...event, described } : event;
      options.write(`${JSON.stringify(line)}\n`);
      if (event.type === 'run-finished') phase = 'finished';
    },
    async close() {
      phase = 'closed';
    },
  };
}
