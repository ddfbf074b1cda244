/** Hooks by which screens read the app's state and request actions. */
import { createContext, useContext, useMemo, useSyncExternalStore } from 'react';
import type { AppActions } from './app-actions.ts';
import type { AppState } from './app-state.ts';
import {
  type NavigationStack,
  type Overlay,
  pop,
  popTo,
  push,
  type Route,
  replaceTop,
} from './navigation.ts';

export const AppContext = createContext<AppActions | undefined>(undefined);

export function useApp(): AppActions {
  const app = useContext(AppContext);
  if (!app) throw new Error('useApp is called outside AppContext');
  return app;
}

/** Part of the published state. @param select must return the same object while the state is unchanged */
export function useAppState<T>(select: (state: AppState) => T): T {
  const { store } = useApp();
  return useSyncExternalStore(store.subscribe, () => select(store.shown()));
}

export interface Navigation {
  readonly push: (route: Route) => void;
  /** Replaces the current screen, so that Esc does not return to it. */
  readonly replace: (route: Route) => void;
  /** Returns to the screen if it is on the stack, else replaces the current one. */
  readonly popTo: (route: Route) => void;
  readonly back: () => void;
  /** Shows the keys of the screen, and offers the explanation of the topic, or of all topics. */
  readonly help: (topic?: string) => void;
  /** Shows an overlay in front of the screen; undefined: the screen alone. */
  readonly cover: (overlay: Overlay | undefined) => void;
}

export function useNavigation(): Navigation {
  const { store } = useApp();
  return useMemo(() => {
    const navigate = (change: (stack: NavigationStack) => NavigationStack) =>
      store.updateNow((state) => ({ ...state, navigation: change(state.navigation) }));
    const cover = (overlay: Overlay | undefined) => store.updateNow((state) => ({ ...state, overlay }));
    return {
      push: (route) => navigate((stack) => push(stack, route)),
      replace: (route) => navigate((stack) => replaceTop(stack, route)),
      popTo: (route) => navigate((stack) => popTo(stack, route)),
      back: () => navigate(pop),
      help: (topic) => cover({ id: 'help', topic }),
      cover,
    };
  }, [store]);
}
