/** Files of the network's Prometheus: its configuration, a console page, and a dashboard for Grafana. */
import { chmod, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomically } from '../host/files.ts';
import { METRICS_PANELS, type MetricsPanel } from './metrics-panels.ts';
import { CONSOLES, METRICS_FOLDER } from './metrics-parts.ts';
import { allPeers, type NetworkSpec, type NodeSpec } from './network-spec.ts';
import { operationsPortInside } from './port-scheme.ts';

const SCRAPE_SECONDS = 5;
const CONSOLE_PAGE = 'fabric.html';

/** Returns the path of the configuration. @param dir folder with the network's files */
export function metricsConfigPath(dir: string): string {
  return join(dir, METRICS_FOLDER, 'prometheus.yml');
}

/** Returns the path of the dashboard for Grafana. @param dir folder with the network's files */
export function grafanaPath(dir: string): string {
  return join(dir, METRICS_FOLDER, 'grafana-dashboard.json');
}

const JOBS = ['orderer', 'peer'] as const;
type Job = (typeof JOBS)[number];

function targetsFile(job: Job): string {
  return `${job}-targets.json`;
}

/** Returns the operations endpoints by job. They have no TLS. */
export function metricsTargets(spec: NetworkSpec): Readonly<Record<Job, readonly string[]>> {
  return {
    orderer: spec.orderers.map((orderer) => `${orderer.name}:${operationsPortInside(orderer, 'orderer')}`),
    peer: allPeers(spec).map((peer) => `${peer.name}:${operationsPortInside(peer, 'peer')}`),
  };
}

/** Returns the configuration. The nodes are in files that Prometheus reads again when they change. */
export function prometheusYaml(): string {
  return stringify({
    global: { scrape_interval: `${SCRAPE_SECONDS}s`, scrape_timeout: `${SCRAPE_SECONDS}s` },
    scrape_configs: JOBS.map((job) => ({
      job_name: job,
      file_sd_configs: [{ files: [targetsFile(job)], refresh_interval: `${SCRAPE_SECONDS}s` }],
    })),
  });
}

const GRAFANA_WIDTH = 12;
const GRAFANA_HEIGHT = 8;

function grafanaPanel({ title, query, unit, labels }: MetricsPanel, index: number) {
  const datasource = { type: 'prometheus', uid: '$datasource' };
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    datasource,
    gridPos: {
      x: (index % 2) * GRAFANA_WIDTH,
      y: Math.floor(index / 2) * GRAFANA_HEIGHT,
      w: GRAFANA_WIDTH,
      h: GRAFANA_HEIGHT,
    },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: [
      { refId: 'A', datasource, expr: query, legendFormat: labels.map((label) => `{{${label}}}`).join(' ') },
    ],
  };
}

/** Returns the dashboard. Grafana asks for the data source when the dashboard is opened. */
export function grafanaDashboard({ project }: Pick<NetworkSpec, 'project'>): string {
  const dashboard = {
    uid: `fabric-wizard-${project}`.slice(0, 40),
    title: `Fabric: ${project}`,
    tags: ['hyperledger-fabric'],
    schemaVersion: 36,
    refresh: `${SCRAPE_SECONDS}s`,
    time: { from: 'now-15m', to: 'now' },
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
    panels: METRICS_PANELS.map(grafanaPanel),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

function consoleTable({ title, query, unit, labels }: MetricsPanel): string {
  const format = unit === 's' ? 'humanizeDuration' : 'humanize';
  const cells = labels.map((label) => `<td>{{ .Labels.${label} }}</td>`).join('');
  return `<h2>${title}</h2>
<table>
{{ range query ${JSON.stringify(query)} | sortByLabel "instance" }}<tr>${cells}<td>{{ .Value | ${format} }}</td></tr>
{{ else }}<tr><td>no data yet</td></tr>
{{ end }}</table>
`;
}

/** Returns the template of a page that shows the same queries without Grafana. */
export function consolePage({ project }: Pick<NetworkSpec, 'project'>): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="${SCRAPE_SECONDS}">
<title>Fabric: ${project}</title>
<style>
body { font-family: sans-serif; margin: 2em; columns: 28em; }
h2 { font-size: 1em; margin-bottom: 0.3em; break-after: avoid; }
table { border-collapse: collapse; }
td { border-bottom: 1px solid #ccc; padding: 0.1em 1em 0.1em 0; }
</style>
</head>
<body>
${METRICS_PANELS.map(consoleTable).join('')}</body>
</html>
`;
}

/**
 * Writes a file that Prometheus can read whatever the umask is: it has no capabilities, so that its root reads only what
 * everybody can read. The file holds no secret.
 */
async function writeReadable(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await chmod(dirname(path), 0o755);
  await writeAtomically(path, content);
  await chmod(path, 0o644);
}

/** Writes the files of the network's Prometheus; without one, removes those of an earlier one. */
export async function writeMetricsFiles(dir: string, spec: NetworkSpec): Promise<void> {
  const folder = join(dir, METRICS_FOLDER);
  if (!spec.metrics) {
    await rm(folder, { recursive: true, force: true });
    return;
  }
  const targets = metricsTargets(spec);
  for (const job of JOBS)
    await writeReadable(
      join(folder, targetsFile(job)),
      `${JSON.stringify([{ targets: targets[job] }], null, 2)}\n`,
    );
  await writeReadable(metricsConfigPath(dir), prometheusYaml());
  await writeReadable(join(folder, CONSOLES, CONSOLE_PAGE), consolePage(spec));
  await writeReadable(grafanaPath(dir), grafanaDashboard(spec));
}

/** Returns the address of the console page on this host. */
export function metricsUrl({ port }: NodeSpec): string {
  return `http://127.0.0.1:${port}/consoles/${CONSOLE_PAGE}`;
}
