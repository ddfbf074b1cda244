/** What screens may ask for. They start no work themselves, and learn by the store what became of it. */
import type { Store } from '../ui/store.ts';
import type { AppState, WorkRequest } from './app-state.ts';

export interface Desk {
  readonly store: Store<AppState>;
  /** As package.json has it. */
  readonly version: string;
  /** Looks at engine, source and journal and plans; `work` becomes `planned` or `refused`. */
  readonly prepare: (request: WorkRequest) => void;
  /** Runs what was planned. */
  readonly start: () => void;
  /** Both, without a look at the plan. Like `prepare`, it does nothing while something is under way. */
  readonly run: (request: WorkRequest) => void;
  /** Ends what is under way, and stays. */
  readonly cancel: () => void;
  /** Ctrl-C: the first one cancels, a second one leaves. Any other key in between takes the first one back. */
  readonly interrupt: () => void;
  /** Ends what is under way, and the program. */
  readonly leave: () => void;
  /** Gives the terminal to a pager that shows this file, and takes it back. */
  readonly openPager: (path: string) => void;
}
