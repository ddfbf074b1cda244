/** PURE: the Prometheus of a network: its part of the compose file, and where its files are. */
import { publish, readOnlyBind } from './compose-parts.ts';
import type { NetworkSpec } from './network-spec.ts';

/** Folder beside the compose file. */
export const METRICS_FOLDER = 'metrics';

/** Folder of the console pages, in the one above. */
export const CONSOLES = 'consoles';

const INSIDE = '/fabric-metrics';

/** Published images declare a volume of this path, which nobody would remove. */
const DATA = '/prometheus';

const PORT = 9090;

/** Returns what only the service of Prometheus has. Its data is in memory and ends with the container. */
export function metricsParts({ metrics }: Pick<NetworkSpec, 'metrics'>) {
  return {
    user: '0:0',
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    command: [
      `--config.file=${INSIDE}/prometheus.yml`,
      `--storage.tsdb.path=${DATA}`,
      '--storage.tsdb.retention.time=1d',
      '--storage.tsdb.retention.size=256MB',
      `--web.console.templates=${INSIDE}/${CONSOLES}`,
      `--web.console.libraries=${INSIDE}/${CONSOLES}`,
    ],
    volumes: [readOnlyBind(`./${METRICS_FOLDER}`, INSIDE)],
    tmpfs: [DATA],
    ports: publish(metrics?.port, PORT),
  };
}
