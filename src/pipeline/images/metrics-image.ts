/** Selects the Prometheus image of a network: the user's own, a published one on the engine, or the one that we build. */
import type { WizardConfig } from '../config/wizard-config.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { OWN_NAMESPACE } from '../fabric/image-ref.ts';

export interface MetricsImage {
  readonly ref: string;
  readonly present: boolean;
}

/** The image to pull. */
export const PUBLISHED_METRICS = 'prom/prometheus:latest';

/** The image that is built from the Debian package. The tag is raised when the build changes. */
export const DEBIAN_METRICS = `${OWN_NAMESPACE}/prometheus:1`;

const PUBLISHED = /^prom\/prometheus:/;

/** @returns undefined if the network has no Prometheus */
export async function metricsImageOf(
  { metrics, metricsImage }: Pick<WizardConfig, 'metrics' | 'metricsImage'>,
  { goArch, release }: Pick<BuildSettings, 'goArch' | 'release'>,
  docker: Pick<DockerPort, 'inspectImage' | 'listImages'>,
): Promise<MetricsImage | undefined> {
  if (!metrics || !release.operations) return undefined;
  if (metricsImage !== undefined)
    return { ref: metricsImage, present: (await docker.inspectImage(metricsImage)) !== undefined };
  const published = (await docker.listImages())
    .toSorted((a, b) => b.created - a.created)
    .flatMap(({ tags }) => tags.filter((tag) => PUBLISHED.test(tag)));
  for (const ref of [...published, DEBIAN_METRICS])
    if ((await docker.inspectImage(ref))?.architecture === goArch) return { ref, present: true };
  return { ref: DEBIAN_METRICS, present: false };
}
