/** The quickest honest way of new programs into running nodes: copied in, restarted, and asked whether they answer. */
import { join } from 'node:path';
import type { RunContext } from '../context/run-context.ts';
import type { StageContext, StageExecutor } from '../context/stage.ts';
import { CancelledError } from '../core/failure.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { IMAGE_BASE } from '../images/image-programs.ts';
import { wantedContent } from '../images/image-recipe.ts';
import { presentChaintool } from '../images/payload-files.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { networkNodes } from '../network/network-spec.ts';
import { imageOfNode, nodeContent, otherPrograms, swappedPrograms } from '../network/node-content.ts';
import { nodeContainers } from '../network/peer-cli.ts';
import { awaitNode, GRACE_SECONDS } from './network.ts';
import { requireImage } from './require-image.ts';

export interface SwapOptions {
  /** Restart one node after another, so that the network as a whole keeps answering. */
  readonly oneByOne: boolean;
}

interface Swap {
  readonly node: string;
  readonly container: ContainerInfo;
  /** sha256 of each program that the node does not have yet. */
  readonly programs: Readonly<Record<string, string>>;
}

async function neededSwaps(bench: RunContext): Promise<Swap[]> {
  const { docker, settings, source, outputs } = bench;
  if (!outputs) throw new Error('swap needs the compile stage');
  const [containers, chaintool, builder, runtime] = await Promise.all([
    nodeContainers(bench),
    presentChaintool(bench),
    requireImage(docker, settings.builderImage),
    requireImage(docker, settings.runtimeImage),
  ]);
  const bases = { builder, runtime };
  const swapped = swappedPrograms(bench);
  const swaps = await Promise.all(
    [...containers].map(async ([node, container]): Promise<Swap | undefined> => {
      const is = nodeContent(container, swapped);
      const name = imageOfNode(bench, node);
      if (container.state !== 'running' || !is || !name) return undefined;
      const baseId = bases[IMAGE_BASE[name]].id;
      const { programs = {} } = await wantedContent(name, { source, settings, baseId, chaintool, outputs });
      const others = otherPrograms(is, { programs });
      if (others.length === 0) return undefined;
      return {
        node,
        container,
        programs: Object.fromEntries(others.map((program) => [program, programs[program] ?? ''])),
      };
    }),
  );
  return swaps.filter((swap) => swap !== undefined);
}

/** Copies what changed into every node that runs it, and restarts peers and orderers; ledgers stay where they are. */
export function swapStage(bench: RunContext, options: SwapOptions): StageExecutor {
  return async (context) => {
    const swaps = await neededSwaps(bench);
    const { docker, outputs } = bench;
    const nodes = new Map(networkNodes(bench.spec).map((each) => [each.node.name, each]));
    let done = 0;
    const bringUp = async ({ node, container, programs }: Swap) => {
      context.log(`${node}: ${Object.keys(programs).join(', ')}`);
      // Neither the old nor the new for whoever looks after a run that ended half-way.
      await noteSwap(
        bench,
        container.id,
        Object.fromEntries(Object.keys(programs).map((program) => [program, ''])),
      );
      await docker.upload(
        container.id,
        Object.keys(programs).map((program) => ({
          name: `usr/local/bin/${program}`,
          content: { file: join(outputs?.dir ?? '', program) },
          mode: 0o755,
        })),
      );
      const known = nodes.get(node);
      // Nothing runs in the CLI container until somebody types.
      if (known) {
        bench.restarted.add(container.id);
        context.emit({ type: 'node-health', node, role: known.role, state: 'starting' });
        await docker.restartContainer(container.id, GRACE_SECONDS, context.signal);
        await noteSwap(bench, container.id, programs);
        await awaitNode(bench, context, known);
      } else {
        await noteSwap(bench, container.id, programs);
      }
      done += 1;
      context.progress(done, swaps.length, 'nodes', node);
    };
    const restarting = swaps.filter(({ node }) => nodes.has(node));
    await inTurnOrAtOnce(restarting, options.oneByOne, bringUp, context);
    // Nobody waits for the CLI container.
    await Promise.all(swaps.filter(({ node }) => !nodes.has(node)).map(bringUp));
    const restarted = restarting.map(({ node }) => node);
    if (swaps.length === 0) return { outcome: 'cached', detail: { key: 'detail.programs-same' } };
    return {
      outcome: 'built',
      detail:
        restarted.length > 0
          ? { key: 'detail.restarted', count: restarted.length, nodes: restarted.join(', ') }
          : { key: 'detail.copied', nodes: swaps.map(({ node }) => node).join(', ') },
    };
  };
}

async function inTurnOrAtOnce(
  swaps: readonly Swap[],
  oneByOne: boolean,
  bringUp: (swap: Swap) => Promise<void>,
  { signal }: StageContext,
): Promise<void> {
  if (!oneByOne) {
    await Promise.all(swaps.map(bringUp));
    return;
  }
  for (const swap of swaps) {
    if (signal.aborted) throw new CancelledError();
    await bringUp(swap);
  }
}

/** sha256 by program; empty where it is not known. */
async function noteSwap(bench: RunContext, container: string, programs: Swap['programs']): Promise<void> {
  const living = new Set([...(await nodeContainers(bench)).values()].map(({ id }) => id));
  const all = {
    ...swappedPrograms(bench),
    [container]: { ...swappedPrograms(bench)[container], ...programs },
  };
  const kept = Object.fromEntries(Object.entries(all).filter(([id]) => living.has(id)));
  await bench.journal.setFact(STATE_KEYS.swapped.key, kept);
}
