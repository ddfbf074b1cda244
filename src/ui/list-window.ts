/** PURE: which part of a list is shown, and what keys do to the place in it. */

export interface ListWindow {
  /** Index of the first item shown. */
  readonly from: number;
  /** Index behind the last item shown. */
  readonly to: number;
}

/** So many rows of a list that the chosen item is among them, in the middle where there is more on both sides. */
export function listWindow(count: number, chosen: number, rows: number): ListWindow {
  const room = Math.max(0, Math.min(rows, count));
  const from = Math.max(0, Math.min(chosen - Math.floor(room / 2), count - room));
  return { from, to: from + room };
}

/** Keys that move in a list, for a key table. */
export const MOVING_KEYS = ['up', 'down', 'pageup', 'pagedown', 'home', 'end'] as const;

/** Where a key leads; the ends of the list are its ends. @param page rows that PgUp and PgDn go */
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
