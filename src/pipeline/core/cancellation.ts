/** Makes waiting cancellable. */
import { setMaxListeners } from 'node:events';
import { CancelledError } from './failure.ts';

/** Resolves as `work` does, or rejects with `CancelledError` as soon as the signal fires. */
export async function orCancelled<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return work;
  if (signal.aborted) {
    work.catch(() => undefined);
    throw new CancelledError();
  }
  let onAbort: (() => void) | undefined;
  const cancelled = new Promise<never>((_, reject) => {
    onAbort = () => reject(new CancelledError());
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
  }
}

/**
 * Works on all items at once. After the first failure, the signal of the others fires. Ends when all have ended, so that none
 * works on while a failure is handled.
 * @throws the first failure
 */
export async function together<T>(
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  // Many calls wait at once; Node would warn of a leak.
  setMaxListeners(0, either);
  const failures: unknown[] = [];
  await Promise.all(
    items.map((item) =>
      work(item, either).catch((error: unknown) => {
        failures.push(error);
        failed.abort();
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
}
