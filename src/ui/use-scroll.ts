import { useState } from 'react';
import { foldToWidth } from '../report/terminal-text.ts';
import { leastBodyRows } from './frame-size.ts';
import type { Binding } from './keys.ts';
import { moved } from './list-window.ts';
import { useSize } from './theme.tsx';

export interface Scroll {
  /** Works only where there is more than fits. */
  readonly binding: Binding;
  /** The lines that are in view. */
  readonly view: (rows: number) => readonly string[];
  /** How many come after them. */
  readonly below: (rows: number) => number;
}

/**
 * Looking at more lines than fit, beginning at the top or at the end. What is too long is broken: it is to be read.
 * @param begin a number: at the end, as far as the line of that index is still in view
 * @param reserved rows of the body that something else takes
 */
export function useScroll(
  unbroken: readonly string[],
  begin: 'top' | 'end' | number,
  label?: string,
  reserved = 0,
): Scroll {
  const size = useSize();
  const folded = (some: readonly string[]) => some.flatMap((line) => foldToWidth(line, size.columns));
  const lines = folded(unbroken);
  const furthest =
    begin === 'top' ? 0 : begin === 'end' ? lines.length : folded(unbroken.slice(0, begin)).length;
  /** Lines from where it began; upwards they are negative. */
  const [away, setAway] = useState(0);
  const least = Math.max(1, leastBodyRows(size) - reserved);
  const most = Math.max(0, lines.length - least);
  const from = (room: number) => Math.max(0, Math.min(room, Math.min(room, furthest) + away));
  const act: Binding['act'] = ({ name }) => {
    const next = moved(from(most), name, most + 1, Math.max(1, least - 1));
    setAway(next - Math.min(most, furthest));
  };
  const start = (rows: number) => from(Math.max(0, lines.length - rows));
  return {
    binding: { keys: ['up', 'down', 'pageup', 'pagedown', 'home', 'end'], label, when: most > 0, act },
    view: (rows) => lines.slice(start(rows), start(rows) + rows),
    below: (rows) => Math.max(0, lines.length - start(rows) - rows),
  };
}
