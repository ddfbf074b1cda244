/** Watches a chaincode's builds on the engine, and decides whether they prove a peer's builder and runtime images. */
import type { RunContext } from '../context/run-context.ts';
import type { PeerProof } from '../core/events.ts';
import type { WizardFailure } from '../core/failure.ts';
import type { ContainerInfo, ImageInfo } from '../engine/engine-types.ts';
import type { PeerReferences } from '../resolve/peer-images.ts';

/** Observations of the engine's events. */
export interface SeenBuilds {
  /** Number of containers that were created from the builder's reference, by any client. */
  readonly containers: number;
  /** Ids of the images that these containers used. */
  readonly imageIds: ReadonlySet<string>;
  /** How often each `name:tag` was assigned to an image, by a successful build or by tagging. */
  readonly named: ReadonlyMap<string, number>;
}

export interface BuildWatch {
  /** Returns the observations up to now, including the image ids of all containers. */
  readonly seen: () => Promise<SeenBuilds>;
  readonly stop: () => void;
}

/** Records every container that is created from the builder image, and every name that is assigned to an image. */
export async function watchBuilds(
  { docker }: Pick<RunContext, 'docker'>,
  builderRef: string,
): Promise<BuildWatch> {
  let containers = 0;
  const imageIds = new Set<string>();
  const named = new Map<string, number>();
  const looking: Promise<void>[] = [];
  let lost: WizardFailure | undefined;
  const look = async (id: string) => {
    // It is not recorded, so the proof fails.
    const image = await docker.containerImage(id).catch(() => undefined);
    if (image) imageIds.add(image.id);
  };
  const stop = await docker.watchEvents(
    { type: ['container', 'image'], event: ['create', 'tag'] },
    ({ type, action, id, attributes }) => {
      const { image, name = '' } = attributes;
      if (type === 'container' && action === 'create' && image === builderRef) {
        containers += 1;
        looking.push(look(id));
      }
      if (type === 'image' && action === 'tag') named.set(name, (named.get(name) ?? 0) + 1);
    },
    (failure) => {
      lost = failure;
    },
  );
  return {
    seen: async () => {
      await Promise.all(looking);
      // Builds after the end of the events were not seen, so nothing is proved or refuted.
      if (lost) throw lost;
      return { containers, imageIds, named };
    },
    stop,
  };
}

/** Input of the proof of one peer. */
export interface PeerEvidence {
  readonly peer: string;
  readonly container: string;
  readonly image: string;
  /** Id of the image with that name at the end. */
  readonly found: Pick<ImageInfo, 'id' | 'layers'>;
  readonly running?: Pick<ContainerInfo, 'state' | 'imageId'>;
  /** Id of another peer's build that was tagged for this one. */
  readonly shared?: string;
  readonly before: string;
  readonly after: string;
}

/** Input of the proof that all peers share. */
export interface CommonEvidence {
  readonly refs: PeerReferences;
  /** Ids of the images with these references at the end. */
  readonly builder?: Pick<ImageInfo, 'id'>;
  readonly runtime?: Pick<ImageInfo, 'id' | 'layers'>;
  readonly seen: SeenBuilds;
}

function standsOn(image: Pick<ImageInfo, 'layers'>, base: Pick<ImageInfo, 'layers'> | undefined): boolean {
  return base?.layers.every((layer, index) => image.layers[index] === layer) ?? false;
}

/**
 * Returns the proof of one peer. A peer that was given another peer's build proves that this image starts and
 * answers; if it built nevertheless, its own build counts.
 */
export function proofOf(evidence: PeerEvidence, common: CommonEvidence): PeerProof {
  const { peer, container, image, found, running, shared, before, after } = evidence;
  const { refs, builder, runtime, seen } = common;
  // Tagging the image for the peer has assigned the name once.
  const built = shared === undefined || (seen.named.get(`${image}:latest`) ?? 0) > 1;
  const [builderId = ''] = [...seen.imageIds];
  return {
    peer,
    container,
    image,
    built,
    builder: { ref: refs.builder, id: builderId },
    runtime: { ref: refs.runtime, id: runtime?.id ?? '' },
    before,
    after,
    ok:
      running?.state === 'running' &&
      running.imageId === found.id &&
      (built || found.id === shared) &&
      seen.imageIds.size === 1 &&
      builderId === builder?.id &&
      standsOn(found, runtime) &&
      after !== before,
  };
}

/** Whether every peer is proved, and as many builders were seen as peers have built. */
export function allProved(proofs: readonly PeerProof[], seen: SeenBuilds): boolean {
  // A larger number is no failure: peers of another network may build with the same image at the same time.
  return proofs.every(({ ok }) => ok) && seen.containers >= proofs.filter(({ built }) => built).length;
}
