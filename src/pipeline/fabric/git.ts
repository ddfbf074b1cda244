/** Runs git in repositories of any owner, without hooks and without writing to their index. */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Characters of git's output; more than for any Fabric tree. */
const MAX_OUTPUT = 200_000_000;

type Setting = readonly [key: string, value: string];

/** Checkouts of other users are read too, but their fsmonitor hook is not run. */
const SETTINGS: readonly Setting[] = [
  ['safe.directory', '*'],
  ['core.fsmonitor', 'false'],
];

function settingsEnv(settings: readonly Setting[]): Record<string, string> {
  const pairs = settings.flatMap(([key, value], i) => [
    [`GIT_CONFIG_KEY_${i}`, key],
    [`GIT_CONFIG_VALUE_${i}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(pairs) };
}

const GIT_ENV = {
  // Otherwise `git status` writes to the index.
  GIT_OPTIONAL_LOCKS: '0',
  LC_ALL: 'C',
  // Inside a git hook these variables would redirect every call to the hook's repository.
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
};

const execFileAsync = promisify(execFile);

/** Uses node's execFile, not execa, because every start runs git five times. */
async function run(settings: readonly Setting[], dir: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execFileAsync('git', args, {
    cwd: dir,
    env: { ...process.env, ...GIT_ENV, ...settingsEnv(settings) },
    maxBuffer: MAX_OUTPUT,
  });
  return stdout;
}

/** Returns the output of a command that does not read files of the work tree. */
export async function git(dir: string, ...args: readonly string[]): Promise<string> {
  return run(SETTINGS, dir, args);
}

/**
 * Returns the output of a command that compares files of the work tree. Git runs the filters that the repository
 * configures for this; those of another user's repository are turned off, because git does not refuse it any more.
 */
export async function gitWithoutFilters(dir: string, ...args: readonly string[]): Promise<string> {
  const { uid } = await stat(join(dir, '.git'));
  if (uid === process.geteuid?.()) return run(SETTINGS, dir, args);
  const list = ['config', '--local', '--includes', '-z', '--name-only', '--get-regexp', '^filter\\.'];
  const names = (await git(dir, ...list).catch(() => '')).split('\0');
  const drivers = new Set(names.flatMap((name) => /^filter\.(.+)\.[^.]+$/s.exec(name)?.[1] ?? []));
  const off = [...drivers].flatMap((name): Setting[] => [
    [`filter.${name}.clean`, ''],
    [`filter.${name}.process`, ''],
    [`filter.${name}.required`, 'false'],
  ]);
  return run([...SETTINGS, ...off], dir, args);
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
