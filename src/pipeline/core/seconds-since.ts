/** Returns the time since a value of `performance.now()`, in seconds with one digit after the point. */
export function secondsSince(start: number): number {
  return Math.round((performance.now() - start) / 100) / 10;
}
