/** The app's store with the updates that its controllers share. */
import { CancelledError, toFailure } from '../pipeline/core/failure.ts';
import { describeFailure } from '../report/failure-text.ts';
import { type AppState, initialAppState, type Work } from '../screens/app-state.ts';
import { push, type Route } from '../screens/navigation.ts';
import { createStore, type Store } from '../ui/store.ts';
import type { Theme } from '../ui/theme.tsx';

export class AppStore {
  readonly store: Store<AppState>;
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
