/** The files of a deployment in the CLI container. */
import type { DockerPort } from '../engine/docker-port.ts';

export interface CliFiles {
  /** Folder for source, or for packages from a peer; without a leading slash. */
  readonly folder: string;
  readonly package: string;
  readonly collections: string;
  /** A chaincode as the peers of the legacy lifecycle keep it. */
  readonly installed: string;
}

/** Returns where a deployment puts its files, for the root of an archive. */
export function cliFiles(name: string, version: string): CliFiles {
  const folder = `tmp/${name}-${version}`;
  return {
    folder,
    package: `${folder}.tar.gz`,
    collections: `${folder}.collections.json`,
    installed: `${folder}.installed`,
  };
}

/** Time limit: the engine may be gone, and the next deployment overwrites the files. */
const REMOVE_MS = 10_000;

/** Removes the files of a deployment, however it has ended. */
export async function removeCliFiles(
  docker: Pick<DockerPort, 'exec'>,
  cliId: string,
  name: string,
  version: string,
): Promise<void> {
  const paths = Object.values(cliFiles(name, version)).map((path) => `/${path}`);
  const signal = AbortSignal.timeout(REMOVE_MS);
  await docker.exec(cliId, ['rm', '-rf', ...paths], { signal }).catch(() => undefined);
}
