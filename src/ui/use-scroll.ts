import { useState } from 'react';
import { foldToWidth } from '../report/terminal-text.ts';
import { useSize } from './face.tsx';
import { leastBodyRows } from './frame-size.ts';
import type { Binding } from './keys.ts';
import { moved } from './list-window.ts';

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
 * @param reserved rows of the body that something else takes
 */
export function useScroll(
  unbroken: readonly string[],
  begin: 'top' | 'end',
  label?: string,
  reserved = 0,
): Scroll {
  const size = useSize();
  const lines = unbroken.flatMap((line) => foldToWidth(line, size.columns));
  /** Lines from where it began. */
  const [away, setAway] = useState(0);
  const least = Math.max(1, leastBodyRows(size) - reserved);
  const most = Math.max(0, lines.length - least);
  const act: Binding['act'] = ({ name }) =>
    setAway((was) => {
      const at = begin === 'top' ? Math.min(was, most) : most - Math.min(was, most);
      const next = moved(at, name, most + 1, Math.max(1, least - 1));
      return begin === 'top' ? next : most - next;
    });
  const start = (rows: number) => {
    const room = Math.max(0, lines.length - rows);
    return begin === 'top' ? Math.min(away, room) : Math.max(0, room - away);
  };
  return {
    binding: { keys: ['up', 'down', 'pageup', 'pagedown', 'home', 'end'], label, when: most > 0, act },
    view: (rows) => lines.slice(start(rows), start(rows) + rows),
    below: (rows) => Math.max(0, lines.length - start(rows) - rows),
  };
}
