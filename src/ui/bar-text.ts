/** PURE: a progress bar as text. */

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** @param share 0..1 @returns exactly `columns` columns */
export function barText(share: number, columns: number, unicode: boolean): string {
  const whole = Math.max(0, columns);
  const filled = Math.min(1, Math.max(0, share)) * whole;
  const full = Math.floor(filled);
  if (!unicode) return '#'.repeat(full) + '.'.repeat(whole - full);
  const part = EIGHTHS[Math.floor((filled - full) * 8)] ?? '';
  const body = '█'.repeat(full) + part;
  return body + '░'.repeat(whole - full - (part === '' ? 0 : 1));
}
