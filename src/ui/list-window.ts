/** PURE: the visible part of a list, and cursor movement in it. */

export interface ListWindow {
  /** Index of the first item shown. */
  readonly from: number;
  /** Index after the last item shown. */
  readonly to: number;
}

/** The `rows` items around the selected one, centred if there are more on both sides. */
export function listWindow(count: number, chosen: number, rows: number): ListWindow {
  const room = Math.max(0, Math.min(rows, count));
  const from = Math.max(0, Math.min(chosen - Math.floor(room / 2), count - room));
  return { from, to: from + room };
}

/** An arrow in the first and last row of a window if there are more items above and below; else a blank. */
export function moreMark(index: number, { from, to }: ListWindow, count: number, unicode: boolean): string {
  if (index === from && from > 0) return unicode ? '↑' : '^';
  return index === to - 1 && to < count ? (unicode ? '↓' : 'v') : ' ';
}

/** Keys that `moved` handles, for a key table. */
export const MOVING_KEYS = ['up', 'down', 'pageup', 'pagedown', 'home', 'end'] as const;

/** The index after a movement key, clamped to the list. @param page rows of PgUp and PgDn */
export function moved(chosen: number, name: string, count: number, page: number): number {
  const last = Math.max(0, count - 1);
  switch (name) {
    case 'up':
      return Math.max(0, chosen - 1);
    case 'down':
      return Math.min(last, chosen + 1);
    case 'pageup':
      return Math.max(0, chosen - page);
    case 'pagedown':
      return Math.min(last, chosen + page);
    case 'home':
      return 0;
    case 'end':
      return last;
    default:
      return chosen;
  }
}
