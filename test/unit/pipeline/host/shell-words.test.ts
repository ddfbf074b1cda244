import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { shellWordsIn } from '../../../../src/pipeline/host/shell-words.ts';

const LINES = [
  'transfer a b 10',
  '  put   k\tv  ',
  `put 'a key' "a value"`,
  `put k '{"price":"100","tags":["a","b"]}'`,
  String.raw`put "a \"quoted\" \\ text \n" \'x\ y`,
  `put '' "" a''b`,
  'put 键 值',
  String.raw`put "\$HOME" '$HOME'`,
];

describe('the words of a line', () => {
  it.each(LINES)('are those of a shell: %s', async (line) => {
    const { stdout } = await execa('sh', ['-c', `printf '[%s]' ${line}`]);
    const words = shellWordsIn(line);
    expect('words' in words && words.words.map((word) => `[${word}]`).join('')).toBe(stdout);
  });

  it('expand nothing', () => {
    expect(shellWordsIn('put $HOME `id` * ~ a;b')).toEqual({
      words: ['put', '$HOME', '`id`', '*', '~', 'a;b'],
    });
  });

  it.each([
    [`put 'a`, "'"],
    ['put "a', '"'],
    ['put a\\', '\\'],
  ] as const)('of %j are not complete', (line, open) => {
    expect(shellWordsIn(line)).toEqual({ open });
  });

  it('of a blank line are none', () => {
    expect(shellWordsIn('  ')).toEqual({ words: [] });
  });
});
