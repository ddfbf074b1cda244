import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readCalls, rememberCall } from '../../../../src/pipeline/chaincode/call-history.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const call = (line: string, name = 'basic') => ({ name, line });

it('calls are remembered in their order, and a repeated one moves to the end', async () => {
  const dir = await tempDir();
  for (const line of ['get a', 'put a 1', 'get a']) await rememberCall(dir, call(line));
  expect(await readCalls(dir)).toEqual([call('put a 1'), call('get a')]);
});

it('the same line of two chaincodes is two calls', async () => {
  const dir = await tempDir();
  await rememberCall(dir, call('get a'));
  await rememberCall(dir, call('get a', 'other'));
  expect(await readCalls(dir)).toHaveLength(2);
});

it('only the user can read them', async () => {
  const dir = await tempDir();
  await rememberCall(dir, call('put secret'));
  expect((await stat(join(dir, 'calls.ndjson'))).mode & 0o077).toBe(0);
});

it('lines that are no calls are left out, and a file that is absent has none', async () => {
  const dir = await tempDir();
  expect(await readCalls(dir)).toEqual([]);
  await writeFile(join(dir, 'calls.ndjson'), 'not JSON\n{"name":1}\n{"name":"basic","line":"get a"}\n{"na');
  expect(await readCalls(dir)).toEqual([call('get a')]);
});

it('the file does not grow without limit, and the newest calls stay', async () => {
  const dir = await tempDir();
  const file = join(dir, 'calls.ndjson');
  const lines = Array.from({ length: 1000 }, (_, index) => `${JSON.stringify(call(`get ${index}`))}\n`);
  await writeFile(file, lines.join(''), { mode: 0o600 });
  const calls = await readCalls(dir);
  expect(calls.at(-1)).toEqual(call('get 999'));
  expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(calls.length);
  expect(calls.length).toBeLessThan(500);
  expect((await stat(file)).mode & 0o077).toBe(0);
});
