/** Asks the engine, once and not for long, what it can tell of a stage that failed. Decides nothing. */

import type { RunContext } from '../context/run-context.ts';
import { orCancelled } from '../core/cancellation.ts';
import type { LogTail } from '../core/failure.ts';
import { nodeContainers } from '../network/peer-cli.ts';
import { type PeerImageStatus, peerImageStatus } from '../resolve/peer-images.ts';
import type { ContainerSummary, Evidence, LogExcerpt } from './symptom.ts';

/** Whoever waits reads the failure after this time at the latest. */
const PATIENCE_MS = 2000;
const LINES = 60;
/** As many as can be read beside other logs. */
export const SHOWN = 15;

export interface CollectOptions {
  /** Whether the nodes' logs can tell anything about the failure. */
  readonly involvesNodes: boolean;
  /** Milliseconds since the epoch: what running nodes said before belongs to other runs. */
  readonly since: number;
  /** What was heard of chaincode containers, also of those that are gone. */
  readonly chaincode: readonly LogTail[];
  readonly signal: AbortSignal;
}

/** Whatever was not answered in time is missing from it. Never rejects. */
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
        // A node that has ended said why before, however long ago that was.
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
    peerImages = await peerImageStatus(context);
  };
  const work = options.involvesNodes ? [look(), ask()] : [];
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(PATIENCE_MS)]);
  // Late, cancelled, or the engine has gone: what was learned until then is the evidence.
  await orCancelled(Promise.allSettled(work), signal).catch(() => undefined);
  return { logs: [...logs], lastLines: [...lastLines], peerImages, containers, network: spec.network };
}
