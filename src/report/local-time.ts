/** PURE: times as they are shown, in the time zone of this machine. */

import { two } from './quantities.ts';

/** `2026-11-29`. */
function localDay(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `2026-11-29 14:05`. @param at a time in RFC 3339, or milliseconds since the epoch */
export function localMinute(at: number | string): string {
  const date = new Date(at);
  return `${localDay(date)} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Returns the two parts of `2026-11-29 14:00:29`; undefined if the text is no time. @param iso a time in RFC 3339 */
export function localSecond(iso: string): { readonly day: string; readonly time: string } | undefined {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return undefined;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return { day: localDay(date), time };
}
