/** Ends a wait that nothing can end any more. Node would end the process in silence. */

/** Rejects the wait that began last. */
const waits: ((error: Error) => void)[] = [];

function onEmptyLoop(): void {
  waits.at(-1)?.(new Error('nothing is left that could end this step'));
}

/** Resolves as `work` does, or rejects when the process has nothing left to wait for. */
export async function orStalled<T>(work: () => Promise<T>): Promise<T> {
  let giveUp: (error: Error) => void = () => undefined;
  const stalled = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  if (waits.length === 0) process.on('beforeExit', onEmptyLoop);
  waits.push(giveUp);
  try {
    return await Promise.race([work(), stalled]);
  } finally {
    waits.splice(waits.indexOf(giveUp), 1);
    if (waits.length === 0) process.off('beforeExit', onEmptyLoop);
  }
}
