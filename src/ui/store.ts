/** State outside React: changed at once, shown so many times a second at most. */

export interface Store<S> {
  /** The newest state. */
  readonly now: () => S;
  /** What is drawn: the same object until the next publication. */
  readonly shown: () => S;
  readonly subscribe: (listener: () => void) => () => void;
  /** Published within the interval. */
  readonly update: (change: (state: S) => S) => void;
  /** The same, published at once: for what answers a key. */
  readonly updateNow: (change: (state: S) => S) => void;
}

/** About 12 frames a second: as many as a person reads, and few enough for a log of any speed. */
export const FRAME_MS = 80;

/** @param intervalMs between two publications that nobody pressed a key for */
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
