/** Versions of Go as they are written: `1.19`, `1.23.5`, `go1.22.12`. */
import { isBefore } from './peer-release.ts';

function numbersOf(version: string): readonly number[] {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : [0, 0, 0];
}

/** Whether `version` is `other` or later. What is no version is before all others. */
export function isGoAtLeast(version: string, other: string): boolean {
  return !isBefore(numbersOf(version), numbersOf(other));
}

/** @returns the later of the two, as it is written */
export function laterGo(one: string, other: string): string {
  return isGoAtLeast(one, other) ? one : other;
}
