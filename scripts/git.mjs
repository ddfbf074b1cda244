/** git in repositories of any owner. */

/** Environment with which git accepts repositories of other owners. */
export const ANY_OWNER = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
};

/**
 * Makes a folder a repository with one commit of all files, including ignored ones.
 * @param git `(args) => Promise`: runs git
 */
export async function makeRepository(git, dir, message) {
  await git(['-C', dir, 'init', '--quiet']);
  await git(['-C', dir, '-c', 'core.autocrlf=false', 'add', '--all', '--force']);
  const author = ['-c', 'user.name=fabric-wizard', '-c', 'user.email=fabric-wizard@localhost'];
  await git(['-C', dir, ...author, 'commit', '--quiet', '--message', message]);
}
