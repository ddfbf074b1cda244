/** Checks out a release of a repository, which may be bare or a partial clone. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANY_OWNER, makeRepository } from '../git.mjs';

/** Environment in which git does not fetch the missing files of a partial clone. */
const NO_FETCH = { ...ANY_OWNER, GIT_NO_LAZY_FETCH: '1' };

/**
 * Returns the paths of files that the repository does not contain. `git archive` would fail at the first of them.
 * @param tree output of `git ls-tree -r -z`: `mode type id<TAB>path` and a zero byte for each file
 * @param present output of `git cat-file --batch-check`: `id type size` or `id missing` for each file
 */
export function absentPaths(tree, present) {
  const missing = new Set(
    present
      .split('\n')
      .filter((line) => line.endsWith(' missing'))
      .map((line) => line.split(' ')[0]),
  );
  return tree
    .split('\0')
    .map((entry) => /^\d+ blob (\S+)\t(.*)$/s.exec(entry))
    .filter((entry) => entry !== null && missing.has(entry[1]))
    .map((entry) => entry[2]);
}

/**
 * Makes `to` a repository with the files of one release, without its history.
 * @param options `run`: a runner; `fabric`: the repository; `tag` with or without a leading v; `to`: a folder, which
 *   is replaced
 * @returns `commit`: the short ID of the release; `absent`: paths of files that the repository does not contain
 * @throws Error if there is no such tag
 */
export async function checkOut({ run, fabric, tag, to }) {
  const scratch = await mkdtemp(join(tmpdir(), 'fabric-wizard-matrix-'));
  const env = { ...NO_FETCH, GIT_INDEX_FILE: join(scratch, 'index'), GIT_WORK_TREE: to };
  const git = (args, input) => run('git', ['-C', fabric, ...args], { env, input });
  try {
    await rm(to, { recursive: true, force: true });
    await mkdir(to, { recursive: true });
    const commit = await commitOf(run, fabric, tag);
    const tree = (await git(['ls-tree', '-r', '-z', commit])).stdout;
    const ids = [...tree.matchAll(/(?:^|\0)\d+ blob (\S+)\t/g)].map(([, id]) => id);
    const present = await git(['cat-file', '--batch-check', '--buffer'], `${ids.join('\n')}\n`);
    const absent = absentPaths(tree, present.stdout);
    await git(['read-tree', commit]);
    await git(
      ['update-index', '--force-remove', '-z', '--stdin'],
      absent.map((path) => `${path}\0`).join(''),
    );
    await git(['-c', 'core.autocrlf=false', 'checkout-index', '--all', '--quiet', `--prefix=${to}/`]);
    await makeRepository((args) => run('git', args, { env: ANY_OWNER }), to, `Fabric ${tag}`);
    return { commit: commit.slice(0, 9), absent };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Returns whether a folder is a git repository. */
export async function isRepository(run, fabric) {
  const args = ['-C', fabric, 'rev-parse', '--git-dir'];
  return (await run('git', args, { env: NO_FETCH, mayFail: true })).exitCode === 0;
}

async function commitOf(run, fabric, tag) {
  for (const name of [`refs/tags/v${tag}`, `refs/tags/${tag}`]) {
    const args = ['-C', fabric, 'rev-parse', '--verify', '--quiet', `${name}^{commit}`];
    const { exitCode, stdout } = await run('git', args, { env: NO_FETCH, mayFail: true });
    if (exitCode === 0) return stdout.trim();
  }
  throw new Error(`there is no tag v${tag}`);
}
