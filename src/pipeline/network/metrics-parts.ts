/** PURE: the Prometheus of a network: its part of the compose file, and where its files are. */
import { publish } from './compose-parts.ts';
import type { NetworkSpec } from './network-spec.ts';

/** Folder beside the compose file. */
export const METRICS_FOLDER = 'metrics';

/** Folder of the console pages, in the one above. */
export const CONSOLES = 'consoles';

/** The folder in the container. */
export const METRICS_INSIDE = '/fabric-metrics';

/** Published images declare a volume of this path, which nobody would remove. */
const DATA = '/prometheus';

export const METRICS_PORT = 9090;

/** Returns what only the service of Prometheus has. Its data is in memory and ends with the container. */
export function metricsParts({ metrics }: Pick<NetworkSpec, 'metrics'>) {
  return {
    user: '0:0',
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    command: [
      `--config.file=${METRICS_INSIDE}/prometheus.yml`,
      `--storage.tsdb.path=${DATA}`,
      '--storage.tsdb.retention.time=1d',
      '--storage.tsdb.retention.size=256MB',
      `--web.console.templates=${METRICS_INSIDE}/${CONSOLES}`,
      `--web.console.libraries=${METRICS_INSIDE}/${CONSOLES}`,
    ],
    tmpfs: [DATA],
    ports: publish(metrics?.port, METRICS_PORT),
  };
}
