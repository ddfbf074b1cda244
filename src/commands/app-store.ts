/** The app's store with the updates that its controllers share. */
import { CancelledError, toFailure } from '../pipeline/core/failure.ts';
import { describeFailure } from '../report/failure-text.ts';
import { type AppState, initialAppState, type Work } from '../screens/app-state.ts';
import { push, type Route } from '../screens/navigation.ts';
import { createStore, type Store } from '../ui/store.ts';
import type { Theme } from '../ui/theme.tsx';

/** A screen that takes longer than this to open is announced. */
const ANNOUNCE_MS = 300;

export class AppStore {
  readonly store: Store<AppState>;
  /** Stands for the last screen that was asked for, until it opens. */
  #opening: symbol | undefined;
  readonly #theme: Theme;

  constructor(first: Route, theme: Theme) {
    this.store = createStore(initialAppState(first));
    this.#theme = theme;
  }

  get state(): AppState {
    return this.store.now();
  }

  update(change: (state: AppState) => AppState): void {
    this.store.updateNow(change);
  }

  setWork(work: Work): void {
    this.update((state) => ({ ...state, work }));
  }

  show(route: Route): void {
    this.update((state) => ({ ...state, navigation: push(state.navigation, route) }));
  }

  /**
   * Reads a screen's content, then shows the screen, unless the user has gone to another screen or asked for another one
   * meanwhile. A failure becomes an error message. Never rejects.
   */
  async open(read: () => Promise<Route>): Promise<void> {
    const from = this.state.navigation;
    const own = Symbol('opening');
    const isLast = () => this.#opening === own;
    this.#opening = own;
    const announce = setTimeout(() => {
      if (isLast()) this.update((state) => ({ ...state, opening: true }));
    }, ANNOUNCE_MS);
    await this.attempt(async () => {
      const route = await read();
      if (isLast() && this.state.navigation === from) this.show(route);
    });
    clearTimeout(announce);
    if (!isLast()) return;
    this.#opening = undefined;
    this.update((state) => ({ ...state, opening: false }));
  }

  /** Runs an action and returns its failure as a sentence. Cancellation is none. Never rejects. */
  async problemOf(act: () => Promise<void>): Promise<string | undefined> {
    try {
      await act();
      return undefined;
    } catch (error) {
      if (error instanceof CancelledError) return undefined;
      return describeFailure(toFailure(error), this.#theme).title;
    }
  }

  /** Runs an action and shows its failure as an error message. Cancellation is silent. Never rejects. */
  async attempt(act: () => Promise<void>): Promise<void> {
    const notice = await this.problemOf(act);
    if (notice !== undefined) this.update((state) => ({ ...state, notice }));
  }
}
