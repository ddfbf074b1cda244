/** Finds and removes the containers of nodes that compose must not use again. */
import type { StageContext } from '../context/run-context.ts';
import { hasNodesHere } from '../core/engine-origin.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { detachedNodes } from '../network/detached-nodes.ts';
import { machineOf, networkNodes } from '../network/network-spec.ts';
import { contentOf, imageOfNode, isAsImage, swappedPrograms } from '../network/node-content.ts';
import { listNodes, nodeContainers } from '../network/peer-cli.ts';
import { publishedPorts } from '../network/published-ports.ts';
import { GRACE_SECONDS } from './await-node.ts';
import { firstOnImage, type NodeToStart } from './first-on-image.ts';

/** Removes containers of nodes. */
export async function removeNodes(
  { docker }: StageContext,
  containers: readonly ContainerInfo[],
): Promise<void> {
  await Promise.all(
    containers.map(async ({ id, state }) => {
      if (state === 'running') await docker.stopContainer(id, GRACE_SECONDS);
      await docker.removeContainer(id);
    }),
  );
}

/**
 * PURE. Returns the containers that publish a port which another node of the network needs now. Compose recreates one
 * container after another, and the engine refuses a port that an old container still has.
 */
export function portHolders<T extends Pick<ContainerInfo, 'name' | 'labels' | 'ports'>>(
  containers: readonly T[],
  wanted: ReturnType<typeof publishedPorts>,
): T[] {
  return containers.filter(({ labels, ports }) =>
    wanted.some(
      ({ port, node }) => node !== labels[LABEL.node] && ports.some((published) => published.public === port),
    ),
  );
}

export interface Replacement {
  /** Containers that cannot be used again: they have lost their network, are on another machine, have the files of another network, or a port that another node needs. */
  readonly unusable: readonly ContainerInfo[];
  /** Usable containers of nodes that differ from their image, by node. */
  readonly outdated: ReadonlyMap<string, ContainerInfo>;
  /** Nodes to start before the others. */
  readonly first: readonly string[];
}

/**
 * Whether a container mounts files of another network of the folder. When docker-compose 1 recreates a container, the new one
 * gets the volumes of the old one that have the same places, whatever their names are.
 */
export function hasOtherFiles(
  { docker, journal }: Pick<StageContext, 'docker' | 'journal'>,
  { labels }: Pick<ContainerInfo, 'labels'>,
): boolean {
  if (hasNodesHere(docker.address)) return false;
  return labels[LABEL.instance] !== journal.getFact(STATE_KEYS.crypto)?.instance;
}

/**
 * Finds the containers to remove. Compose would keep a container whose image has the same id, whatever was copied into
 * it since; and it would give the anonymous volumes of the old container to the new one, and in the tools image
 * sampleconfig is in such a volume.
 */
export async function findReplaced(context: StageContext): Promise<Replacement> {
  const { docker, settings, spec, targets } = context;
  const swapped = swappedPrograms(context);
  const [all, containers] = await Promise.all([listNodes(context), nodeContainers(context)]);
  const detached = await detachedNodes(context, containers);
  const isTarget = (node: string) => targets?.includes(node) ?? true;
  const isLost = (node: string, container: ContainerInfo) =>
    detached.has(node) || container.machine !== machineOf(spec, node) || hasOtherFiles(context, container);
  const lost = [...containers].filter(([node, container]) => isTarget(node) && isLost(node, container));
  const unusable = new Set([
    ...lost.map(([, container]) => container),
    ...portHolders(all, publishedPorts(spec)),
  ]);
  const isUnusable = ({ id }: ContainerInfo) => [...unusable].some((each) => each.id === id);
  const outdated = new Map<string, ContainerInfo>();
  for (const [node, container] of containers) {
    const name = imageOfNode(context, node);
    if (!name || !isTarget(node) || isUnusable(container)) continue;
    const image = await docker.inspectImage(primaryRef(settings, name));
    if (image && !isAsImage(container, { id: image.id, content: contentOf(image.labels) }, swapped))
      outdated.set(node, container);
  }
  const toStart = networkNodes(spec).flatMap(({ node: { name: node } }): NodeToStart[] => {
    const image = imageOfNode(context, node);
    const container = containers.get(node);
    const running = container?.state === 'running' && !isUnusable(container);
    if (!image || !isTarget(node) || (running && !outdated.has(node))) return [];
    return [{ node, image, running }];
  });
  return { unusable: [...unusable], outdated, first: firstOnImage(toStart) };
}
