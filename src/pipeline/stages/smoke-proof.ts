/** Decides whether the observations of a chaincode's builds prove a peer's builder and runtime images. */
import type { PeerProof } from '../core/events.ts';
import type { ContainerInfo, ImageInfo } from '../engine/engine-types.ts';
import type { PeerReferences } from '../resolve/peer-images.ts';
import type { SeenBuild } from './seen-builds.ts';

/** Input of the proof of one peer. */
export interface PeerEvidence {
  readonly peer: string;
  readonly machine?: string | undefined;
  readonly container: string;
  readonly image: string;
  /** Id of the image with that name at the end. */
  readonly found: Pick<ImageInfo, 'id' | 'layers'>;
  readonly running?: Pick<ContainerInfo, 'state' | 'imageId'>;
  /** What was seen of the build of the image; undefined if nothing. */
  readonly build?: SeenBuild;
  readonly before: string;
  readonly after: string;
}

/** Input of the proof that all peers share: the images with these references at the end. */
export interface CommonEvidence {
  readonly refs: PeerReferences;
  readonly builder?: Pick<ImageInfo, 'id'>;
  readonly runtime?: Pick<ImageInfo, 'id' | 'layers'>;
}

function standsOn(image: Pick<ImageInfo, 'layers'>, base: Pick<ImageInfo, 'layers'> | undefined): boolean {
  return base?.layers.every((layer, index) => image.layers[index] === layer) ?? false;
}

/** Whether a build used these images, and led to the chaincode image that is there now. */
function proves(
  build: SeenBuild | undefined,
  { builder, runtime, found }: CommonEvidence & Pick<PeerEvidence, 'found'>,
): boolean {
  return (
    build !== undefined &&
    build.builderId === builder?.id &&
    (build.runtimeId ?? runtime?.id) === runtime?.id &&
    (build.imageId ?? found.id) === found.id &&
    standsOn(found, runtime)
  );
}

/** Returns the proof of one peer. A peer may have been given the program that another peer's builder compiled. */
export function proofOf(evidence: PeerEvidence, common: CommonEvidence): PeerProof {
  const { peer, machine, container, image, found, running, build, before, after } = evidence;
  const { refs, runtime } = common;
  return {
    peer,
    ...(machine === undefined ? {} : { machine }),
    container,
    image,
    built: build !== undefined && build.from === undefined && build.earlier === undefined,
    ...(build?.from === undefined ? {} : { from: build.from }),
    ...(build?.earlier === undefined ? {} : { earlier: build.earlier }),
    builder: { ref: refs.builder, id: build?.builderId ?? '' },
    runtime: { ref: refs.runtime, id: build?.runtimeId ?? runtime?.id ?? '' },
    before,
    after,
    ok:
      running?.state === 'running' &&
      running.imageId === found.id &&
      proves(build, { ...common, found }) &&
      after !== before,
  };
}
