/** Text that a POSIX shell reads back as one word. */

/** Always in quotes. */
export function shellQuoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** In quotes only where it needs them. */
export function shellWord(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : shellQuoted(value);
}
