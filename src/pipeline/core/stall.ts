/** Ends waits that would otherwise end with the whole process: in silence, or with an exception that nobody catches. */

type Work<T> = () => Promise<T>;

/**
 * Returns a function that resolves as `work` does, or rejects when the process emits an event. If several wait, the one that
 * began last rejects.
 */
function endedBy(
  event: 'beforeExit' | 'uncaughtException',
  errorOf: (cause: unknown) => unknown,
): <T>(work: Work<T>) => Promise<T> {
  const waits: ((error: unknown) => void)[] = [];
  const listener = (cause: unknown) => waits.at(-1)?.(errorOf(cause));
  return async (work) => {
    let giveUp: (error: unknown) => void = () => undefined;
    const ended = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    if (waits.length === 0) process.on(event, listener);
    waits.push(giveUp);
    try {
      return await Promise.race([work(), ended]);
    } finally {
      waits.splice(waits.indexOf(giveUp), 1);
      if (waits.length === 0) process.off(event, listener);
    }
  };
}

/** Resolves as `work` does, or rejects when the process has nothing left to wait for. Node would end it in silence. */
export const orStalled = endedBy('beforeExit', () => new Error('nothing is left that could end this step'));

/**
 * Resolves as `work` does, or rejects with an exception that escapes from a callback, as the `error` of a stream to which
 * nobody listens. Node would end the process at once.
 */
export const orEscaped = endedBy('uncaughtException', (error) => error);
