/** Quotes text so that a POSIX shell reads it as one word. */

/** Returns the text in single quotes. */
export function shellQuoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Returns the text, in single quotes only if it needs them. */
export function shellWord(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : shellQuoted(value);
}
