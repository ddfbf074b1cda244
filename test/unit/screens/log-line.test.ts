import { expect, it } from 'vitest';
import { shortLine } from '../../../src/screens/log-line.ts';

const LINE = '\u001b[34m2018-03-01 10:00:00.123 UTC [core.peer] Start -> INFO 00a\u001b[0m Joined channel';

it.each([
  [160, '2018-03-01 10:00:00.123 UTC [core.peer] Start -> INFO 00a Joined channel'],
  [80, '10:00:00 INFO [core.peer] Joined channel'],
  [60, '[core.peer] Joined channel'],
  [40, 'Joined channel'],
])('shortens a line of Fabric for %d columns', (columns, expected) =>
  expect(shortLine(LINE, columns)).toBe(expected),
);

it('removes only the colours from other lines', () => {
  expect(shortLine('panic: \u001b[31mno\u001b[0m', 40)).toBe('panic: no');
});
