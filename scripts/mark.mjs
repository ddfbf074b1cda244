/** Checks that a peer contains an edit. */

/**
 * Checks that the peer program contains a text.
 * @param where the container or image, for the message
 * @param args of docker before the command: `['exec', CONTAINER]`
 * @throws Error if it does not
 */
export async function expectMark(run, where, args, mark) {
  const { exitCode } = await run('docker', [...args, 'grep', '-qa', mark, '/usr/local/bin/peer'], {
    mayFail: true,
  });
  if (exitCode !== 0) throw new Error(`${where} does not contain the edit`);
}

/** Returns arguments of docker that run a command in a new container of an image. */
export function inImage(image) {
  return ['run', '--rm', '--entrypoint', '', image];
}
