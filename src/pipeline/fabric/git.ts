/** Runs git in repositories of any owner, without hooks and without writing to their index. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Characters of git's output; more than for any Fabric tree. */
const MAX_OUTPUT = 200_000_000;

const GIT_ENV = {
  // Reads checkouts of other users too, but does not run their fsmonitor hook.
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
  GIT_CONFIG_KEY_1: 'core.fsmonitor',
  GIT_CONFIG_VALUE_1: 'false',
  // Otherwise `git status` writes to the index.
  GIT_OPTIONAL_LOCKS: '0',
  LC_ALL: 'C',
  // Inside a git hook these variables would redirect every call to the hook's repository.
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
};

const execFileAsync = promisify(execFile);

/** Uses node's execFile, not execa, because every start runs git five times. @returns its output */
export async function git(dir: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execFileAsync('git', args, {
    cwd: dir,
    env: { ...process.env, ...GIT_ENV },
    maxBuffer: MAX_OUTPUT,
  });
  return stdout;
}

/** Returns the commit of a reference; undefined if the folder is in no repository that has it. */
export async function commitOf(dir: string, ref: string): Promise<string | undefined> {
  const commit = await git(dir, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`).catch(() => '');
  return commit.trim() || undefined;
}

/** Whether a commit contains a file or folder. */
export async function hasPath(dir: string, commit: string, path: string): Promise<boolean> {
  return git(dir, 'cat-file', '-e', `${commit}:${path}`).then(
    () => true,
    () => false,
  );
}
