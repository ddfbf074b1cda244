import { expect, it } from 'vitest';
import { fill, placeholders } from '../../../../src/report/language/labels.ts';

it('fills in what has a value, and leaves the rest as it is written', () => {
  expect(fill('{a} of {b}', { a: '1' })).toBe('1 of {b}');
  expect(fill('{n|one|many} {x}', {})).toBe('{n|one|many} {x}');
});

it.each([
  ['0', '0 containers keep running'],
  ['1', '1 container keeps running'],
  ['2', '2 containers keep running'],
  ['11', '11 containers keep running'],
])('says %s as a person would', (count, said) => {
  expect(fill('{count} {count|container keeps|containers keep} running', { count })).toBe(said);
});

it('knows a name once, however it is written', () => {
  expect(placeholders('{count} {count|line|lines} of {file}')).toEqual(['count', 'file']);
});
