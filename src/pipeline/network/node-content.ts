/** What each node of the network really consists of: its image's content, and what was copied in since. */
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { RunContext } from '../context/run-context.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import type { ImageContent } from '../images/image-recipe.ts';
import type { Journal } from '../journal/journal.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { couchdbNodes } from './network-spec.ts';

const contentSchema = z.object({ programs: z.record(z.string(), z.string()), rest: z.string() });

/** @returns undefined for images that an older program, or somebody else, made */
export function contentOf(labels: Readonly<Record<string, string>>): ImageContent | undefined {
  try {
    return contentSchema.parse(JSON.parse(labels[LABEL.content] ?? ''));
  } catch {
    return undefined;
  }
}

/** The content of a node's container, with the programs that the rebuild loop has put into it. */
export function nodeContent(
  container: Pick<ContainerInfo, 'id' | 'labels'>,
  swapped: Readonly<Record<string, Readonly<Record<string, string>>>>,
): ImageContent | undefined {
  const made = contentOf(container.labels);
  return made && { ...made, programs: { ...made.programs, ...swapped[container.id] } };
}

export function swappedPrograms(bench: {
  readonly journal: Pick<Journal, 'getFact'>;
}): Record<string, Record<string, string>> {
  return bench.journal.getFact(STATE_KEYS.swapped.key, STATE_KEYS.swapped.schema) ?? {};
}

/** Names of the programs whose content differs. */
export function otherPrograms(
  is: Pick<ImageContent, 'programs'>,
  wanted: Pick<ImageContent, 'programs'>,
): string[] {
  return Object.keys(wanted.programs).filter((name) => is.programs[name] !== wanted.programs[name]);
}

/** Whether making the node's container anew of this image would change nothing but its id. */
export function isAsImage(
  container: Pick<ContainerInfo, 'id' | 'imageId' | 'labels'>,
  image: { readonly id: string; readonly content: ImageContent | undefined },
  swapped: Readonly<Record<string, Readonly<Record<string, string>>>>,
): boolean {
  const is = nodeContent(container, swapped);
  if (is && image.content) return isDeepStrictEqual(is, image.content);
  return container.imageId === image.id;
}

/** @returns undefined for a node whose image we do not build */
export function imageOfNode({ spec }: Pick<RunContext, 'spec'>, node: string): ImageName | undefined {
  if (node === 'cli') return 'tools';
  if (couchdbNodes(spec).some(({ name }) => name === node)) return undefined;
  return spec.orderers.some(({ name }) => name === node) ? 'orderer' : 'peer';
}
