/** Checks out a tag or branch of a repository, which may be bare or a partial clone. */
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
 * @param options `run`: a runner; `fabric`: the repository; `tag`: a tag with or without a leading v, or a branch; `to`: a folder, which
 *   is replaced
 * @returns `commit`: the short ID of the release; `version`: for a branch, its last tag with its commit; `absent`: paths of files that the repository does not contain
 * @throws Error if there is no such tag or branch
 */
export async function checkOut({ run, fabric, tag, to }) {
  const scratch = await mkdtemp(join(tmpdir(), 'fabric-wizard-matrix-'));
  const env = { ...NO_FETCH, GIT_INDEX_FILE: join(scratch, 'index'), GIT_WORK_TREE: to };
  const git = (args, input) => run('git', ['-C', fabric, ...args], { env, input });
  try {
    await rm(to, { recursive: true, force: true });
    await mkdir(to, { recursive: true });
    const { ref, commit } = await findRef(run, fabric, tag);
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
    const version = ref.startsWith('refs/tags/') ? undefined : await describe(run, fabric, commit);
    return { commit: commit.slice(0, 9), absent, ...(version === undefined ? {} : { version }) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Returns whether a folder is a git repository. */
export async function isRepository(run, fabric) {
  const args = ['-C', fabric, 'rev-parse', '--git-dir'];
  return (await run('git', args, { env: NO_FETCH, mayFail: true })).exitCode === 0;
}

/** Returns the last tag before a commit, with the commit: `v3.1.5-19-g0c423ac47`; undefined if there is no tag. */
async function describe(run, fabric, commit) {
  const args = ['-C', fabric, 'describe', '--tags', '--match', 'v*', commit];
  const { exitCode, stdout } = await run('git', args, { env: NO_FETCH, mayFail: true });
  return exitCode === 0 ? stdout.trim() : undefined;
}

async function findRef(run, fabric, name) {
  const refs = [
    `refs/tags/v${name}`,
    `refs/tags/${name}`,
    `refs/heads/${name}`,
    `refs/remotes/origin/${name}`,
  ];
  for (const ref of refs) {
    const args = ['-C', fabric, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`];
    const { exitCode, stdout } = await run('git', args, { env: NO_FETCH, mayFail: true });
    if (exitCode === 0) return { ref, commit: stdout.trim() };
  }
  throw new Error(`there is no tag v${name} and no branch ${name}`);
}
