/** A state container outside React: changes apply at once, publications to React are rate-limited. */

export interface Store<S> {
  /** The newest state. */
  readonly now: () => S;
  /** The published state: the same object until the next publication. */
  readonly shown: () => S;
  readonly subscribe: (listener: () => void) => () => void;
  /** Changes the state; publishes it within the interval. */
  readonly update: (change: (state: S) => S) => void;
  /** Changes and publishes the state at once: for responses to a key. */
  readonly updateNow: (change: (state: S) => S) => void;
}

/** About 12 frames a second, which bounds the cost of drawing fast logs. */
export const FRAME_MS = 80;

/** @param intervalMs minimum time between two publications by `update` */
export function createStore<S>(initial: S, intervalMs = FRAME_MS): Store<S> {
  let state = initial;
  let shown = initial;
  let publishedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();

  const publish = () => {
    clearTimeout(timer);
    timer = undefined;
    if (shown === state) return;
    shown = state;
    publishedAt = performance.now();
    for (const listener of listeners) listener();
  };

  return {
    now: () => state,
    shown: () => shown,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    update: (change) => {
      state = change(state);
      if (timer !== undefined || state === shown) return;
      timer = setTimeout(publish, Math.max(0, publishedAt + intervalMs - performance.now()));
    },
    updateNow: (change) => {
      state = change(state);
      publish();
    },
  };
}
