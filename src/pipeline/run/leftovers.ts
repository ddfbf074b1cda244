/** Removes what killed runs left behind. The folder's lock guarantees that no other run is alive. */
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { keptProgramsDir } from '../chaincode/kept-program.ts';
import { unservedServices } from '../chaincode/service-process.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import { protectKeys } from '../host/private-keys.ts';
import { buildDir, keptNetworkDir, networkDir, snapshotDir } from '../host/state-folder.ts';
import { payloadPaths } from '../images/payload-files.ts';

/** Removes the project's work containers. */
export async function removeWorkContainers(docker: DockerPort, project: string): Promise<void> {
  const left = await docker.listContainers({ label: [`${LABEL.project}=${project}`, `${LABEL.role}=work`] });
  await Promise.all(left.map(({ id }) => docker.removeContainer(id)));
}

/** Removes containers that were to replace the process of a service. */
export async function removeUnserved(docker: DockerPort, project: string): Promise<void> {
  const left = unservedServices(await docker.listContainers(), project);
  await Promise.all(left.map(({ id }) => docker.removeContainer(id)));
}

/** Removes files that a killed run was writing; finished files have other names. */
export async function removeHalfWritten(stateDir: string): Promise<void> {
  const folders = [
    stateDir,
    buildDir(stateDir),
    dirname(payloadPaths(stateDir).goshim),
    networkDir(stateDir),
    keptProgramsDir(stateDir),
    keptNetworkDir(stateDir),
    snapshotDir(stateDir),
  ];
  for (const folder of folders) {
    const names = (await readdir(folder).catch((): string[] => [])).filter((name) =>
      /\.(partial|old)-\d+$/.test(name),
    );
    await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  }
}

/** Protects the private keys of networks that an earlier version made, those of replaced networks too. */
export async function protectOldKeys(stateDir: string): Promise<void> {
  const folders = [networkDir(stateDir), keptNetworkDir(stateDir), snapshotDir(stateDir)];
  // Files of another user cannot be changed; the check `folder` reports them.
  await Promise.all(folders.map((folder) => protectKeys(folder).catch(() => undefined)));
}
