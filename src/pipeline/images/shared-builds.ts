/** Shares a build between stages of a run that need the same image. */
import type { ProgressListener } from '../core/progress-listener.ts';

interface SharedBuild {
  readonly listeners: Set<ProgressListener>;
  readonly done: Promise<void>;
}

/**
 * Builds that several stages of one run may request at the same time. The first request starts the build, later ones
 * wait for it, and all of them receive its output. A run owns one instance.
 */
export class SharedBuilds {
  readonly #builds = new Map<string, SharedBuild>();

  /**
   * @param key the same for equal builds
   * @param build called unless a build with this key is running; the first listener's signal cancels it
   */
  async run(
    key: string,
    listener: ProgressListener,
    build: (progress: ProgressListener) => Promise<void>,
  ): Promise<void> {
    const shared = this.#builds.get(key) ?? this.#start(key, listener, build);
    shared.listeners.add(listener);
    try {
      await shared.done;
    } finally {
      shared.listeners.delete(listener);
    }
  }

  #start(
    key: string,
    first: ProgressListener,
    build: (progress: ProgressListener) => Promise<void>,
  ): SharedBuild {
    const listeners = new Set([first]);
    const progress: ProgressListener = {
      signal: first.signal,
      warn: first.warn,
      log: (line) => {
        for (const { log } of listeners) log(line);
      },
      progress: (...step) => {
        for (const listener of listeners) listener.progress(...step);
      },
    };
    const done = build(progress).finally(() => this.#builds.delete(key));
    const shared = { listeners, done };
    this.#builds.set(key, shared);
    return shared;
  }
}
