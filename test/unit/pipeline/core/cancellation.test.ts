import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
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
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => warnings.push(name);
  process.on('warning', onWarning);
  await together(['a'], signal, async (_, end) => {
    for (let call = 0; call < 20; call += 1) end.addEventListener('abort', () => call);
  });
  await turn();
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});
