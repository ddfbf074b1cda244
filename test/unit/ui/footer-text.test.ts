import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../src/report/terminal-text.ts';
import { footerKeys, footerLines } from '../../../src/ui/footer-text.ts';
import type { Binding } from '../../../src/ui/keys.ts';

const act = () => undefined;
const bindings: Binding[] = [
  { keys: ['enter'], label: 'next', act },
  { keys: ['escape', 'left'], label: 'back', act },
  { keys: ['R'], label: 'rebuild without caches', act },
  { keys: ['x'], label: 'not now', when: false, act },
  { keys: ['home'], act },
  { keys: ['?'], label: 'explain', act },
  { keys: ['q'], label: 'quit', act },
];

function lines(columns: number, rows: number): readonly string[] {
  return footerLines(footerKeys(bindings, true), { columns, rows, paint: (key) => key });
}

describe('the footer', () => {
  it('has the keys that work and have a label', () => {
    expect(lines(80, 1)).toEqual(['Enter next  Esc back  R rebuild without caches  ? explain  q quit']);
  });

  it('has one entry for each key, of the binding that handles it', () => {
    const search: Binding = { keys: ['escape'], label: 'clear search', act };
    const free: Binding = { keys: ['ctrl+f'], label: 'free ports', act };
    const keys = footerKeys([search, free, ...bindings], true);
    expect(keys.map(({ key, label }) => `${key} ${label}`)).toEqual([
      'Esc clear search',
      'Ctrl-F free ports',
      'Enter next',
      'R rebuild without caches',
      '? explain',
      'q quit',
    ]);
  });

  it('takes a second line before it drops a key', () => {
    expect(lines(50, 2)).toEqual(['Enter next  Esc back  R rebuild without caches', '? explain  q quit']);
    expect(lines(50, 1)).toEqual(['Enter next  Esc back  ? explain  q quit']);
  });

  it.each([10, 14, 20, 30, 40, 60])('fits into %d columns, help and leaving in it', (columns) => {
    const shown = lines(columns, 2);
    expect(shown.length).toBeLessThanOrEqual(2);
    for (const line of shown) expect(textWidth(line)).toBeLessThanOrEqual(columns);
    if (columns >= 14) expect(shown.join(' ')).toMatch(/\? explain.*q quit/);
  });
});
