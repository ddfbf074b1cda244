/** Questions as plain lines, for terminals that cannot draw screens and for screen readers. */
import { createInterface, type Interface } from 'node:readline';
import { CancelledError } from '../pipeline/core/failure.ts';
import { shownText, wrapToWidth } from '../report/terminal-text.ts';

/** Lines are kept until a question takes them, so that answers may be typed or pasted ahead. */
export class LinePrompt {
  readonly #lines: string[] = [];
  readonly #reader: Interface;
  readonly #output: NodeJS.WritableStream;
  readonly #columns: number | undefined;
  #ended = false;
  #wake: () => void = () => undefined;

  /**
   * @param signal ends the questions, as Ctrl-C does
   * @param columns width to which texts are wrapped; undefined: not wrapped
   */
  constructor(
    input: NodeJS.ReadableStream,
    output: NodeJS.WritableStream,
    signal: AbortSignal,
    columns?: number,
  ) {
    this.#output = output;
    this.#columns = columns;
    // Not a terminal: readline would move the cursor, which a dumb terminal prints as text.
    this.#reader = createInterface({ input, terminal: false });
    this.#reader.on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    this.#reader.on('close', end);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  }

  say(text: string): void {
    this.#output.write(`${this.#wrapped(text)}\n`);
  }

  /** A continued line keeps the indent. */
  #wrapped(text: string): string {
    const columns = this.#columns;
    const shown = shownText(text);
    if (columns === undefined) return shown;
    return shown
      .split('\n')
      .flatMap((line) => wrapToWidth(line, columns, /^ */.exec(line)?.[0] ?? ''))
      .join('\n');
  }

  /** @throws CancelledError on Ctrl-C and Ctrl-D */
  async ask(question: string): Promise<string> {
    this.#output.write(`${this.#wrapped(question)} `);
    while (this.#lines.length === 0 && !this.#ended)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const line = this.#lines.shift();
    if (line !== undefined) return line.trim();
    this.say('');
    throw new CancelledError();
  }

  /** @param byDefault the answer for Enter */
  async confirm(question: string, byDefault: boolean): Promise<boolean> {
    const answer = await this.ask(`${question} ${byDefault ? '[Y/n]' : '[y/N]'}`);
    return answer === '' ? byDefault : /^(y(es)?|是)$/i.test(answer);
  }

  close(): void {
    this.#reader.close();
  }
}
