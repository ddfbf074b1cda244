import { expect, it } from 'vitest';
import { lastWords } from '../../../../src/pipeline/core/last-words.ts';

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
