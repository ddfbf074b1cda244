/** Compares dotted versions: of Fabric, Go, compose and the engine's API. */

/** The version inside a text: `1.4.13` of `v1.4.13-foo`, `1.22.12` of `go1.22.12`, `2` of `2`. */
const NUMBERS = /\d+(?:\.\d+)+|^\d+$/;

function numbersIn(text: string): readonly number[] {
  return NUMBERS.exec(text)?.[0].split('.').map(Number) ?? [];
}

/**
 * Compares two versions part by part: `1.10` is newer than `1.9`. A missing part counts as 0, and so does a text
 * without a version.
 * @returns negative if `a` is older, positive if it is newer, else 0
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersIn(a), numbersIn(b)];
  const parts = Array.from({ length: Math.max(left.length, right.length) }, (_, index) => index);
  const differing = parts.find((index) => (left[index] ?? 0) !== (right[index] ?? 0));
  return differing === undefined ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
}

/** Whether `version` is `other` or newer. */
export function isAtLeast(version: string, other: string): boolean {
  return compareVersions(version, other) >= 0;
}

/** Returns the newer of the two, as it is written. */
export function newerVersion(one: string, other: string): string {
  return isAtLeast(one, other) ? one : other;
}

/** `2.5` of `v2.5.16`, `1.22` of `1.22.12`. */
export function minorVersion(version: string): string {
  return numbersIn(version).slice(0, 2).join('.');
}

const FABRIC_VERSION = /^v?\d+\.\d+\.\d+(?:[-+.].*)?$/;

/** Whether a text is a version of Fabric with three parts: `1.4.12`, `v1.4.12`, `1.4.13-foo`. */
export function isFabricVersion(text: string): boolean {
  return FABRIC_VERSION.test(text);
}
