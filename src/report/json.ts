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

/** Whether an event can precede the run that it belongs to. */
function isPreliminary({ type }: RunEvent): boolean {
  return type === 'notice' || type === 'preflight-warning';
}

/**
 * Creates a reporter that writes one event per line, with phrases in English. An event with a `failure` also
 * carries the result of `describeFailure` under `described`. `run-started` is the first line of a run: notices and
 * warnings from before it are written after it, or when the reporter is closed if no run starts. `run-finished` is
 * the last line of a run: what stages still report is dropped.
 */
export function createJsonReporter(options: { readonly write: (text: string) => void }): Reporter {
  let phase: 'before' | 'running' | 'finished' | 'closed' = 'before';
  const held: RunEvent[] = [];
  const write = (event: RunEvent) => {
    const described = descriptionOf(event);
    const line = described ? { ...event, described } : event;
    options.write(`${jsonText(line)}\n`);
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
