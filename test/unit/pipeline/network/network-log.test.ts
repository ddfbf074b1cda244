import { describe, expect, it } from 'vitest';
import {
  appendLines,
  emptyLog,
  lastEntries,
  MAX_LINES,
  MAX_SIZE,
} from '../../../../src/pipeline/network/network-log.ts';

const ALL = {};

function logOf(...lines: readonly [node: string, line: string][]) {
  return appendLines(
    emptyLog,
    lines.map(([node, line]) => ({ node, line, at: 0 })),
  );
}

function texts(entries: readonly { readonly line: string }[]): string[] {
  return entries.map(({ line }) => line);
}

describe('NetworkLog', () => {
  it('returns the newest lines, oldest first', () => {
    const log = logOf(['a', '1'], ['b', '2'], ['a', '3'], ['b', '4']);
    expect(texts(lastEntries(log, ALL, 2))).toEqual(['3', '4']);
    expect(texts(lastEntries(log, ALL, 0))).toEqual([]);
    expect(texts(lastEntries(log, { node: 'b' }))).toEqual(['2', '4']);
  });

  it('gives the later lines of a message the level of its first line', () => {
    const log = logOf(
      ['a', 'panic: runtime error'],
      ['b', 'x -> INFO 1 fine'],
      ['a', 'main.main()'],
      ['a', '\t/src/main.go:12'],
      ['b', '  more'],
    );
    expect(texts(lastEntries(log, { level: 'error' }))).toEqual([
      'panic: runtime error',
      'main.main()',
      '\t/src/main.go:12',
    ]);
    const later = appendLines(log, [{ node: 'a', line: '\t/src/run.go:1', at: 0 }]);
    expect(lastEntries(later, { level: 'error' })).toHaveLength(4);
  });

  it('has a maximum number of lines', () => {
    let log = emptyLog;
    for (let i = 0; i < 3 * MAX_LINES; i += 100)
      log = appendLines(
        log,
        Array.from({ length: 100 }, (_, k) => ({ node: 'a', line: `line ${i + k}`, at: 0 })),
      );
    const kept = lastEntries(log, ALL);
    expect(kept.length).toBeLessThanOrEqual(MAX_LINES);
    expect(kept.length + log.dropped).toBe(Math.ceil((3 * MAX_LINES) / 100) * 100);
    expect(texts(kept.slice(-1))).toEqual([`line ${Math.ceil((3 * MAX_LINES) / 100) * 100 - 1}`]);
    const size = kept.reduce((sum, { line }) => sum + line.length, 0);
    expect(log.size).toBe(size);
  });

  it('has a maximum size and a maximum line length', () => {
    let log = emptyLog;
    for (let i = 0; i < 3000; i++) log = appendLines(log, [{ node: 'a', line: 'x'.repeat(100_000), at: 0 }]);
    expect(log.size).toBeLessThanOrEqual(MAX_SIZE + 128 * 4096);
    expect(lastEntries(log, ALL, 1)[0]?.line).toHaveLength(4096);
  });

  it('is immutable', () => {
    const held = logOf(['a', '1']);
    appendLines(held, [{ node: 'a', line: '2', at: 0 }]);
    expect(texts(lastEntries(held, ALL, 5))).toEqual(['1']);
  });
});
