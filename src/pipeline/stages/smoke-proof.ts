/** What the engine shows of a chaincode's builds, and whether that proves a peer's builder and runtime images. */
import type { RunContext } from '../context/run-context.ts';
import type { PeerProof } from '../core/events.ts';
import type { ContainerInfo, ImageInfo } from '../engine/engine-types.ts';
import type { PeerReferences } from '../resolve/peer-images.ts';

/** What the engine did while it was watched. */
export interface SeenBuilds {
  /** How many containers it made from the builder's reference, for whomever. */
  readonly containers: number;
  /** Ids of the images that these containers really had. */
  readonly imageIds: ReadonlySet<string>;
  /** How often each `name:tag` was given to an image: a build that ends well gives one, tagging does too. */
  readonly named: ReadonlyMap<string, number>;
}

export interface BuildWatch {
  /** What was seen up to now, the ids of all its containers included. */
  readonly seen: () => Promise<SeenBuilds>;
  readonly stop: () => void;
}

/** Notes every container that is made from the builder image, and every name that an image is given. */
export async function watchBuilds(
  { docker }: Pick<RunContext, 'docker'>,
  builderRef: string,
): Promise<BuildWatch> {
  let containers = 0;
  const imageIds = new Set<string>();
  const named = new Map<string, number>();
  const looking: Promise<void>[] = [];
  const look = async (id: string) => {
    // Not noted, it fails the proof.
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
  );
  return {
    seen: async () => {
      await Promise.all(looking);
      return { containers, imageIds, named };
    },
    stop,
  };
}

/** What the proof of one peer is judged by. */
export interface PeerEvidence {
  readonly peer: string;
  readonly container: string;
  readonly image: string;
  /** What the image's name stands for at the end. */
  readonly found: Pick<ImageInfo, 'id' | 'layers'>;
  readonly running?: Pick<ContainerInfo, 'state' | 'imageId'>;
  /** Id of another peer's build that was tagged for this one. */
  readonly shared?: string;
  readonly before: string;
  readonly after: string;
}

/** What all peers have in common. */
export interface CommonEvidence {
  readonly refs: PeerReferences;
  /** What the references stand for at the end. */
  readonly builder?: Pick<ImageInfo, 'id'>;
  readonly runtime?: Pick<ImageInfo, 'id' | 'layers'>;
  readonly seen: SeenBuilds;
}

function standsOn(image: Pick<ImageInfo, 'layers'>, base: Pick<ImageInfo, 'layers'> | undefined): boolean {
  return base?.layers.every((layer, index) => image.layers[index] === layer) ?? false;
}

/**
 * A peer that was given another's build has proved that this image starts and answers there; one that built
 * although it was given one is judged by its own build.
 */
export function proofOf(evidence: PeerEvidence, common: CommonEvidence): PeerProof {
  const { peer, container, image, found, running, shared, before, after } = evidence;
  const { refs, builder, runtime, seen } = common;
  // Giving it to the peer has named it once.
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
  // More is no failure: another network's peers may build with the same image meanwhile.
  return proofs.every(({ ok }) => ok) && seen.containers >= proofs.filter(({ built }) => built).length;
}
