/**
 * Tags and branches of Fabric repositories on this machine. They are fetched into a repository of our own: a worktree
 * would leave an entry in the user's repository, and a shared clone would break when that repository is removed.
 */
import { join } from 'node:path';
import { commitOf, git, hasPath } from './git.ts';

/** A tag or branch of a local repository. */
export interface LocalRef {
  /** A folder in the repository. */
  readonly repository: string;
  /** Full name, e.g. `refs/heads/main`. */
  readonly ref: string;
  readonly commit: string;
}

/** Without `~`, `^`, `:` and the like, which git would read as an expression, and without a leading dash or dot. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_+-]*(?:[./][A-Za-z0-9_+-]+)*$/;

/** Whether a text can be the name of a tag or a branch. */
export function isRefName(text: string): boolean {
  return NAME.test(text);
}

/** Returns where repositories are looked for: the folder, the current one, and `fabric` in the folder and beside it. */
export function repositoryPlaces(dir: string): readonly string[] {
  return [...new Set([dir, process.cwd(), join(dir, 'fabric'), join(dir, '..', 'fabric')])];
}

const NAMESPACES = ['refs/tags', 'refs/heads', 'refs/remotes/origin'];
/** File that only Fabric has. */
const FABRIC_FILE = 'common/metadata/metadata.go';

/**
 * Returns the first of the repositories that has a tag or, if there is none, a branch of this name.
 * @param file path that only the commits of the wanted project have
 */
export async function localRef(
  name: string,
  repositories: readonly string[],
  file = FABRIC_FILE,
): Promise<LocalRef | undefined> {
  if (!isRefName(name)) return undefined;
  for (const repository of repositories) {
    for (const ref of NAMESPACES.map((namespace) => `${namespace}/${name}`)) {
      const commit = await commitOf(repository, ref);
      if (commit !== undefined && (await hasPath(repository, commit, file)))
        return { repository, ref, commit };
    }
  }
  return undefined;
}

/** Returns the last tag before a commit, with the commit: `v3.1.3-12-g0a1b2c3`; undefined if there is no tag. */
export async function describeCommit(repository: string, commit: string): Promise<string | undefined> {
  const text = await git(repository, 'describe', '--tags', '--match', 'v*', commit).catch(() => '');
  return text.trim() || undefined;
}
