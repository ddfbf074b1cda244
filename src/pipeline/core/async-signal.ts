/** Wakes one waiter. Several notifications before it waits count as one. */
export class AsyncSignal {
  #wake: () => void = () => undefined;
  #notified = false;

  /** Whether there was a notification since the last call of `next`. */
  get notified(): boolean {
    return this.#notified;
  }

  notify(): void {
    this.#notified = true;
    this.#wake();
  }

  /** Resolves at the next notification, immediately if there was one since the last call, or when the signal fires. */
  async next(signal: AbortSignal): Promise<void> {
    const listening = new AbortController();
    if (!this.#notified && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { signal: listening.signal });
      });
      listening.abort();
    }
    this.#notified = false;
  }
}
