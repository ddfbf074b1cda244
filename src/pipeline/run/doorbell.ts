/** Tells one waiter that something has happened; many rings before it listens are one. */
export class Doorbell {
  #wake: () => void = () => undefined;
  #rung = false;

  /** True where it rang since `next` was last called. */
  get rung(): boolean {
    return this.#rung;
  }

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Resolves at the next ring, at once where there was one since the last call, and when the signal fires. */
  async next(signal: AbortSignal): Promise<void> {
    const listening = new AbortController();
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { signal: listening.signal });
      });
      listening.abort();
    }
    this.#rung = false;
  }
}
