import type { RunEvent } from '../pipeline/core/events.ts';
import { describeFailure, type FailureDescription } from './failure-text.ts';
import { jsonText, translatorFor } from './language/translator.ts';
import type { Reporter } from './reporter.ts';

/** JSON output is always in English, so that programs can rely on it. */
const ENGLISH = translatorFor('en');

function descriptionOf(event: RunEvent): FailureDescription | undefined {
  if (event.type === 'stage-failed') return describeFailure(event.failure, ENGLISH, event.diagnosis);
  return event.type === 'run-finished' && event.failure ? describeFailure(event.failure, ENGLISH) : undefined;
}

/**
 * Creates a reporter that writes one event per line, with phrases in English. An event with a `failure` also
 * carries the result of `describeFailure` under `described`. `run-finished` is the last line of a run: later
 * events are dropped.
 */
export function createJsonReporter(options: { readonly write: (text: string) => void }): Reporter {
  let phase: 'open' | 'finished' | 'closed' = 'open';
  let isStarted = false;
  /** Events before `run-started`, which is the first line of a run. */
  const held: RunEvent[] = [];
  const write = (event: RunEvent) => {
    const described = descriptionOf(event);
    const line = described ? { ...event, described } : event;
    options.write(`${jsonText(line)}\n`);
  };
  return {
    onEvent(event) {
      if (phase === 'finished' && event.type === 'run-started') phase = 'open';
      if (phase !== 'open') return;
      isStarted ||= event.type === 'run-started';
      if (!isStarted) {
        held.push(event);
        return;
      }
      write(event);
      for (const earlier of held.splice(0)) write(earlier);
      if (event.type === 'run-finished') phase = 'finished';
    },
    async close() {
      phase = 'closed';
    },
  };
}
