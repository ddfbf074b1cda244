/** Whether the peer that runs is the peer that was edited. */

/**
 * @param where whose peer it is, for the message
 * @param args docker's words before the command that is run: `['exec', CONTAINER]`
 * @throws Error where the program does not have the mark
 */
export async function expectMark(run, where, args, mark) {
  const { exitCode } = await run('docker', [...args, 'grep', '-qa', mark, '/usr/local/bin/peer'], {
    mayFail: true,
  });
  if (exitCode !== 0) throw new Error(`${where} does not have the edit`);
}

/** `docker run` of an image, to be followed by a command of its own. */
export function inImage(image) {
  return ['run', '--rm', '--entrypoint', '', image];
}
