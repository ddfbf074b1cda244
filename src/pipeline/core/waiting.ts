/** Waiting by asking: no fixed sleep stands for a state anywhere. */
import { setTimeout as delay } from 'node:timers/promises';
import { CancelledError, type LogTail, WizardFailure } from './failure.ts';
import type { Text } from './phrase.ts';

export interface Question<T> {
  readonly what: Text;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Resolves with a value when the answer is yes; with a `no` text to ask again. Throwing ends the wait. */
  readonly ask: () => Promise<{ readonly yes: T } | { readonly no: Text }>;
  /** Logs to show when the deadline passes. */
  readonly evidence?: () => Promise<readonly LogTail[]>;
}

/** Asks again, more and more slowly (50 ms to 500 ms), until yes. @throws WizardFailure `timeout` */
export async function until<T>(question: Question<T>): Promise<T> {
  const start = performance.now();
  let pause = 50;
  let last: Text = '';
  for (;;) {
    if (question.signal.aborted) throw new CancelledError();
    const answer = await question.ask();
    if ('yes' in answer) return answer.yes;
    last = answer.no;
    if (performance.now() - start > question.deadlineMs) {
      throw new WizardFailure({
        kind: 'timeout',
        what: question.what,
        seconds: Math.round(question.deadlineMs / 1000),
        last,
        nodes: await question.evidence?.().catch(() => []),
      });
    }
    await delay(pause, undefined, { signal: question.signal }).catch(() => {
      throw new CancelledError();
    });
    pause = Math.min(pause * 1.5, 500);
  }
}
