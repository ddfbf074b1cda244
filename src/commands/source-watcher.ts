/** Watch mode of the dashboard: rebuilds after every change of the source until it is switched off. */
import type { SourceTree } from '../pipeline/fabric/source-tree.ts';
import type { AppStore } from './app-store.ts';
import type { RebuildResult } from './watch-loop.ts';

export interface SourceWatcherOptions {
  readonly dir: string;
  readonly app: AppStore;
  /** Rebuilds once, after any other work has ended. */
  readonly rebuild: (signal: AbortSignal) => Promise<RebuildResult>;
  readonly onChange: (source: SourceTree) => void;
}

export class SourceWatcher {
  readonly #options: SourceWatcherOptions;
  #abort: AbortController | undefined;

  constructor(options: SourceWatcherOptions) {
    this.#options = options;
  }

  toggle(): void {
    if (this.#abort) {
      this.stop();
      return;
    }
    const { app } = this.#options;
    const abort = new AbortController();
    this.#abort = abort;
    app.update((state) => ({ ...state, watching: { changed: [] } }));
    void app.attempt(() => this.#watch(abort.signal));
  }

  stop(): void {
    this.#abort?.abort();
    this.#abort = undefined;
    this.#options.app.update(({ watching: _, ...state }) => state);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { dir, app, rebuild, onChange } = this.#options;
    const { rebuildOnChange } = await import('./watch-loop.ts');
    await rebuildOnChange({
      dir,
      signal,
      rebuild: () => rebuild(signal),
      onChange: ({ tree, paths }) => {
        onChange(tree);
        app.update((state) => ({ ...state, watching: { changed: paths } }));
      },
    });
    if (!signal.aborted) this.stop();
  }
}
