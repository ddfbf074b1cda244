/** git, in repositories that may belong to anybody. */

/** A checkout may belong to somebody else than the one who reads it. */
export const ANY_OWNER = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
};

/**
 * Makes a folder a repository of one commit: all that is in it, what its own `.gitignore` would leave out included.
 * @param git `(args) => Promise`: runs git
 */
export async function makeRepository(git, dir, message) {
  await git(['-C', dir, 'init', '--quiet']);
  await git(['-C', dir, '-c', 'core.autocrlf=false', 'add', '--all', '--force']);
  const author = ['-c', 'user.name=fabric-wizard', '-c', 'user.email=fabric-wizard@localhost'];
  await git(['-C', dir, ...author, 'commit', '--quiet', '--message', message]);
}
