/** PURE: the part of a compose file that one machine of a Swarm gets. Compose makes all volumes of a file that it reads. */
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { composeFileText } from './compose-file-text.ts';
import { machineOf, type NetworkSpec } from './network-spec.ts';

const mountSchema = z.union([z.string(), z.looseObject({ source: z.optional(z.string()) })]);
const composeSchema = z.object({
  services: z.record(z.string(), z.looseObject({ volumes: z.optional(z.array(mountSchema)) })),
  volumes: z.record(z.string(), z.unknown()),
});

type Mount = z.infer<typeof mountSchema>;

function sourceOf(mount: Mount): string | undefined {
  return typeof mount === 'string' ? mount.split(':')[0] : mount.source;
}

/** Returns the name of the compose file of a machine. */
export function composeFileOf(machine: string): string {
  return `docker-compose.${machine}.yaml`;
}

/** Returns the services of a machine, and the volumes that they mount. @param text the compose file of the network */
export function composeOfMachine(
  text: string,
  spec: Pick<NetworkSpec, 'placement'>,
  machine: string,
): string {
  const { services, volumes } = composeSchema.parse(parse(text));
  const own = Object.entries(services).filter(([name]) => machineOf(spec, name) === machine);
  const mounted = new Set(own.flatMap(([, service]) => (service.volumes ?? []).map(sourceOf)));
  const kept = Object.entries(volumes).filter(([key]) => mounted.has(key));
  return composeFileText({ services: Object.fromEntries(own), volumes: Object.fromEntries(kept) });
}
