/**
 * Recorded runs through every fold. The golden files beside the recordings are the event language's
 * documentation; `npx vitest run --project unit -u` rewrites them.
 */
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/pipeline/core/events.ts';
import {
  initialRunState,
  overallProgress,
  type RunState,
  reduceRun,
} from '../../../src/pipeline/core/run-state.ts';
import { createJsonReporter } from '../../../src/report/json.ts';
import { createPlainReporter } from '../../../src/report/plain.ts';
import type { Reporter } from '../../../src/report/reporter.ts';
import { recorded } from '../../support/recorded.ts';

const recordings = new URL('../../recordings/', import.meta.url);

function written(events: readonly RunEvent[], create: (write: (text: string) => void) => Reporter): string {
  let output = '';
  const reporter = create((text) => {
    output += text;
  });
  for (const event of events) reporter.onEvent(event);
  return output;
}

function summaryOf(state: RunState): string {
  const stages = state.stages.map(({ tail, ...stage }) => ({
    ...stage,
    tail: { lines: tail.lines.length, dropped: tail.dropped },
  }));
  return `${JSON.stringify({ ...state, stages }, null, 1)}\n`;
}

describe.each(['up-1.4.12', 'up-practice-failed'] as const)('the recorded run %s', (name) => {
  const events = recorded(name);
  const golden = (suffix: string) => new URL(`${name}.${suffix}`, recordings).pathname;

  test('as run state', async () => {
    await expect(summaryOf(events.reduce(reduceRun, initialRunState))).toMatchFileSnapshot(
      golden('state.txt'),
    );
  });

  test('as plain text', async () => {
    const text = written(events, (write) =>
      createPlainReporter({ write, colour: false, verbose: false, unicode: true }),
    );
    await expect(text).toMatchFileSnapshot(golden('plain.txt'));
  });

  test('as verbose ASCII in 60 columns', async () => {
    const text = written(events, (write) =>
      createPlainReporter({ write, colour: false, verbose: true, unicode: false, columns: 60 }),
    );
    await expect(text).toMatchFileSnapshot(golden('verbose.txt'));
  });

  test('as JSON', async () => {
    const text = written(events, (write) => createJsonReporter({ write }));
    await expect(text).toMatchFileSnapshot(golden('json.txt'));
  });

  test('progress starts at 0 and never goes back', () => {
    const seen = [0];
    events.reduce((state, event) => {
      const next = reduceRun(state, event);
      seen.push(overallProgress(next));
      return next;
    }, initialRunState);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(
      name === 'up-1.4.12' ? 1 : overallProgress(events.reduce(reduceRun, initialRunState)),
    );
  });
});
