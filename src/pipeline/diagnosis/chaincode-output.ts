/** What chaincode containers say while a run lasts: a peer removes the container of a chaincode that fails, log and all. */

import type { LogTail } from '../core/failure.ts';
import { appendLine, emptyTail, type LineTail } from '../core/line-tail.ts';
import type { DockerPort } from '../engine/docker-port.ts';

/** Containers that are remembered; a smoke test makes one a peer. */
const MOST = 20;

export interface ChaincodeOutput {
  /** By container, in the order in which they were made; those that said nothing are left out. */
  readonly tails: () => readonly LogTail[];
  readonly stop: () => void;
}

/**
 * Hears every chaincode container that is made from now on.
 * @param isOurs whether a container of this name is of this network's peers
 */
export async function hearChaincode(
  docker: DockerPort,
  isOurs: (name: string) => boolean,
): Promise<ChaincodeOutput> {
  const ended = new AbortController();
  const heard = new Map<string, LineTail>();
  // Attached before it is started: nothing that it says is missed.
  const stop = await docker.watchEvents({ type: ['container'], event: ['create'] }, ({ id, attributes }) => {
    const name = attributes.name ?? '';
    if (!isOurs(name) || heard.size >= MOST) return;
    heard.set(name, emptyTail);
    const onLine = (line: string) => heard.set(name, appendLine(heard.get(name) ?? emptyTail, line));
    // Gone before it could be heard, or the run is over.
    docker.followOutput(id, { signal: ended.signal, onLine }).catch(() => undefined);
  });
  return {
    tails: () =>
      [...heard].filter(([, { lines }]) => lines.length > 0).map(([name, { lines }]) => ({ name, lines })),
    stop: () => {
      stop();
      ended.abort();
    },
  };
}
