/** Rebuilds now and at every change of the source, until it is stopped. */
import type { SourceTree } from '../pipeline/fabric/source-tree.ts';
import type { AppState } from '../screens/app-state.ts';
import type { Store } from '../ui/store.ts';

export interface WatchPorts {
  /** Where something else is under way, after that. @returns the source as it was read; undefined where it was not */
  readonly rebuild: (signal: AbortSignal) => Promise<SourceTree | undefined>;
  readonly changed: (tree: SourceTree) => void;
  /** Says what can't be done. */
  readonly attempt: (act: () => Promise<void>) => void;
}

export class SourceWatcher {
  readonly #dir: string;
  readonly #store: Store<AppState>;
  readonly #ports: WatchPorts;
  #watching: AbortController | undefined;

  constructor(dir: string, store: Store<AppState>, ports: WatchPorts) {
    this.#dir = dir;
    this.#store = store;
    this.#ports = ports;
  }

  toggle(): void {
    if (this.#watching) {
      this.stop();
      return;
    }
    const watching = new AbortController();
    this.#watching = watching;
    this.#store.updateNow((state) => ({ ...state, watching: { changed: [] } }));
    this.#ports.attempt(() => this.#watch(watching.signal));
  }

  stop(): void {
    this.#watching?.abort();
    this.#watching = undefined;
    this.#store.updateNow(({ watching: _, ...state }) => state);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { othersDone, sourceChange } = await import('./run-service.ts');
    while (!signal.aborted) {
      const known = await this.#ports.rebuild(signal);
      if (signal.aborted) return;
      if (!known) return this.stop();
      const { work } = this.#store.now();
      if (work.kind === 'refused' && work.failure.kind === 'locked') {
        // The change is still to be built: whoever works in the folder has their turn first.
        await othersDone(this.#dir, signal);
        continue;
      }
      const { tree, paths } = await sourceChange(known, signal);
      this.#ports.changed(tree);
      this.#store.updateNow((state) => ({ ...state, watching: { changed: paths } }));
    }
  }
}
