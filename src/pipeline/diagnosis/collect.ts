/** Collects evidence about a failed stage from the engine, within a time limit. It draws no conclusions. */

import type { RunContext } from '../context/run-context.ts';
import { orCancelled } from '../core/cancellation.ts';
import type { LogTail } from '../core/failure.ts';
import { nodeContainers } from '../network/peer-cli.ts';
import { type PeerImageStatus, peerImageStatus } from '../resolve/peer-images.ts';
import type { ContainerSummary, Evidence, LogExcerpt } from './symptom.ts';

/** Time limit: the user is waiting for the failure. */
const PATIENCE_MS = 2000;
const LINES = 60;
/** Number of lines that are shown of each node's log. */
export const SHOWN = 15;

export interface CollectOptions {
  /** Whether the nodes' logs can show the cause of the failure. */
  readonly involvesNodes: boolean;
  /** Milliseconds since the epoch. Earlier log lines of running nodes belong to other runs. */
  readonly since: number;
  /** Output of chaincode containers, including those that are already removed. */
  readonly chaincode: readonly LogTail[];
  readonly signal: AbortSignal;
}

/** Returns the evidence that was available in time. Never rejects. */
export async function collectEvidence(context: RunContext, options: CollectOptions): Promise<Evidence> {
  const { docker, spec } = context;
  const logs: LogExcerpt[] = options.chaincode.map((tail) => ({ source: 'chaincode', ...tail }));
  const lastLines: { node: string; lines: readonly string[] }[] = [];
  let peerImages: readonly PeerImageStatus[] = [];
  let containers: readonly ContainerSummary[] = [];
  const look = async () => {
    const [all, nodes] = await Promise.all([docker.listContainers(), nodeContainers(context)]);
    const nodeOf = new Map([...nodes].map(([node, { id }]) => [id, node]));
    containers = all.map(({ id, name, state, status, ports }) => ({
      name,
      node: nodeOf.get(id),
      state,
      status,
      ports: ports.flatMap((port) => (port.public === undefined ? [] : [port.public])),
    }));
    await Promise.all(
      [...nodes].map(async ([name, { id, state }]) => {
        if (name === 'cli') return;
        // A node that has exited logged the reason before, however long ago that was.
        const since = state === 'running' ? options.since : 0;
        const [lines, last] = await Promise.all(
          [docker.logTail(id, LINES, since), docker.logTail(id, SHOWN)].map((log) => log.catch(() => [])),
        );
        if (lines?.length) logs.push({ source: 'node', name, lines });
        if (last?.length) lastLines.push({ node: name, lines: last });
      }),
    );
  };
  const ask = async () => {
    peerImages = Object.values(await peerImageStatus(context));
  };
  const work = options.involvesNodes ? [look(), ask()] : [];
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(PATIENCE_MS)]);
  // Timed out, cancelled, or no engine: the evidence is what has been collected until then.
  await orCancelled(Promise.allSettled(work), signal).catch(() => undefined);
  return { logs: [...logs], lastLines: [...lastLines], peerImages, containers, network: spec.network };
}
