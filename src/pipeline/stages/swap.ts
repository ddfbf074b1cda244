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
import { requireImage } from '../images/require-image.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { networkNodes } from '../network/network-spec.ts';
import { imageOfNode, nodeContent, otherPrograms, swappedPrograms } from '../network/node-content.ts';
import { nodeContainers } from '../network/peer-cli.ts';
import { awaitNode, GRACE_SECONDS } from './await-node.ts';
import { compileStage, requireOutputs } from './compile.ts';
import { firstOnImage, type NodeToStart } from './first-on-image.ts';
import { upstreamImages } from './plan-scope.ts';

const PROGRAMS = '/usr/local/bin';

interface Swap extends NodeToStart {
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

/** Returns the running nodes whose programs differ from the compiled ones, and the nodes that are down. */
async function findSwaps(context: StageContext, outputs: BuildOutputs): Promise<Swap[]> {
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
      const running = container.state === 'running';
      if ((!running && container.state !== 'exited') || !content || !name) return undefined;
      const baseId = bases[IMAGE_BASE[name]].id;
      const { programs = {} } = await wantedContent(name, { source, settings, baseId, chaintool, outputs });
      const others = otherPrograms(content, { programs });
      if (running && others.length === 0) return undefined;
      return {
        node,
        image: name,
        running,
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
  if (names.length === 0) return;
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

interface SwapOrder {
  /** The nodes that must be up before the others are restarted. */
  readonly first: readonly Swap[];
  readonly rest: readonly Swap[];
}

/** Orders the swaps. The start stage starts the other nodes that are down. */
async function neededSwaps(context: StageContext, outputs: BuildOutputs): Promise<SwapOrder> {
  const found = await findSwaps(context, outputs);
  const first = firstOnImage(found);
  const isFirst = ({ node }: Swap) => first.includes(node);
  return {
    first: found.filter(isFirst),
    rest: found.filter((swap) => swap.running && !isFirst(swap)),
  };
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
    const compiled = { ...context, source: inputs.of(compileStage).source };
    const { first, rest } = await neededSwaps(compiled, outputs);
    const swaps = [...first, ...rest];
    if (swaps.length === 0) return { outcome: 'cached', detail: { key: 'detail.programs-same' } };
    const members = new Map(networkNodes(context.spec).map((each) => [each.node.name, each]));
    let done = 0;
    const bringUp = async (swap: Swap) => {
      const { node, container, programs } = swap;
      report.log(`${node}: ${Object.keys(programs).join(', ') || 'start'}`);
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
    if (options.oneByOne) {
      await oneAfterAnother(restarting, bringUp, signal);
      await Promise.all(swaps.filter(({ node }) => !members.has(node)).map(bringUp));
    } else {
      await Promise.all(first.map(bringUp));
      await Promise.all(rest.map(bringUp));
    }
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
