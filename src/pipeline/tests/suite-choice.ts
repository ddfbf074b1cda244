/** PURE: the suites of integration tests that a checkout has, and those that a command names. */
import { posix } from 'node:path';
import { nearestName } from '../core/nearest.ts';

/** Folder of the suites in a checkout. */
export const SUITES = 'integration';

/** Returns the names of the suites, sorted: `sbe`, `nwo/runner`. @param paths files of the checkout */
export function suitesIn(paths: Iterable<string>): readonly string[] {
  const folders = [...paths]
    .filter((path) => path.startsWith(`${SUITES}/`) && path.endsWith('_test.go'))
    .map((path) => posix.dirname(path).slice(SUITES.length + 1))
    .filter((name) => name !== '' && !name.split('/').includes('testdata'));
  return [...new Set(folders)].sort();
}

export type NamedSuites =
  | { readonly suites: readonly string[] }
  /** No folder has the name; `meant` is a similar one. */
  | { readonly unknown: string; readonly meant: string | undefined };

/** Returns what the names mean, without duplicates. `sbe`, `integration/sbe` and `./integration/sbe/` are the same. */
export function namedSuites(names: readonly string[], suites: readonly string[]): NamedSuites {
  const chosen = new Set<string>();
  for (const name of names) {
    const wanted = posix
      .normalize(name)
      .replace(/\/$/, '')
      .replace(/^(?:.*\/)?integration\//, '');
    if (!suites.includes(wanted)) return { unknown: name, meant: nearestName(wanted, suites) };
    chosen.add(wanted);
  }
  return { suites: [...chosen] };
}
