import { createContext, useContext, useMemo, useSyncExternalStore } from 'react';
import type { AppState } from './app-state.ts';
import type { Desk } from './desk.ts';
import { arrivedAt, goneBack, goneTo, type Place, replacedBy, type Way } from './places.ts';

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
  /** Back to a screen that was there, else the same as `replace`. */
  readonly arrive: (place: Place) => void;
  readonly back: () => void;
}

export function useNavigation(): Navigation {
  const { store } = useDesk();
  return useMemo(() => {
    const go = (change: (way: Way) => Way) =>
      store.updateNow((state) => ({ ...state, way: change(state.way) }));
    return {
      to: (place) => go((way) => goneTo(way, place)),
      replace: (place) => go((way) => replacedBy(way, place)),
      arrive: (place) => go((way) => arrivedAt(way, place)),
      back: () => go(goneBack),
    };
  }, [store]);
}
