import { describe, expect, it } from 'vitest';
import {
  appendLines,
  emptyLog,
  lastEntries,
  levelOf,
  MAX_LINES,
  MAX_SIZE,
} from '../../../../src/pipeline/network/network-log.ts';

const ALL = { level: 'debug', search: '' } as const;

function logOf(...lines: readonly [node: string, line: string][]) {
  return appendLines(
    emptyLog,
    lines.map(([node, line]) => ({ node, line })),
  );
}

function texts(entries: readonly { readonly line: string }[]): string[] {
  return entries.map(({ line }) => line);
}

describe('levelOf', () => {
  it.each([
    ['2018-03-01 10:00:00.000 UTC [core.peer] Start -> INFO 003 x', 'info'],
    ['\u001b[36m2018-03-01 10:00:00.000 UTC [gossip] ping -> DEBU 1af x WARN', 'debug'],
    ['2018-03-01 10:00:00.000 UTC [gossip] ping -> WARN 1af ERRO', 'warning'],
    ['\u001b[31m2018-03-01 10:00:00.000 UTC [endorser] call -> ERRO 01c\u001b[0m x', 'error'],
    ['2018-03-01 10:00:00.000 UTC [orderer] main -> FATA 01c x', 'error'],
    ['2018-03-01 10:00:00.000 UTC [orderer] main -> NOTI 01c x', 'info'],
    ['[notice] 2026-11-22T15:00:47.736222Z couchdb@127.0.0.1 <0.478.0> GET / 200 ok 49', 'info'],
    ['[warning] 2026-11-22T15:00:47.736222Z couchdb@127.0.0.1 <0.1.0> x', 'warning'],
    ['[error] 2026-11-22T15:00:47.736222Z couchdb@127.0.0.1 <0.1.0> x', 'error'],
    ['panic: runtime error', 'error'],
    [' Version: 1.4.12', 'info'],
    ['INFORMATION', 'info'],
  ])('%j is %s', (line, level) => expect(levelOf(line)).toBe(level));
});

describe('NetworkLog', () => {
  it('returns the newest lines, oldest first, after skipping some', () => {
    const log = logOf(['a', '1'], ['b', '2'], ['a', '3'], ['b', '4']);
    expect(texts(lastEntries(log, ALL, 2))).toEqual(['3', '4']);
    expect(texts(lastEntries(log, ALL, 2, 1))).toEqual(['2', '3']);
    expect(texts(lastEntries(log, { ...ALL, node: 'b' }, 5))).toEqual(['2', '4']);
  });

  it('can be searched without regard to case, and by level', () => {
    const log = logOf(['a', 'x -> DEBU 1 Block'], ['a', 'x -> WARN 2 block'], ['a', 'x -> ERRO 3 other']);
    expect(lastEntries(log, { level: 'debug', search: 'BLOCK' }, 5)).toHaveLength(2);
    expect(lastEntries(log, { level: 'warning', search: '' }, 5)).toHaveLength(2);
    expect(lastEntries(log, { level: 'error', search: 'block' }, 5)).toHaveLength(0);
  });

  it('has a maximum number of lines', () => {
    let log = emptyLog;
    for (let i = 0; i < 3 * MAX_LINES; i += 100)
      log = appendLines(
        log,
        Array.from({ length: 100 }, (_, k) => ({ node: 'a', line: `line ${i + k}` })),
      );
    const kept = lastEntries(log, ALL, Number.POSITIVE_INFINITY);
    expect(kept.length).toBeLessThanOrEqual(MAX_LINES);
    expect(kept.length + log.dropped).toBe(Math.ceil((3 * MAX_LINES) / 100) * 100);
    expect(texts(kept.slice(-1))).toEqual([`line ${Math.ceil((3 * MAX_LINES) / 100) * 100 - 1}`]);
    const size = kept.reduce((sum, { line }) => sum + line.length, 0);
    expect(log.size).toBe(size);
  });

  it('has a maximum size and a maximum line length', () => {
    let log = emptyLog;
    for (let i = 0; i < 3000; i++) log = appendLines(log, [{ node: 'a', line: 'x'.repeat(100_000) }]);
    expect(log.size).toBeLessThanOrEqual(MAX_SIZE + 128 * 4096);
    expect(lastEntries(log, ALL, 1)[0]?.line).toHaveLength(4096);
  });

  it('is immutable', () => {
    const held = logOf(['a', '1']);
    appendLines(held, [{ node: 'a', line: '2' }]);
    expect(texts(lastEntries(held, ALL, 5))).toEqual(['1']);
  });
});
