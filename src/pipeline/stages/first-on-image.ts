/** PURE: selects the nodes that try out new programs. */
import type { ImageName } from '../fabric/release-facts.ts';

/** A node that is to get other programs, or to be started. */
export interface NodeToStart {
  readonly node: string;
  readonly image: ImageName;
  readonly running: boolean;
}

/**
 * Returns one node for each image whose programs several nodes are to get, if other nodes run: they keep their programs
 * until this one is up. A node that is down is preferred, because nothing is lost with it.
 */
export function firstOnImage(nodes: readonly NodeToStart[]): string[] {
  return [...new Set(nodes.map(({ image }) => image))].flatMap((image) => {
    const group = nodes.filter((each) => each.image === image);
    const first = group.find(({ running }) => !running) ?? group[0];
    const protectsOthers = group.some((each) => each !== first && each.running);
    return first && protectsOthers ? [first.node] : [];
  });
}
