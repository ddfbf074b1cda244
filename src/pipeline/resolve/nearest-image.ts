/** PURE: which local images are most like the one that a peer asks for, by name, tag and layers. */
import { type ImageRef, parseImageRef } from '../fabric/image-ref.ts';
import type { LocalImage } from './peer-facts.ts';
import type { Candidate, CandidateReason, GoRole } from './resolve-report.ts';

export interface Wanted {
  readonly role: GoRole;
  readonly ref: string;
  /** What the release's own template would ask for. */
  readonly ownRef: string;
  /** Of the peer's image; the runtime is often what it stands on. */
  readonly peerLayers: readonly string[];
  /** Where the peer's own image was found. */
  readonly peerNamespace: string;
  /** As Go names it. */
  readonly architecture: string;
}

const MOST = 3;
/** Names that share less are names of something else. */
const ALIKE = 0.5;

function pairs(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2));
}

/** Sørensen and Dice's measure over pairs of letters: 1 for equal, 0 for nothing in common. */
export function likeness(a: string, b: string): number {
  if (a === b) return 1;
  const left = pairs(a);
  const right = pairs(b);
  const common = left.filter((pair) => {
    const at = right.indexOf(pair);
    if (at >= 0) right.splice(at, 1);
    return at >= 0;
  });
  return (2 * common.length) / Math.max(1, left.length + pairs(b).length);
}

/** `fabric-` is common to all of Fabric's images and says nothing. */
function bareName({ repository }: ImageRef): string {
  return repository.replace(/^fabric-/, '');
}

function whole(ref: ImageRef): string {
  return [ref.registry, ref.namespace].filter((part) => part).join('/');
}

/** Registry and namespace of a reference: `localhost:5000/acme`. */
export function namespaceOf(ref: string): string {
  const parsed = parseImageRef(ref);
  return parsed ? whole(parsed) : '';
}

/** Whether an image's layers are the lowest ones of another. */
function isUnder(layers: readonly string[], upper: readonly string[]): boolean {
  return layers.length > 0 && layers.length < upper.length && layers.every((layer, i) => upper[i] === layer);
}

interface Scored extends Candidate {
  readonly score: number;
  readonly created: number;
}

function score(
  wanted: Wanted,
  asked: ImageRef | undefined,
  image: LocalImage,
  tag: string,
): Scored | undefined {
  const ref = parseImageRef(tag);
  if (!ref) return undefined;
  const because: CandidateReason[] = [];
  let points = 0;
  const count = (reason: CandidateReason, holds: boolean, worth: number) => {
    if (!holds) return;
    because.push(reason);
    points += worth;
  };
  const alike = asked ? likeness(bareName(asked), bareName(ref)) : 0;
  count('own-template', tag === wanted.ownRef, 4);
  count('repository', alike > ALIKE, 4 * alike);
  count('layers', wanted.role === 'runtime' && isUnder(image.layers, wanted.peerLayers), 3);
  if (because.length === 0) return undefined;
  const tagLikeness = likeness(asked?.tag ?? 'latest', ref.tag ?? 'latest');
  count('tag', tagLikeness === 1, 1);
  points += tagLikeness;
  count('namespace', asked !== undefined && whole(asked) === whole(ref), 1);
  if (whole(ref) === wanted.peerNamespace) points += 0.5;
  const likely = because.some((reason) => reason !== 'repository');
  return { ref: tag, id: image.id, because, likely, score: points, created: image.created };
}

/** At most three, the likeliest first; each image once, by the name that speaks most for it. */
export function nearestImages(wanted: Wanted, locals: readonly LocalImage[]): Candidate[] {
  const asked = parseImageRef(wanted.ref);
  const best = locals
    .filter(({ architecture }) => architecture === wanted.architecture)
    .flatMap((image) => {
      const scored = image.tags
        .map((tag) => score(wanted, asked, image, tag))
        .filter((one) => one !== undefined)
        .sort((a, b) => b.score - a.score);
      return scored.slice(0, 1);
    });
  return best
    .sort((a, b) => b.score - a.score || b.created - a.created)
    .slice(0, MOST)
    .map(({ ref, id, because, likely }) => ({ ref, id, because, likely }));
}
