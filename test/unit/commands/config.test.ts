/** `config` prints what has no value yet in the user's language. */
import { afterEach, expect, it, vi } from 'vitest';
import { config } from '../../../src/commands/config.ts';
import { plainTerminal } from '../../support/plain-terminal.ts';
import { tempDir } from '../../support/temp-dir.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('leaves no English sentence in a Chinese table', async () => {
  const dir = await tempDir();
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await config({ ...plainTerminal(dir, dir), language: 'zh' }, {}, false);
  const rows = write.mock.calls.join('').split('\n');
  expect(rows.find((row) => row.startsWith('docker-ns'))).toContain('练习源码');
  expect(rows.find((row) => row.startsWith('consensus'))).toMatch(/solo.*etcdraft/);
  // Words of English, which the patterns of image references do not have.
  expect(rows.filter((row) => /[a-z]+ [a-z]+ [a-z]+/.test(row))).toEqual([]);
});
