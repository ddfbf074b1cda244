/** Commands in the container of a service. */
import type { DockerPort } from '../engine/docker-port.ts';
import type { ExecResult } from '../engine/engine-types.ts';

/** Folder in the container; the program is in `app`. */
export const SERVICE_HOME = 'service';

/**
 * Runs a command in the container of a service, in the folder of its scripts.
 * @returns undefined if the container does not run
 */
export async function inService(
  { docker, signal }: { readonly docker: Pick<DockerPort, 'execInShell'>; readonly signal: AbortSignal },
  id: string,
  command: readonly string[],
): Promise<ExecResult | undefined> {
  const how = { workdir: `/${SERVICE_HOME}`, signal, atMost: 1 };
  return docker.execInShell(id, command, how).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return undefined;
  });
}
