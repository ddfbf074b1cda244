import { describe, expect, it } from 'vitest';
import { lastOutput } from '../../../../src/pipeline/chaincode/crash-text.ts';
import { lastWords, quoted } from '../../../../src/pipeline/core/last-words.ts';
import { outputTail } from '../../../../src/pipeline/network/peer-cli.ts';

const start = Array.from({ length: 30 }, (_, index) => `[main] starting ${index}`);
const stack = Array.from({ length: 40 }, (_, index) => `\t/go/src/x/main.go:${index} +0x1b`);
const panic = ['panic: boom', '', 'goroutine 1 [running]:', ...stack];

it('begins with the first line of a crash, however long its stack is', () => {
  expect(lastWords([...start, ...panic], true).slice(0, 3)).toEqual(panic.slice(0, 3));
  expect(lastWords([...start, ...panic], true)).toHaveLength(15);
});

it('begins with the last of several crashes', () => {
  expect(lastWords([...panic, ...start, 'panic: again', ...stack], true)[0]).toBe('panic: again');
});

it('has the reason before a fatal error of the runtime', () => {
  const lines = [
    ...start,
    'runtime: goroutine stack exceeds 1000000000-byte limit',
    'fatal error: stack overflow',
  ];
  expect(lastWords([...lines, ...stack], true).slice(0, 2)).toEqual(lines.slice(-2));
});

it('is the end of the log if nothing crashed, or if the program runs again', () => {
  expect(lastWords(start, true)).toEqual(start.slice(-15));
  expect(lastWords([...panic, ...start], false)).toEqual(start.slice(-15));
});

describe('a line of megabytes', () => {
  const long = `\u001b[31m${'é'.repeat(6_000_000)}`;

  it('is cut where a failure quotes it, and has no escape codes', () => {
    expect(quoted(long)).toMatch(/^é{400,500}…$/);
    for (const lines of [lastWords([long], false), lastWords(['panic: boom', long], true)])
      expect(lines.join('').length).toBeLessThan(2000);
  });

  it('is cut in the output of a command, of a crash and of a silent end', async () => {
    const texts = [
      ...outputTail({ exitCode: 1, stdout: long, stderr: long }),
      await lastOutput([long], undefined),
      await lastOutput([`panic: ${long}`, long], undefined),
    ];
    for (const text of texts) expect(text.length).toBeLessThan(3000);
  });

  it('leaves a short line as it is', () => {
    expect(quoted(`${'字'.repeat(300)}`)).toBe('字'.repeat(300));
  });
});
