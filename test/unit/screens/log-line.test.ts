import { describe, expect, it } from 'vitest';
import { paintPart, shortLine } from '../../../src/screens/log-line.ts';
import { createTheme } from '../../../src/ui/theme.tsx';

const OLD = '2018-03-01 10:00:00.123 UTC [core.peer] Start -> INFO 00a Joined channel';
const NEW = '2026-11-29 10:00:00.123 UTC 0085 INFO [core.peer] Start -> Joined channel';

it.each([
  [160, '10:00:00.123 I core.peer Start: Joined channel'],
  [80, '10:00:00 I core.peer: Joined channel'],
  [60, 'I core.peer: Joined channel'],
  [40, 'I Joined channel'],
])('shortens a line of every release in the same way for %d columns', (columns, expected) => {
  expect(shortLine(OLD, columns).text).toBe(expected);
  expect(shortLine(NEW, columns).text).toBe(expected);
});

it('shortens a record of the gateway, which has no module', () => {
  expect(shortLine('2026-11-29 13:58:18.972 UTC WARN refused peer0', 80).text).toBe(
    '13:58:18 W refused peer0',
  );
});

it('leaves other lines as they are', () => {
  expect(shortLine('panic: no', 40)).toEqual({ text: 'panic: no', head: 0 });
});

describe('a part of a line', () => {
  const theme = createTheme({ colour: true, unicode: true, language: 'en' });
  const line = shortLine(NEW, 80);
  const paint = (span: readonly [number, number], found?: RegExp) =>
    paintPart(line, span, { theme, level: 'info', found });
  const { dim, invert } = theme.style;

  it('has a dim head and marked matches', () => {
    expect(paint([0, line.text.length], /joined/i)).toBe(
      `${dim('10:00:00 I core.peer: ')}${invert('Joined')} channel`,
    );
  });

  it('marks only what is in view of a match', () => {
    expect(paint([line.head + 3, line.text.length], /joined/i)).toBe(`${invert('ned')} channel`);
    expect(paint([line.head, line.head + 3], /joined/i)).toBe(invert('Joi'));
  });

  it('does not hang on an expression that matches nothing', () => {
    expect(paint([line.head, line.text.length], /x*/)).toBe('Joined channel');
  });
});
