import { createContext, useContext, useMemo, useSyncExternalStore } from 'react';
import type { AppActions } from './app-actions.ts';
import type { AppState } from './app-state.ts';
import { type NavigationStack, pop, popTo, push, type Route, replaceTop } from './navigation.ts';

export const AppContext = createContext<AppActions | undefined>(undefined);

export function useApp(): AppActions {
  const app = useContext(AppContext);
  if (!app) throw new Error('a screen stands outside the app');
  return app;
}

/** A part of the state. @param of must give the same object as long as nothing changed */
export function useShown<T>(of: (state: AppState) => T): T {
  const { store } = useApp();
  return useSyncExternalStore(store.subscribe, () => of(store.shown()));
}

export interface Navigation {
  readonly to: (place: Route) => void;
  /** The same, and Esc there does not lead here. */
  readonly replace: (place: Route) => void;
  /** Back to a screen that was there, else the same as `replace`. */
  readonly arrive: (place: Route) => void;
  readonly back: () => void;
}

export function useNavigation(): Navigation {
  const { store } = useApp();
  return useMemo(() => {
    const go = (change: (way: NavigationStack) => NavigationStack) =>
      store.updateNow((state) => ({ ...state, navigation: change(state.navigation) }));
    return {
      to: (place) => go((way) => push(way, place)),
      replace: (place) => go((way) => replaceTop(way, place)),
      arrive: (place) => go((way) => popTo(way, place)),
      back: () => go(pop),
    };
  }, [store]);
}
