import type { Store } from '../../src/ui/store.ts';

/**
 * Resolves with the first published state that matches, the current one included. It resolves in a new macrotask,
 * in which a key would be handled.
 */
export function whenState<S>(store: Store<S>, matches: (state: S) => boolean): Promise<S> {
  return new Promise((resolve) => {
    const check = () => {
      const state = store.now();
      if (!matches(state)) return;
      unsubscribe();
      setImmediate(() => resolve(state));
    };
    const unsubscribe = store.subscribe(check);
    check();
  });
}
