/** PURE: finds the local images most similar to the one that a peer asks for, by name, tag and layers. */
import { LABEL } from '../engine/labels.ts';
import { type ImageRef, parseImageRef } from '../fabric/image-ref.ts';
import type { LocalImage } from './peer-facts.ts';
import type { Candidate, CandidateReason, GoRole, TagCause } from './resolve-report.ts';

export interface Wanted {
  readonly role: GoRole;
  readonly ref: string;
  /** Reference from the release's own template. */
  readonly ownRef: string;
  /** Whether the release's own build tags images as `latest` only. */
  readonly latestOnly: boolean;
  /** Layers of the peer's image, which is often built on the runtime. */
  readonly peerLayers: readonly string[];
  /** Namespace of the peer's own image. */
  readonly peerNamespace: string;
  /** The network whose `up` built the peer's image; undefined if this program has not built it. */
  readonly peerProject: string | undefined;
  /** Architecture as Go names it. */
  readonly architecture: string;
}

const MAX_CANDIDATES = 3;
/** After every rank of `explanationRank`. */
const LAST_RANK = 5;
/** Repository names with a lower similarity are unrelated. */
const MIN_SIMILARITY = 0.5;

function pairs(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2));
}

/** Sørensen–Dice coefficient over letter pairs: 1 for equal, 0 for nothing in common. */
export function similarity(a: string, b: string): number {
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

/** Removes `fabric-`, which all of Fabric's images have. */
function bareName({ repository }: ImageRef): string {
  return repository.replace(/^fabric-/, '');
}

function namespaceIn(ref: ImageRef): string {
  return [ref.registry, ref.namespace].filter((part) => part).join('/');
}

/** Returns registry and namespace of a reference: `localhost:5000/acme`. */
export function namespaceOf(ref: string): string {
  const parsed = parseImageRef(ref);
  return parsed ? namespaceIn(parsed) : '';
}

/** Whether an image's layers are the lowest layers of another. */
function isUnder(layers: readonly string[], upper: readonly string[]): boolean {
  return layers.length > 0 && layers.length < upper.length && layers.every((layer, i) => upper[i] === layer);
}

/** Architecture prefixes of tags, as Go and uname name them. */
const ARCH_PREFIX = /^(amd64|x86_64|arm64|aarch64|s390x|ppc64le)-/;

function tagCause(latestOnly: boolean, wanted: string, found: string): TagCause {
  if (latestOnly && found === 'latest') return 'latest-only';
  if (found.startsWith(`${wanted}-snapshot-`)) return 'snapshot';
  return found.replace(ARCH_PREFIX, '') === wanted.replace(ARCH_PREFIX, '') ? 'architecture' : 'other';
}

/** The one part in which a reference differs from the wanted one. */
export type Difference = { readonly in: 'tag'; readonly cause: TagCause } | { readonly in: 'namespace' };

/** @returns undefined if the repository, or more than one part, differs */
export function difference(wanted: Wanted, found: string): Difference | undefined {
  const [a, b] = [parseImageRef(wanted.ref), parseImageRef(found)];
  if (a === undefined || b === undefined || a.repository !== b.repository) return undefined;
  const [wantedTag, tag] = [a.tag ?? 'latest', b.tag ?? 'latest'];
  const sameNamespace = namespaceIn(a) === namespaceIn(b);
  if (tag === wantedTag) return sameNamespace ? undefined : { in: 'namespace' };
  return sameNamespace ? { in: 'tag', cause: tagCause(wanted.latestOnly, wantedTag, tag) } : undefined;
}

/**
 * Whether the image was built for another network, in a namespace that the peer has nothing to do with: that network
 * builds it again or removes it.
 */
function isOfAnother(
  { ref, peerNamespace, peerProject }: Wanted,
  { labels }: LocalImage,
  tag: string,
): boolean {
  const maker = labels[LABEL.project];
  if (maker === undefined || peerProject === undefined || maker === peerProject) return false;
  return ![peerNamespace, namespaceOf(ref)].includes(namespaceOf(tag));
}

/**
 * Ranks a reference by how well its difference explains why the wanted one is missing: 0 explains it best. Other images
 * with equal layers or similar names cannot outweigh such an explanation.
 */
function explanationRank(wanted: Wanted, found: string): number {
  const differs = difference(wanted, found);
  if (differs === undefined) return 4;
  if (differs.in === 'namespace') return namespaceOf(found) === wanted.peerNamespace ? 0 : 2;
  return differs.cause === 'other' ? 3 : 1;
}

interface Scored extends Candidate {
  readonly rank: number;
  readonly score: number;
  readonly created: number;
}

function score(
  wanted: Wanted,
  wantedRef: ImageRef | undefined,
  image: LocalImage,
  tag: string,
): Scored | undefined {
  const ref = parseImageRef(tag);
  if (!ref) return undefined;
  const because: CandidateReason[] = [];
  let points = 0;
  const addIf = (holds: boolean, reason: CandidateReason, weight: number) => {
    if (!holds) return;
    because.push(reason);
    points += weight;
  };
  const nameSimilarity = wantedRef ? similarity(bareName(wantedRef), bareName(ref)) : 0;
  addIf(tag === wanted.ownRef, 'own-template', 4);
  addIf(nameSimilarity > MIN_SIMILARITY, 'repository', 4 * nameSimilarity);
  addIf(wanted.role === 'runtime' && isUnder(image.layers, wanted.peerLayers), 'layers', 3);
  if (because.length === 0) return undefined;
  const tagSimilarity = similarity(wantedRef?.tag ?? 'latest', ref.tag ?? 'latest');
  addIf(tagSimilarity === 1, 'tag', 1);
  points += tagSimilarity;
  addIf(wantedRef !== undefined && namespaceIn(wantedRef) === namespaceIn(ref), 'namespace', 1);
  if (namespaceIn(ref) === wanted.peerNamespace) points += 0.5;
  const likely = because.some((reason) => reason !== 'repository');
  const rank = isOfAnother(wanted, image, tag) ? LAST_RANK : explanationRank(wanted, tag);
  return { ref: tag, id: image.id, because, likely, rank, score: points, created: image.created };
}

/** Returns at most three candidates, most likely first. Each image appears once, under its best tag. */
export function nearestImages(wanted: Wanted, locals: readonly LocalImage[]): Candidate[] {
  const wantedRef = parseImageRef(wanted.ref);
  const best = locals
    .filter(({ architecture }) => architecture === wanted.architecture)
    .flatMap((image) => {
      const scored = image.tags
        .map((tag) => score(wanted, wantedRef, image, tag))
        .filter((each) => each !== undefined)
        .sort((a, b) => a.rank - b.rank || b.score - a.score);
      return scored.slice(0, 1);
    });
  return best
    .sort((a, b) => a.rank - b.rank || b.score - a.score || b.created - a.created)
    .slice(0, MAX_CANDIDATES)
    .map(({ ref, id, because, likely }) => ({ ref, id, because, likely }));
}
