/** Copies the files of a network to its volumes, on an engine that does not have those of this host. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { together } from '../core/cancellation.ts';
import { hasNodesHere } from '../core/engine-origin.ts';
import { isMissing } from '../core/error-code.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import { copyFolders } from '../host/copied-folders.ts';
import { filesLabels, filesVolumes } from './network-mounts.ts';
import { machineOf, machinesOf, type NetworkSpec, networkNodes, volumeName } from './network-spec.ts';

const composeSchema = z.object({
  services: z.record(z.string(), z.object({ image: z.string() })),
  volumes: z.record(z.string(), z.unknown()),
});

export interface FilledNetwork {
  readonly docker: Pick<DockerPort, 'address' | 'on'>;
  /** Folder of the compose file. */
  readonly dir: string;
  readonly spec: NetworkSpec;
  /** Id of the crypto material. */
  readonly instance: string;
  readonly signal: AbortSignal;
}

/**
 * Brings the volumes that the compose file names to the state of the files beside it. Does nothing on an engine that has
 * this host's files, or before there is a compose file.
 * @throws WizardFailure `file`, `copy`; CancelledError
 */
export async function fillVolumes({ docker, dir, spec, instance, signal }: FilledNetwork): Promise<void> {
  if (hasNodesHere(docker.address)) return;
  const text = await readFile(join(dir, 'docker-compose.yaml'), 'utf8').catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  if (text === undefined) return;
  const { services, volumes } = composeSchema.parse(parse(text));
  const wanted = filesVolumes(spec, true).filter(({ key }) => key in volumes);
  // Far machines do not have the image of the CLI container.
  const imageOn = (machine: string | undefined): string => {
    const isThere = (node: string) => machineOf(spec, node) === machine;
    const service = isThere('cli')
      ? 'cli'
      : networkNodes(spec).find(({ node, role }) => role !== 'gateway' && isThere(node.name))?.node.name;
    return services[service ?? 'cli']?.image ?? '';
  };
  await together(machinesOf(spec), signal, (machine, end) =>
    copyFolders(
      {
        docker: docker.on(machine),
        image: imageOn(machine),
        labels: { [LABEL.project]: spec.project },
        record: join(dir, machine === undefined ? 'copied-files.json' : `copied-files-${machine}.json`),
        signal: end,
      },
      wanted
        .filter(({ nodes }) => nodes.some((node) => machineOf(spec, node) === machine))
        .map(({ key, parts, leavesOut }) => ({
          volume: volumeName(spec, instance, key),
          labels: filesLabels(spec.project),
          parts: parts.map(({ from, at }) => ({ from: join(dir, from), at })),
          leavesOut,
        })),
    ),
  );
}
