/** Selects the CouchDB image of a network: the preferred one on the engine, else the preferred one to pull. */

import type { WizardConfig } from '../config/wizard-config.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ImageInfo } from '../engine/engine-types.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';

export interface CouchdbImage {
  readonly ref: string;
  readonly present: boolean;
}

/** Returns the references, most suitable first: the configured one, or those that the release's peers support. */
export function couchdbCandidates(
  { couchdbImage }: Pick<WizardConfig, 'couchdbImage'>,
  settings: BuildSettings,
): readonly string[] {
  return couchdbImage === undefined ? settings.release.couchdbImages(settings) : [couchdbImage];
}

/** @returns undefined if the network has no CouchDB */
export async function couchdbImageOf(
  config: Pick<WizardConfig, 'couchdb' | 'couchdbImage'>,
  settings: BuildSettings,
  docker: Pick<DockerPort, 'inspectImage'>,
): Promise<CouchdbImage | undefined> {
  if (!config.couchdb) return undefined;
  const refs = couchdbCandidates(config, settings);
  const images = await Promise.all(refs.map((ref) => docker.inspectImage(ref)));
  // The user's own image may run under emulation.
  const isUsable = (image: ImageInfo | undefined) =>
    image !== undefined && (config.couchdbImage !== undefined || image.architecture === settings.goArch);
  const found = images.findIndex(isUsable);
  return { ref: refs[Math.max(0, found)] ?? '', present: found >= 0 };
}
