/** The content of each node: that of its image, and programs copied into the container since. */
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import type { ImageContent } from '../images/image-recipe.ts';
import type { Journal } from '../journal/journal.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { caNodes } from './ca-orgs.ts';
import { couchdbNodes, isGateway, type NetworkSpec } from './network-spec.ts';

const contentSchema = z.object({ programs: z.record(z.string(), z.string()), rest: z.string() });

/** @returns undefined for images that an older version or another tool built */
export function contentOf(labels: Readonly<Record<string, string>>): ImageContent | undefined {
  try {
    return contentSchema.parse(JSON.parse(labels[LABEL.content] ?? ''));
  } catch {
    return undefined;
  }
}

/** Programs copied into running containers: sha256 by name, by container id. */
export type SwappedPrograms = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Returns the content of a node's container: that of its image, and the programs copied into it.
 */
export function nodeContent(
  container: Pick<ContainerInfo, 'id' | 'labels'>,
  swapped: SwappedPrograms,
): ImageContent | undefined {
  const image = contentOf(container.labels);
  return image && { ...image, programs: { ...image.programs, ...swapped[container.id] } };
}

export function swappedPrograms({
  journal,
}: {
  readonly journal: Pick<Journal, 'getFact'>;
}): Record<string, Record<string, string>> {
  return journal.getFact(STATE_KEYS.swapped) ?? {};
}

/** Returns the names of the programs whose content differs. */
export function otherPrograms(
  current: Pick<ImageContent, 'programs'>,
  wanted: Pick<ImageContent, 'programs'>,
): string[] {
  return Object.keys(wanted.programs).filter((name) => current.programs[name] !== wanted.programs[name]);
}

/** Whether a container recreated from this image would have the same content. */
export function isAsImage(
  container: Pick<ContainerInfo, 'id' | 'imageId' | 'labels'>,
  image: { readonly id: string; readonly content: ImageContent | undefined },
  swapped: SwappedPrograms,
): boolean {
  const current = nodeContent(container, swapped);
  if (current && image.content) return isDeepStrictEqual(current, image.content);
  return container.imageId === image.id;
}

/** @returns undefined for CouchDB, the CAs and the gateway, whose images are not of the release */
export function imageOfNode({ spec }: { readonly spec: NetworkSpec }, node: string): ImageName | undefined {
  if (node === 'cli') return 'tools';
  const others = [...couchdbNodes(spec), ...caNodes(spec)];
  if (isGateway(node) || others.some(({ name }) => name === node)) return undefined;
  return spec.orderers.some(({ name }) => name === node) ? 'orderer' : 'peer';
}
