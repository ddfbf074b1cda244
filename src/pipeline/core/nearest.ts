/** PURE: finds the known name that a mistyped one means. */

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const substitution = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(substitution, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

const MOST_EDITS = 2;

function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** More than half of a short name has to be right, or its first letter and half. */
function isSimilar(
  { name, distance }: { readonly name: string; readonly distance: number },
  wanted: string,
): boolean {
  const known = plain(name);
  const right = known.length - 2 * distance;
  return distance <= MOST_EDITS && (right > 0 || (right === 0 && known[0] === wanted[0]));
}

/** A shorter text is part of many names by chance. */
const LEAST_PART = 3;

/**
 * Returns the known name that is most similar to an unknown one, or the only one that contains it; undefined if there is
 * none. Case and punctuation do not matter.
 */
export function nearestName(unknown: string, known: readonly string[]): string | undefined {
  const wanted = plain(unknown);
  const same = known.find((name) => plain(name) === wanted);
  if (same !== undefined) return same;
  const [nearest] = known
    .map((name) => ({ name, distance: editDistance(plain(name), wanted) }))
    .sort((a, b) => a.distance - b.distance);
  if (nearest && isSimilar(nearest, wanted)) return nearest.name;
  const [container, another] = known.filter((name) => plain(name).includes(wanted));
  return wanted.length >= LEAST_PART && another === undefined ? container : undefined;
}
