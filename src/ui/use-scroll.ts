import { useState } from 'react';
import { foldToWidth } from '../report/terminal-text.ts';
import { minBodyRows } from './frame-size.ts';
import type { Binding } from './keys.ts';
import { moved } from './list-window.ts';
import { useSize, useTheme } from './theme.tsx';

export interface Scroll {
  /** Disabled if all lines fit. */
  readonly binding: Binding;
  /** The visible lines. */
  readonly view: (rows: number) => readonly string[];
  /** Number of lines below the visible ones. */
  readonly below: (rows: number) => number;
}

/**
 * Scrolling through lines, which are wrapped to the terminal's width.
 * @param begin initial position; a number: as far down as the line with that index stays visible
 * @param reserved rows of the body that are used otherwise
 */
export function useScroll(unbroken: readonly string[], begin: 'top' | 'end' | number, reserved = 0): Scroll {
  const size = useSize();
  const { t } = useTheme();
  const folded = (some: readonly string[]) => some.flatMap((line) => foldToWidth(line, size.columns));
  const lines = folded(unbroken);
  const initial =
    begin === 'top' ? 0 : begin === 'end' ? lines.length : folded(unbroken.slice(0, begin)).length;
  /** Lines relative to the initial position; negative is up. */
  const [offset, setOffset] = useState(0);
  const minRows = Math.max(1, minBodyRows(size) - reserved);
  const maxFrom = Math.max(0, lines.length - minRows);
  const from = (room: number) => Math.max(0, Math.min(room, Math.min(room, initial) + offset));
  const act: Binding['act'] = ({ name }) => {
    const next = moved(from(maxFrom), name, maxFrom + 1, Math.max(1, minRows - 1));
    setOffset(next - Math.min(maxFrom, initial));
  };
  const moving = ['pageup', 'pagedown', 'home', 'end'];
  // The footer shows the first key: the direction in which there are more lines.
  const keys = from(maxFrom) < maxFrom ? ['down', 'up', ...moving] : ['up', 'down', ...moving];
  const start = (rows: number) => from(Math.max(0, lines.length - rows));
  return {
    binding: {
      keys,
      label: t('key.scroll'),
      unavailable: maxFrom > 0 ? undefined : t('why.all-shown'),
      act,
    },
    view: (rows) => lines.slice(start(rows), start(rows) + rows),
    below: (rows) => Math.max(0, lines.length - start(rows) - rows),
  };
}
