import { StringDecoder } from 'node:string_decoder';

/** Splits a byte stream into lines. A character can span two chunks. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  /** Returns the lines that the chunk completes. */
  push(chunk: Buffer): string[] {
    const text = this.#decoder.write(chunk);
    // Joining is cheap until the text is searched: a line can have megabytes.
    if (!text.includes('\n')) {
      this.#rest += text;
      return [];
    }
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.map((line) => line.replace(/\r$/, ''));
  }

  /** Returns the last line if the stream does not end with a line break. */
  end(): string | undefined {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    return rest === '' ? undefined : rest;
  }
}
