/** PURE: decides which packages are tested: those that the command names, or those that changes concern. */
import { posix } from 'node:path';
import { nearestName } from '../core/nearest.ts';
import type { GoPackage } from './go-packages.ts';

type Named = Pick<GoPackage, 'path'>;

/** Suites of whole networks: they have a command of their own. */
const INTEGRATION = 'integration';

function isIntegration(path: string): boolean {
  return path === INTEGRATION || path.startsWith(`${INTEGRATION}/`);
}

/** `./core/peer/`, `core/peer` and the import path mean the same. */
function relativeName(name: string, modulePath: string): string {
  const inModule = name === modulePath ? '.' : name.replace(`${modulePath}/`, '');
  return posix.normalize(inModule).replace(/\/$/, '');
}

/** `...` stands for any text, and `x/...` also for `x` itself, as go reads it. */
function patternOf(name: string): RegExp {
  const escaped = name.split('...').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*').replace(/\/\.\*$/, '(?:/.*)?')}$`);
}

export type Matches =
  | { readonly packages: readonly string[] }
  /** No package has the name; `meant` is a similar one. */
  | { readonly unknown: string; readonly meant: string | undefined }
  /** The package is a suite of integration tests. */
  | { readonly suite: string };

function matchesOf(name: string, packages: readonly Named[], modulePath: string): Matches {
  const wanted = relativeName(name, modulePath);
  if (wanted.includes('...')) {
    const pattern = patternOf(wanted === '...' ? '...' : wanted);
    const all = packages.filter(({ path }) => pattern.test(path) || (wanted === '...' && path === '.'));
    const units = all.filter(({ path }) => !isIntegration(path));
    const [only] = all;
    if (only && units.length === 0) return { suite: only.path };
    if (units.length > 0) return { packages: units.map(({ path }) => path) };
    const meant = meantBy(wanted.replace(/\/?\.\.\..*$/, ''), packages);
    return { unknown: name, meant: meant === undefined ? undefined : `${meant}/...` };
  }
  const found = packages.find(({ path }) => path === wanted);
  if (!found) return { unknown: name, meant: meantBy(wanted, packages) };
  return isIntegration(found.path) ? { suite: found.path } : { packages: [found.path] };
}

/** A package can also be meant by the end of its path: `peer` is `core/peer`. */
function meantBy(wanted: string, packages: readonly Named[]): string | undefined {
  const paths = packages.map(({ path }) => path).filter((path) => !isIntegration(path));
  return nearestName(wanted, paths) ?? paths.find((path) => path.endsWith(`/${wanted}`));
}

/** Returns the paths of the packages that the names mean, without duplicates, or the first name that means none. */
export function namedPackages(
  names: readonly string[],
  packages: readonly Named[],
  modulePath: string,
): Matches {
  const chosen = new Set<string>();
  for (const name of names) {
    const matches = matchesOf(name, packages, modulePath);
    if (!('packages' in matches)) return matches;
    for (const path of matches.packages) chosen.add(path);
  }
  return { packages: [...chosen] };
}

export interface ChangedPackages {
  /** Packages with changed files. */
  readonly changed: readonly string[];
  /** Other packages that import one of them at first hand. */
  readonly importing: readonly string[];
}

/** The folder whose package a changed file belongs to; none for a file that neither go nor a test reads. */
function folderOf(path: string): readonly string[] {
  const [, ofTests] = /^(?:(.*?)\/)?testdata\//.exec(path) ?? [];
  if (path.startsWith('testdata/')) return ['.'];
  if (ofTests !== undefined) return [ofTests];
  return path.endsWith('.go') ? [posix.dirname(path)] : [];
}

/**
 * Returns the packages that changed files concern. A changed vendored package has no tests here, but is imported.
 * @param paths changed files, relative to the checkout
 */
export function changedPackages(
  paths: readonly string[],
  packages: readonly GoPackage[],
  modulePath: string,
): ChangedPackages {
  const units = packages.filter(({ path }) => !isIntegration(path));
  const folders = new Set(paths.flatMap(folderOf));
  const changed = units.filter(({ path }) => folders.has(path)).map(({ path }) => path);
  const imported = new Set([
    ...[...folders].map((folder) => (folder === '.' ? modulePath : `${modulePath}/${folder}`)),
    ...[...folders].filter((folder) => folder.startsWith('vendor/')).map((folder) => folder.slice(7)),
  ]);
  const importing = units
    .filter(({ path, imports }) => !folders.has(path) && [...imports].some((each) => imported.has(each)))
    .map(({ path }) => path);
  return { changed, importing };
}
