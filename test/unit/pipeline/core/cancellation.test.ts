import { getMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { together } from '../../../../src/pipeline/core/cancellation.ts';

const { signal } = new AbortController();

it('throws the first failure after all work has ended, whose signal has fired', async () => {
  const ended: string[] = [];
  const work = together(['fails', 'waits', 'cleans'], signal, async (name, end) => {
    if (name === 'fails') throw new Error('first');
    await delay(60_000, undefined, { signal: end }).catch(() => undefined);
    if (name === 'cleans') await delay(5);
    ended.push(name);
    throw new Error('later');
  });
  await expect(work).rejects.toThrow('first');
  expect(ended).toEqual(['waits', 'cleans']);
});

it('ends with the signal that it was given', async () => {
  const abort = new AbortController();
  const work = together(['a', 'b'], abort.signal, (_, end) => delay(60_000, undefined, { signal: end }));
  abort.abort();
  await expect(work).rejects.toMatchObject({ name: 'AbortError' });
});

it('lets any number of calls wait for its signal', async () => {
  const limits: number[] = [];
  await together(['a'], signal, async (_, end) => limits.push(getMaxListeners(end)));
  expect(limits).toEqual([0]);
});
