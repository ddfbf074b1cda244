/** What `resolve` says of the image of the CAs of this folder's network. */
import { join } from 'node:path';
import type { WizardConfig } from '../pipeline/config/wizard-config.ts';
import { WizardFailure } from '../pipeline/core/failure.ts';
import type { DockerPort } from '../pipeline/engine/docker-port.ts';
import type { BuildSettings } from '../pipeline/fabric/build-settings.ts';
import { caSourceHere } from '../pipeline/fabric/ca-source.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { caImage } from '../pipeline/images/ca-image.ts';
import type { ResolvedCa } from '../report/resolve-text.ts';

interface Folder {
  readonly docker: Pick<DockerPort, 'inspectImage'>;
  readonly dir: string;
  readonly values: WizardConfig;
  readonly source: { readonly dir: string };
  readonly settings: BuildSettings;
}

/** @returns undefined if the network has no CAs */
export async function resolvedCa({
  docker,
  dir,
  values,
  source,
  settings,
}: Folder): Promise<ResolvedCa | undefined> {
  if (!values.ca) return undefined;
  const places = {
    dir,
    stateDir: join(dir, STATE_FOLDER),
    fabricDir: source.dir,
    goVersion: settings.goVersion,
  };
  try {
    const ca = await caSourceHere(values.caSource, places);
    if ('toClone' in ca) return { toFetch: ca.toClone };
    const { ref } = caImage(ca, settings);
    return { ref, source: ca.dir, id: (await docker.inspectImage(ref))?.id };
  } catch (error) {
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'usage') throw error;
    return { problem: error.failure.message };
  }
}
