/** Collects output of chaincode containers during a run: a peer removes a failed chaincode's container with its log. */

import { setMaxListeners } from 'node:events';
import type { LogTail } from '../core/failure.ts';
import { appendLine, emptyTail, type LineTail } from '../core/line-tail.ts';
import type { DockerPort } from '../engine/docker-port.ts';

/** Maximum number of containers; a smoke test creates one for each peer. */
const MAX_CONTAINERS = 20;

export interface ChaincodeOutput {
  /** Last lines by container, in order of creation. Containers without output are left out. */
  readonly tails: () => readonly LogTail[];
  readonly stop: () => void;
}

/**
 * Follows the output of every chaincode container that is created from now on.
 * @param isOurs whether a container of this name belongs to a peer of this network
 */
export async function collectChaincodeOutput(
  docker: DockerPort,
  isOurs: (name: string) => boolean,
): Promise<ChaincodeOutput> {
  const ended = new AbortController();
  // Each container that is followed listens, some of them twice.
  setMaxListeners(0, ended.signal);
  const tails = new Map<string, LineTail>();
  // Attach before the container starts, so that no line is lost.
  const stop = await docker.watchEvents({ type: ['container'], event: ['create'] }, ({ id, attributes }) => {
    const name = attributes.name ?? '';
    if (!isOurs(name) || tails.size >= MAX_CONTAINERS) return;
    tails.set(name, emptyTail);
    const onLine = (line: string) => tails.set(name, appendLine(tails.get(name) ?? emptyTail, line));
    // The container may be removed before it is attached, or the run may end.
    docker.followOutput(id, { signal: ended.signal, onLine }).catch(() => undefined);
  });
  return {
    tails: () =>
      [...tails].filter(([, { lines }]) => lines.length > 0).map(([name, { lines }]) => ({ name, lines })),
    stop: () => {
      stop();
      ended.abort();
    },
  };
}
