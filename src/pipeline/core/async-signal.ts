/** Tells one waiter that something has happened; many rings before it listens are one. */
export class AsyncSignal {
  #wake: () => void = () => undefined;
  #notified = false;

  /** True where it rang since `next` was last called. */
  get notified(): boolean {
    return this.#notified;
  }

  notify(): void {
    this.#notified = true;
    this.#wake();
  }

  /** Resolves at the next ring, at once where there was one since the last call, and when the signal fires. */
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
