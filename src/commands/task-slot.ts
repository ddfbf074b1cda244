/** One thing at a time: what is under way, and what takes its place. */

interface Task {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

export class TaskSlot {
  #task: Task | undefined;
  /** Begins once the task has ended. */
  #next: (() => void) | undefined;

  /** Resolves with what is under way; undefined where nothing is. */
  get ended(): Promise<void> | undefined {
    return this.#task?.ended;
  }

  /** What is under way was given up for something else, and has nothing more to say. */
  get givesWay(): boolean {
    return this.#next !== undefined;
  }

  /** Nothing where something is under way. @param act never rejects */
  begin(abort: AbortController, act: () => Promise<void>): void {
    if (this.#task) return;
    const ended = act().finally(() => {
      this.#task = undefined;
      const next = this.#next;
      this.#next = undefined;
      next?.();
    });
    this.#task = { abort, ended };
  }

  /** The last wish counts: what is under way is given up for it. */
  instead(begin: () => void): void {
    if (this.#task) {
      this.#next = begin;
      this.#task.abort.abort();
    } else begin();
  }

  /** @returns whether there was something to give up */
  cancel(): boolean {
    this.#task?.abort.abort();
    return this.#task !== undefined;
  }
}
