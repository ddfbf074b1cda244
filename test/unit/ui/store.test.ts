import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore, FRAME_MS } from '../../../src/ui/store.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const more = (n: number) => n + 1;

describe('the store', () => {
  it('shows many changes as one, within a frame', () => {
    const store = createStore(0);
    const seen: number[] = [];
    store.subscribe(() => seen.push(store.shown()));
    for (let i = 0; i < 1000; i++) store.update(more);
    expect(store.now()).toBe(1000);
    expect(store.shown()).toBe(0);
    vi.advanceTimersByTime(FRAME_MS);
    expect(seen).toEqual([1000]);
    for (let i = 0; i < 10; i++) {
      store.update(more);
      vi.advanceTimersByTime(FRAME_MS / 10);
    }
    expect(seen.length).toBeLessThanOrEqual(3);
  });

  it('shows what a key did at once, and all that waited with it', () => {
    const store = createStore(0);
    store.update(more);
    store.updateNow(more);
    expect(store.shown()).toBe(2);
  });

  it('does not notify subscribers if nothing has changed', () => {
    const store = createStore(0);
    const listener = vi.fn();
    store.subscribe(listener);
    store.update((n) => n);
    store.updateNow((n) => n);
    vi.runAllTimers();
    expect(listener).not.toHaveBeenCalled();
  });

  it('forgets who does not listen any more', () => {
    const store = createStore(0);
    const listener = vi.fn();
    store.subscribe(listener)();
    store.updateNow(more);
    expect(listener).not.toHaveBeenCalled();
  });
});
