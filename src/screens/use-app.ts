import { createContext, useContext, useSyncExternalStore } from 'react';
import type { AppState } from './app-state.ts';
import type { Desk } from './desk.ts';
import { goneBack, goneTo, type Place, replacedBy } from './places.ts';

export const DeskContext = createContext<Desk | undefined>(undefined);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('a screen stands outside the app');
  return desk;
}

/** A part of the state. @param of must give the same object as long as nothing changed */
export function useShown<T>(of: (state: AppState) => T): T {
  const { store } = useDesk();
  return useSyncExternalStore(store.subscribe, () => of(store.shown()));
}

export interface Navigation {
  readonly to: (place: Place) => void;
  /** The same, and Esc there does not lead here. */
  readonly replace: (place: Place) => void;
  readonly back: () => void;
}

export function useNavigation(): Navigation {
  const { store } = useDesk();
  return {
    to: (place) => store.updateNow((state) => ({ ...state, way: goneTo(state.way, place) })),
    replace: (place) => store.updateNow((state) => ({ ...state, way: replacedBy(state.way, place) })),
    back: () => store.updateNow((state) => ({ ...state, way: goneBack(state.way) })),
  };
}
