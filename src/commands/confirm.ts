/** Yes-or-no questions on the terminal. */
import { createInterface } from 'node:readline/promises';
import { CancelledError } from '../pipeline/core/failure.ts';
import { shownText } from '../report/terminal-text.ts';

/** Whether the terminal is interactive. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/**
 * Asks a yes-or-no question on the terminal.
 * @param byDefault the answer for Enter
 * @throws CancelledError on Ctrl-C, on Ctrl-D, or when the signal fires
 */
export async function confirm(question: string, byDefault: boolean, signal?: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new AbortController();
  lines.once('close', () => closed.abort());
  lines.once('SIGINT', () => lines.close());
  try {
    const cancelled = signal ? AbortSignal.any([signal, closed.signal]) : closed.signal;
    const answer = await lines.question(`${shownText(question)} ${byDefault ? '[Y/n]' : '[y/N]'} `, {
      signal: cancelled,
    });
    return answer.trim() === '' ? byDefault : /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw new CancelledError();
    throw error;
  } finally {
    lines.close();
  }
}
