/** Runs one task at a time; a new task can be refused or replace the current one. */

interface Task {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

export class TaskSlot {
  #task: Task | undefined;
  /** Starts the replacement of the current task. */
  #next: (() => void) | undefined;

  /** Resolves when the current task has ended; undefined if there is none. */
  get ended(): Promise<void> | undefined {
    return this.#task?.ended;
  }

  /** The current task was aborted in favour of another one; its outcome must not be shown. */
  get isReplaced(): boolean {
    return this.#next !== undefined;
  }

  /** Starts a task; does nothing if another one is active. @param act must not reject */
  start(abort: AbortController, act: () => Promise<void>): void {
    if (this.#task) return;
    const ended = act().finally(() => {
      this.#task = undefined;
      const next = this.#next;
      this.#next = undefined;
      next?.();
    });
    this.#task = { abort, ended };
  }

  /** Aborts the current task and calls `next` when it has ended; a later replacement overrides an earlier one. */
  replace(next: () => void): void {
    if (this.#task) {
      this.#next = next;
      this.#task.abort.abort();
    } else next();
  }

  /** Aborts the current task. @returns false if there is none */
  cancel(): boolean {
    this.#task?.abort.abort();
    return this.#task !== undefined;
  }
}
