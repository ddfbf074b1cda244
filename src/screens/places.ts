/** PURE: which screen is shown, and the way back. */

export type Place =
  | { readonly id: 'run' }
  | { readonly id: 'dashboard' }
  | { readonly id: 'logs'; readonly node?: string }
  /** Something to read. */
  | { readonly id: 'text'; readonly title: string; readonly lines: readonly string[] }
  /** Asks whether the network stays. */
  | { readonly id: 'leave' };

/** The way from the first screen to the one that is shown; never empty. */
export type Way = readonly [Place, ...Place[]];

export function shownPlace(way: Way): Place {
  return way.at(-1) ?? way[0];
}

export function goneTo(way: Way, place: Place): Way {
  return [...way, place];
}

/** The last screen is no part of the way back. */
export function replacedBy(way: Way, place: Place): Way {
  const [first, ...rest] = way.slice(0, -1);
  return first ? [first, ...rest, place] : [place];
}

/** The first screen has nothing behind it: it stays. */
export function goneBack(way: Way): Way {
  const [first, ...rest] = way.slice(0, -1);
  return first ? [first, ...rest] : way;
}
