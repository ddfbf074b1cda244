/** Pulls an image for a stage. */
import type { StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import type { ImageInfo } from '../engine/engine-types.ts';
import { PullProgress } from '../engine/pull-progress.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';

/** Time limit for a pull that transfers nothing. */
const STALL_MS = 45_000;

/** Pulls an image and reports the bytes transferred. @throws WizardFailure `pull` */
export async function pullImage(
  { docker, settings, signal, report }: Pick<StageContext, 'docker' | 'settings' | 'signal' | 'report'>,
  ref: string,
  stallMs = STALL_MS,
): Promise<ImageInfo> {
  const progress = new PullProgress();
  report.command(dockerCommand('pull', ref));
  await docker.pull(ref, {
    signal,
    stallMs,
    onLayer: (layer) => {
      const { done, total } = progress.add(layer);
      report.progress(done, total, 'bytes', `${layer.id} ${layer.status.toLowerCase()}`);
    },
  });
  const image = await docker.inspectImage(ref);
  // An engine that finds no list of architectures pulls the image whatever it is for.
  if (image && image.architecture !== settings.goArch) {
    const facts = { found: image.architecture, wanted: settings.goArch };
    const detail = { key: 'detail.other-architecture', ...facts } as const;
    throw new WizardFailure({ kind: 'pull', ref, problem: 'missing', detail });
  }
  if (image) return image;
  throw new WizardFailure({
    kind: 'pull',
    ref,
    problem: 'other',
    detail: { key: 'detail.pulled-absent' },
  });
}
