/** Numbers and ids in human-readable form. */

/** Returns a duration: `0.2 s`, `42 s`, `1 min 28 s`, `1 h 2 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Returns a number with at least two digits: `07`. */
export function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Returns the time since the start of a run: `0:07`, `12:34`, `1:02:03`. */
export function formatClock(milliseconds: number): string {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** Returns a size in decimal units, as docker does: `512 B`, `45.6 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return step === 0 ? `${bytes} B` : `${(bytes / 1000 ** step).toFixed(1)} ${units[step]}`;
}

/** Returns the local date and time of day. */
function localParts(milliseconds: number): readonly [string, string] {
  const offset = new Date(milliseconds).getTimezoneOffset() * 60_000;
  const text = new Date(milliseconds - offset).toISOString();
  return [text.slice(0, 10), text.slice(11, 19)];
}

/** The local time of day, with the date if it is not today: `06:51:02` or `2026-11-29 23:10:44`. */
export function formatSince(milliseconds: number, now = Date.now()): string {
  const [date, time] = localParts(milliseconds);
  return date === localParts(now)[0] ? time : `${date} ${time}`;
}
