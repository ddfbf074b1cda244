/** PURE: which screen is shown, and the way back. */

import type { Repair } from '../pipeline/resolve/resolve-report.ts';

export type Route =
  /** The questions, in this order. */
  | { readonly id: 'welcome' | 'source' | 'build' | 'base' | 'network' | 'review' }
  | { readonly id: 'run' }
  | { readonly id: 'dashboard' }
  | { readonly id: 'logs' }
  /** Something to read. */
  | { readonly id: 'text'; readonly title: string; readonly lines: (columns: number) => readonly string[] }
  /** What the peers will ask for, and what can be done about it. */
  | {
      readonly id: 'resolve';
      readonly lines: (columns: number) => readonly string[];
      readonly repairs: readonly Repair[];
    }
  /** All that can be explained. */
  | { readonly id: 'topics'; readonly topics: readonly { readonly topic: string; readonly title: string }[] }
  /** One of them, and what to read next. */
  | {
      readonly id: 'explain';
      readonly topic: string;
      readonly lines: (columns: number) => readonly string[];
      readonly see: readonly string[];
    }
  /** Asks before the network is stopped. */
  | { readonly id: 'down' }
  /** Asks whether the network stays. */
  | { readonly id: 'leave' };

/** The way from the first screen to the one that is shown; never empty. */
export type NavigationStack = readonly [Route, ...Route[]];

export function currentRoute(way: NavigationStack): Route {
  return way.at(-1) ?? way[0];
}

export function push(way: NavigationStack, place: Route): NavigationStack {
  return [...way, place];
}

/** The last screen is no part of the way back. */
export function replaceTop(way: NavigationStack, place: Route): NavigationStack {
  const [first, ...rest] = way.slice(0, -1);
  return first ? [first, ...rest, place] : [place];
}

/** The first screen has nothing behind it: it stays. */
export function pop(way: NavigationStack): NavigationStack {
  const [first, ...rest] = way.slice(0, -1);
  return first ? [first, ...rest] : way;
}

/** Back to that screen where the way leads through it, else there in place of the last one. */
export function popTo(way: NavigationStack, place: Route): NavigationStack {
  const [first, ...rest] = way.slice(0, way.findIndex(({ id }) => id === place.id) + 1);
  return first ? [first, ...rest] : replaceTop(way, place);
}
