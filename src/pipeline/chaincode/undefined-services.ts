/** Services that no channel defines. A run that was killed during a first deployment leaves them. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DockerPort } from '../engine/docker-port.ts';
import type { NetworkSpec } from '../network/network-spec.ts';
import type { ObservedNetwork } from './deployed-chaincodes.ts';
import { KEPT_PROGRAM, keptProgramsDir, PARTIAL_PROGRAM, removeKeptProgram } from './kept-program.ts';
import { listServices } from './service-process.ts';

/**
 * Removes their containers and programs, and programs that were not written to the end. The caller holds the folder's lock, so
 * that no other run needs them.
 * @param committed the chaincodes of all channels
 * @param wanted names of the chaincodes that this run deploys
 */
export async function removeUndefinedServices(
  {
    docker,
    spec,
    stateDir,
  }: {
    readonly docker: Pick<DockerPort, 'listContainers' | 'removeContainer'>;
    readonly spec: Pick<NetworkSpec, 'project'>;
    readonly stateDir: string;
  },
  { committed }: Pick<ObservedNetwork, 'committed'>,
  wanted: readonly string[],
): Promise<void> {
  const used = new Set([...wanted, ...[...committed.values()].flat().map(({ name }) => name)]);
  const services = (await listServices(docker, spec.project)).filter(({ chaincode }) => !used.has(chaincode));
  await Promise.all(services.map(({ id }) => docker.removeContainer(id)));
  const dir = keptProgramsDir(stateDir);
  const files = await readdir(dir).catch((): string[] => []);
  const partial = files.filter((file) => PARTIAL_PROGRAM.test(file));
  await Promise.all(partial.map((file) => rm(join(dir, file), { force: true })));
  const kept = files.flatMap((file) => KEPT_PROGRAM.exec(file)?.groups?.name ?? []);
  await Promise.all(kept.filter((name) => !used.has(name)).map((name) => removeKeptProgram(stateDir, name)));
}
