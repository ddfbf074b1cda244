/** PURE: whole numbers and ports as users write them. */

/** Returns the number that a text means: only digits, and no leading zero. */
export function wholeNumber(text: string): number | undefined {
  return /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined;
}

const LAST_PORT = 65535;

export function isPort(text: string): boolean {
  const port = wholeNumber(text) ?? 0;
  return port >= 1 && port <= LAST_PORT;
}
