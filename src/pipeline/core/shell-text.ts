/** Quotes text so that a POSIX shell reads it as words. */

/** Returns the text in single quotes. */
export function shellQuoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Returns the text, in single quotes only if it needs them. */
export function shellWord(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : shellQuoted(value);
}

/** Returns a command line that a shell splits into these words. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
