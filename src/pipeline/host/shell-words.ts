/** PURE: splits a line into words as a POSIX shell does, with its quotes and escapes. Nothing is expanded. */

/** The words, or which quote has no end. */
export type ShellWords = { readonly words: readonly string[] } | { readonly open: "'" | '"' | '\\' };

/** Characters that a backslash escapes in double quotes. Before any other one, it stands for itself. */
const ESCAPED = new Set(['"', '\\', '$', '`']);

class WordReader {
  readonly #characters: readonly string[];
  readonly #words: string[] = [];
  /** The word that is being read; undefined between words. */
  #word: string | undefined;
  #at = 0;

  constructor(line: string) {
    this.#characters = [...line];
  }

  read(): ShellWords {
    for (;;) {
      const character = this.#next();
      if (character === undefined) return { words: this.#ended() };
      if (/\s/.test(character)) this.#end();
      else if (character === "'" || character === '"') {
        if (!this.#quoted(character)) return { open: character };
      } else if (character === '\\') {
        const escaped = this.#next();
        if (escaped === undefined) return { open: '\\' };
        this.#add(escaped);
      } else this.#add(character);
    }
  }

  #next(): string | undefined {
    const character = this.#characters[this.#at];
    this.#at += 1;
    return character;
  }

  #add(text: string): void {
    this.#word = (this.#word ?? '') + text;
  }

  #end(): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
  }

  #ended(): readonly string[] {
    this.#end();
    return this.#words;
  }

  /** Reads to the end of a quoted part. @returns false if it has none */
  #quoted(quote: "'" | '"'): boolean {
    // Two quotes alone are an empty word.
    this.#add('');
    for (;;) {
      const character = this.#next();
      if (character === undefined) return false;
      if (character === quote) return true;
      const following = this.#characters[this.#at] ?? '';
      if (quote === '"' && character === '\\' && ESCAPED.has(following)) this.#add(this.#next() ?? '');
      else this.#add(character);
    }
  }
}

export function shellWordsIn(line: string): ShellWords {
  return new WordReader(line).read();
}
