/** Waits for a state by polling. */
import { setTimeout as delay } from 'node:timers/promises';
import { CancelledError, type LogTail, WizardFailure } from './failure.ts';
import type { Text } from './phrase.ts';

export interface Polling<T> {
  /** The awaited state. */
  readonly what: Text;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Resolves with `yes` to end the wait, or with `no` and the reason to poll again. Throwing ends the wait. */
  readonly poll: () => Promise<{ readonly yes: T } | { readonly no: Text }>;
  /** Logs to show when the deadline passes. */
  readonly evidence?: () => Promise<readonly LogTail[]>;
}

/**
 * Polls until the answer is `yes`. The interval grows from 50 ms to 500 ms.
 * @throws WizardFailure `timeout`; CancelledError
 */
export async function until<T>(polling: Polling<T>): Promise<T> {
  const start = performance.now();
  let pause = 50;
  let last: Text = '';
  for (;;) {
    if (polling.signal.aborted) throw new CancelledError();
    const answer = await polling.poll();
    if ('yes' in answer) return answer.yes;
    last = answer.no;
    if (performance.now() - start > polling.deadlineMs) {
      throw new WizardFailure({
        kind: 'timeout',
        what: polling.what,
        seconds: Math.round(polling.deadlineMs / 1000),
        last,
        nodes: await polling.evidence?.().catch(() => []),
      });
    }
    await delay(pause, undefined, { signal: polling.signal }).catch(() => {
      throw new CancelledError();
    });
    pause = Math.min(pause * 1.5, 500);
  }
}
