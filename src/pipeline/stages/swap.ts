/** Copies new programs into running nodes, restarts the nodes, and waits until they are ready. */
import { join } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import {
  cached,
  type Decision,
  type DecisionInput,
  decideBy,
  defineStage,
} from '../context/stage-definition.ts';
import { CancelledError } from '../core/failure.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import { IMAGE_BASE } from '../images/image-programs.ts';
import { wantedContent } from '../images/image-recipe.ts';
import { presentChaintool } from '../images/payload-files.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { networkNodes } from '../network/network-spec.ts';
import { imageOfNode, nodeContent, otherPrograms, swappedPrograms } from '../network/node-content.ts';
import { nodeContainers } from '../network/peer-cli.ts';
import { awaitNode, GRACE_SECONDS } from './await-node.ts';
import { compileStage, requireOutputs } from './compile.ts';
import { upstreamImages } from './plan-scope.ts';
import { requireImage } from './require-image.ts';

const PROGRAMS = '/usr/local/bin';

interface Swap {
  readonly node: string;
  readonly container: ContainerInfo;
  /** sha256 of each program that the node does not have yet. */
  readonly programs: Readonly<Record<string, string>>;
}

function decide({ observed: { network }, runs }: DecisionInput): Decision {
  if (!network.running) return cached({ key: 'cause.no-network' });
  if (network.compose !== 'same') return cached({ key: 'cause.all-recreated' });
  return decideBy(
    [
      [runs(compileStage), { key: 'cause.compile-swaps' }],
      [network.otherPrograms.length > 0, { key: 'cause.other-programs', nodes: network.otherPrograms }],
    ],
    { key: 'cause.same-programs' },
  );
}

/** The running nodes whose programs differ from the compiled ones. */
async function neededSwaps(context: StageContext, outputs: BuildOutputs): Promise<Swap[]> {
  const { docker, settings, source } = context;
  const [containers, chaintool, builder, runtime] = await Promise.all([
    nodeContainers(context),
    presentChaintool(context),
    requireImage(docker, settings.builderImage),
    requireImage(docker, settings.runtimeImage),
  ]);
  const bases = { builder, runtime };
  const swapped = swappedPrograms(context);
  const swaps = await Promise.all(
    [...containers].map(async ([node, container]): Promise<Swap | undefined> => {
      const content = nodeContent(container, swapped);
      const name = imageOfNode(context, node);
      if (container.state !== 'running' || !content || !name) return undefined;
      const baseId = bases[IMAGE_BASE[name]].id;
      const { programs = {} } = await wantedContent(name, { source, settings, baseId, chaintool, outputs });
      const others = otherPrograms(content, { programs });
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

/** Copies the programs into the container. In between, the journal records their content as unknown. */
async function copyPrograms(context: StageContext, outputs: BuildOutputs, swap: Swap): Promise<void> {
  const { container, programs } = swap;
  const names = Object.keys(programs);
  await recordSwap(context, container.id, Object.fromEntries(names.map((program) => [program, ''])));
  for (const program of names)
    context.report.command(
      dockerCommand('cp', join(outputs.dir, program), `${container.name}:${PROGRAMS}/${program}`),
    );
  await context.docker.upload(
    container.id,
    names.map((program) => ({
      name: `${PROGRAMS.slice(1)}/${program}`,
      content: { file: join(outputs.dir, program) },
      mode: 0o755,
    })),
  );
}

/** Records programs that were copied into a container: sha256 by name, empty while it is not known. */
async function recordSwap(
  context: StageContext,
  container: string,
  programs: Swap['programs'],
): Promise<void> {
  const living = new Set([...(await nodeContainers(context)).values()].map(({ id }) => id));
  const before = swappedPrograms(context);
  const all = { ...before, [container]: { ...before[container], ...programs } };
  const kept = Object.fromEntries(Object.entries(all).filter(([id]) => living.has(id)));
  await context.journal.setFact(STATE_KEYS.swapped, kept);
}

async function oneAfterAnother(
  swaps: readonly Swap[],
  bringUp: (swap: Swap) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (const swap of swaps) {
    if (signal.aborted) throw new CancelledError();
    await bringUp(swap);
  }
}

/**
 * PURE. Splits the nodes in two: one node for each set of programs, and the others, which are restarted after the first
 * ones are ready. So a program that does not start stops one node and no more.
 */
export function firstOfEach<T extends Pick<Swap, 'programs'>>(
  swaps: readonly T[],
): { readonly first: readonly T[]; readonly rest: readonly T[] } {
  const keyOf = ({ programs }: T) => JSON.stringify(Object.entries(programs).toSorted());
  const isFirst = (swap: T, index: number) =>
    swaps.findIndex((other) => keyOf(other) === keyOf(swap)) === index;
  return {
    first: swaps.filter(isFirst),
    rest: swaps.filter((swap, index) => !isFirst(swap, index)),
  };
}

export const swapStage = defineStage({
  id: 'swap',
  topic: {
    group: 'build-stages',
    aliases: ['rebuild', 'make native'],
    see: ['compile', '/usr/local/bin'],
  },
  needs: [compileStage],
  isIncluded: (input) => input.goal.until === 'rebuild' && upstreamImages(input).length === 0,
  decide,
  cost: () => ({ seconds: 3, cores: 0, memoryMb: 0 }),
  involvesNodes: true,
  execute: async (context, inputs) => {
    const { docker, report, signal, options } = context;
    const outputs = requireOutputs(inputs);
    const swaps = await neededSwaps({ ...context, source: inputs.of(compileStage).source }, outputs);
    if (swaps.length === 0) return { outcome: 'cached', detail: { key: 'detail.programs-same' } };
    const members = new Map(networkNodes(context.spec).map((each) => [each.node.name, each]));
    let done = 0;
    const bringUp = async (swap: Swap) => {
      const { node, container, programs } = swap;
      report.log(`${node}: ${Object.keys(programs).join(', ')}`);
      await copyPrograms(context, outputs, swap);
      const member = members.get(node);
      // The CLI container runs no program, so it needs no restart.
      if (member) {
        report.nodeHealth(member, 'starting', container.id);
        report.command(dockerCommand('restart', container.name));
        await docker.restartContainer(container.id, GRACE_SECONDS, signal);
      }
      await recordSwap(context, container.id, programs);
      if (member) await awaitNode(context, member);
      done += 1;
      report.progress(done, swaps.length, 'nodes', node);
    };
    const restarting = swaps.filter(({ node }) => members.has(node));
    if (options.oneByOne) await oneAfterAnother(restarting, bringUp, signal);
    else {
      const { first, rest } = firstOfEach(restarting);
      await Promise.all(first.map(bringUp));
      await Promise.all(rest.map(bringUp));
    }
    await Promise.all(swaps.filter(({ node }) => !members.has(node)).map(bringUp));
    const names = restarting.map(({ node }) => node);
    return {
      outcome: 'built',
      detail:
        names.length > 0
          ? { key: 'detail.restarted', count: names.length, nodes: names.join(', ') }
          : { key: 'detail.copied', nodes: swaps.map(({ node }) => node).join(', ') },
    };
  },
});
