import { describe, expect, it } from 'vitest';
import {
  isWanted,
  parseLevel,
  parsePattern,
  parseSince,
} from '../../../../src/pipeline/network/log-filter.ts';
import type { LogEntry } from '../../../../src/pipeline/network/log-line.ts';

const NOW = Date.UTC(2026, 10, 29, 14, 0, 0);
const ENTRY: LogEntry = { node: 'peer0', line: 'Committed block [7]', at: NOW - 60_000, level: 'info' };

function pattern(text: string): RegExp {
  const parsed = parsePattern(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.value;
}

describe('isWanted', () => {
  it.each([
    [{}, true],
    [{ node: 'peer0', level: 'info', since: NOW - 60_000 } as const, true],
    [{ node: 'peer1' }, false],
    [{ level: 'warning' } as const, false],
    [{ since: NOW - 59_999 }, false],
    [{ grep: pattern('committed BLOCK'.toLowerCase()) }, true],
    [{ grep: pattern('committed Block') }, false],
    [{ grep: pattern('block \\[\\d\\]$') }, true],
    [{ exclude: pattern('block \\[7') }, false],
    [{ exclude: pattern('block \\[8') }, true],
  ])('with %o is %s', (filter, expected) => expect(isWanted(filter)(ENTRY)).toBe(expected));

  it('gives the same answer for the same line every time', () => {
    const matches = isWanted({ grep: pattern('block') });
    expect([matches(ENTRY), matches(ENTRY), matches(ENTRY)]).toEqual([true, true, true]);
  });
});

describe('parsePattern', () => {
  it('ignores case unless there is a capital letter outside of an escape', () => {
    expect(pattern('block').flags).toBe('i');
    expect(pattern('\\S+ block\\W').flags).toBe('i');
    expect(pattern('Block').flags).toBe('');
  });

  it.each([
    ['(', 'Unterminated group'],
    ['[a', 'Unterminated character class'],
    ['*', 'Nothing to repeat'],
  ])('%j: %s', (text, problem) => expect(parsePattern(text)).toEqual({ problem }));
});

describe('parseSince', () => {
  it.each([
    ['90s', NOW - 90_000],
    ['10m', NOW - 600_000],
    ['1h30m', NOW - 5_400_000],
    ['1.5h', NOW - 5_400_000],
    ['2d', NOW - 172_800_000],
    ['99999999999d', 0],
    ['2026-11-29T13:00:00Z', NOW - 3_600_000],
    ['2026-11-29 13:00Z', NOW - 3_600_000],
    ['2026-11-29T14:00:00+01:00', NOW - 3_600_000],
    ['2026-11-29', new Date(2026, 10, 29).getTime()],
  ])('reads %s', (text, expected) => expect(parseSince(text, NOW)).toBe(expected));

  it.each([
    '',
    '10',
    '10 m',
    'ten',
    '-10m',
    '1h30',
    '2026-13-40',
    '2026-02-30',
    '2026-11-31 10:00',
    '14:00',
    '2026',
  ])('refuses %j', (text) => expect(parseSince(text, NOW)).toBeUndefined());
});

it.each([
  ['warn', 'warning'],
  ['WARNING', 'warning'],
  ['Error', 'error'],
  ['fatal', undefined],
])('the level %j is %s', (text, level) => expect(parseLevel(text)).toBe(level));
