/** Removes what killed runs left behind. The folder's lock guarantees that no other run is alive. */
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import { buildDir, networkDir } from '../host/state-folder.ts';
import { payloadPaths } from '../images/payload-files.ts';

/** Removes the project's work containers. */
export async function removeWorkContainers(docker: DockerPort, project: string): Promise<void> {
  const left = await docker.listContainers({ label: [`${LABEL.project}=${project}`, `${LABEL.role}=work`] });
  await Promise.all(left.map(({ id }) => docker.removeContainer(id)));
}

/** Removes files that a killed run was writing; finished files have other names. */
export async function removeHalfWritten(stateDir: string): Promise<void> {
  const folders = [
    stateDir,
    buildDir(stateDir),
    dirname(payloadPaths(stateDir).goshim),
    networkDir(stateDir),
  ];
  for (const folder of folders) {
    const names = (await readdir(folder).catch((): string[] => [])).filter((name) =>
      /\.(partial|old)-\d+$/.test(name),
    );
    await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  }
}
