import type { StageContext } from '../context/stage.ts';
import { WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ImageInfo } from '../engine/engine-types.ts';
import { PullProgress } from '../engine/pull-progress.ts';

export interface PullSpec {
  readonly docker: DockerPort;
  /** A pull in which nothing moves for this long is given up. */
  readonly stallMs: number;
}

/** Pulls an image and shows its bytes. @throws WizardFailure `pull` */
export async function pullImage(ref: string, spec: PullSpec, context: StageContext): Promise<ImageInfo> {
  const progress = new PullProgress();
  await spec.docker.pull(ref, {
    signal: context.signal,
    stallMs: spec.stallMs,
    onLayer: (layer) => {
      const { done, total } = progress.add(layer);
      context.progress(done, total, 'bytes', `${layer.id} ${layer.status.toLowerCase()}`);
    },
  });
  const image = await spec.docker.inspectImage(ref);
  if (image) return image;
  throw new WizardFailure({
    kind: 'pull',
    ref,
    problem: 'other',
    detail: 'the pull ended well, but the image is not here',
  });
}
