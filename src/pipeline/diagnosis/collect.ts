/** Collects evidence about a failed stage from the engine, within a time limit. It draws no conclusions. */

import type { RunContext } from '../context/run-context.ts';
import { orCancelled } from '../core/cancellation.ts';
import type { DoctorCheck } from '../core/doctor-report.ts';
import { sharesHost } from '../core/engine-origin.ts';
import type { LogTail } from '../core/failure.ts';
import { lastWords, READ_LINES } from '../core/last-words.ts';
import { LABEL } from '../engine/labels.ts';
import { shownLine } from '../network/gateway-record.ts';
import { type NetworkNode, networkNodes } from '../network/network-spec.ts';
import { askNode } from '../network/node-port.ts';
import { listNodes, nodeContainers } from '../network/peer-cli.ts';
import { proxiedNodes } from '../network/proxied-nodes.ts';
import { type PeerImageStatus, peerImageStatus } from '../resolve/peer-images.ts';
import type { ContainerSummary, Evidence, LogExcerpt } from './symptom.ts';

/** Time limit: the user is waiting for the failure. */
const PATIENCE_MS = 2000;
const LINES = 60;

export interface CollectOptions {
  /** Whether the nodes' logs can show the cause of the failure. */
  readonly involvesNodes: boolean;
  /** Milliseconds since the epoch. Earlier log lines of running nodes belong to other runs. */
  readonly since: number;
  /** Output of chaincode containers, including those that are already removed. */
  readonly chaincode: readonly LogTail[];
  /** Warnings of the checks before the run. */
  readonly warnings: readonly DoctorCheck[];
  readonly signal: AbortSignal;
}

/** Returns the evidence that was available in time. Never rejects. */
export async function collectEvidence(context: RunContext, options: CollectOptions): Promise<Evidence> {
  const { docker, spec } = context;
  const logs: LogExcerpt[] = options.chaincode.map((tail) => ({ source: 'chaincode', ...tail }));
  const lastLines: { node: string; lines: readonly string[] }[] = [];
  let peerImages: readonly PeerImageStatus[] = [];
  let containers: readonly ContainerSummary[] = [];
  let proxied: readonly string[] = [];
  const look = async () => {
    const [all, own, nodes] = await Promise.all([
      docker.listContainers(),
      listNodes(context),
      nodeContainers(context),
    ]);
    const nodeOf = new Map(own.map(({ id, name, labels }) => [id, labels[LABEL.node] ?? name]));
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
        const ended = state !== 'running';
        const [lines, last] = await Promise.all(
          [
            docker.logTail(id, ended ? READ_LINES : LINES, ended ? 0 : options.since),
            docker.logTail(id, READ_LINES),
          ].map((log) =>
            log.then(
              (read) => read.map((line) => shownLine(name, line)),
              () => [],
            ),
          ),
        );
        const detail = ended ? await docker.inspectContainer(id).catch(() => undefined) : undefined;
        if (detail) outOfMemory.set(name, detail.outOfMemory);
        if (lines?.length) logs.push({ source: 'node', name, lines });
        if (last?.length) lastLines.push({ node: name, lines: lastWords(last, ended) });
      }),
    );
  };
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const listens = new Map<string, boolean>();
  const outOfMemory = new Map<string, boolean>();
  const knock = async (member: NetworkNode) => {
    const container = (await nodeContainers(context)).get(member.node.name)?.id;
    listens.set(member.node.name, 'yes' in (await askNode(context, member, container, signal)));
  };
  const ask = async () => {
    peerImages = Object.values(await peerImageStatus(context));
  };
  const findProxied = async () => {
    proxied = await proxiedNodes(context);
  };
  const work = options.involvesNodes ? [look(), ask(), findProxied(), ...networkNodes(spec).map(knock)] : [];
  // Timed out, cancelled, or no engine: the evidence is what has been collected until then.
  await orCancelled(Promise.allSettled(work), signal).catch(() => undefined);
  return {
    logs: [...logs],
    lastLines: [...lastLines],
    peerImages,
    containers: containers.map((each) => ({
      ...each,
      outOfMemory: outOfMemory.get(each.node ?? ''),
      listens: listens.get(each.node ?? ''),
    })),
    network: spec.network,
    proxied,
    warnings: options.warnings,
    ...(sharesHost(docker.address) ? {} : { elsewhere: docker.endpoint }),
  };
}
