/** Which image of CouchDB a network takes: the nearest that is on the engine, else the nearest. */

import type { WizardConfig } from '../config/wizard-config.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';

export interface CouchdbImage {
  readonly ref: string;
  readonly present: boolean;
}

/** What is looked for, the nearest first: the user's own alone, or what the line's peers work with. */
export function couchdbCandidates(
  { couchdbImage }: Pick<WizardConfig, 'couchdbImage'>,
  settings: BuildSettings,
): readonly string[] {
  return couchdbImage === undefined ? settings.release.couchdbImages(settings) : [couchdbImage];
}

/** @returns undefined where no CouchDB is wanted */
export async function couchdbImageOf(
  config: Pick<WizardConfig, 'couchdb' | 'couchdbImage'>,
  settings: BuildSettings,
  docker: Pick<DockerPort, 'inspectImage'>,
): Promise<CouchdbImage | undefined> {
  if (!config.couchdb) return undefined;
  const refs = couchdbCandidates(config, settings);
  const images = await Promise.all(refs.map((ref) => docker.inspectImage(ref)));
  const here = images.findIndex((image) => image !== undefined);
  return { ref: refs[Math.max(0, here)] ?? '', present: here >= 0 };
}
