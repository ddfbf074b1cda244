/** What `--metrics` adds to a network, and what it leaves as it is. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import type { ImageInfo } from '../../../../src/pipeline/engine/engine-types.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { metricsImageOf } from '../../../../src/pipeline/images/metrics-image.ts';
import { connectionOf } from '../../../../src/pipeline/network/connection.ts';
import {
  consolePage,
  grafanaDashboard,
  metricsConfigPath,
  metricsTargets,
  writeMetricsFiles,
} from '../../../../src/pipeline/network/metrics-files.ts';
import { composeYaml } from '../../../../src/pipeline/network/network-files.ts';
import { type MadeNetwork, networkSpec, nodeNames } from '../../../../src/pipeline/network/network-spec.ts';
import { publishedPorts } from '../../../../src/pipeline/network/published-ports.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const IMAGE = 'prom/prometheus:v2.53.0';

const services = z.record(
  z.string(),
  z.object({
    image: z.string(),
    environment: z.record(z.string(), z.string()).optional(),
    ports: z.array(z.string()).optional(),
  }),
);

async function network(version: string, flags: Record<string, unknown>, made?: MadeNetwork) {
  const release = releaseOf(version);
  if (!release) throw new Error(version);
  const { values } = await loadConfig({ dir: await tempDir(), flags });
  const spec = networkSpec(values, release, 'fw-test', made);
  const text = composeYaml({
    spec,
    release,
    images: { peer: 'peer:1', orderer: 'orderer:1', tools: 'tools:1', couchdb: 'couchdb:1', metrics: IMAGE },
    instance: 'abc123',
    socketOn: () => '/run/docker.sock',
    uses: ['peer:1'],
    peerEnv: {},
  });
  const found = services.parse(parse(text).services);
  const providers = Object.entries(found).flatMap(([node, { environment = {} }]) =>
    Object.entries(environment)
      .filter(([name]) => name.endsWith('_METRICS_PROVIDER'))
      .map(([name, value]) => `${node} ${name}=${value}`),
  );
  return { spec, services: found, providers };
}

const SMALL = { orgs: '1', peers: '2', gateway: false };

describe('a network with metrics', () => {
  it.each(['1.4.12', '2.5.12', '3.1.1'])(
    'has a provider in every peer and orderer of %s',
    async (version) => {
      const { providers } = await network(version, { ...SMALL, metrics: true });
      expect(providers).toEqual([
        'orderer.example.com ORDERER_METRICS_PROVIDER=prometheus',
        'peer0.org1.example.com CORE_METRICS_PROVIDER=prometheus',
        'peer1.org1.example.com CORE_METRICS_PROVIDER=prometheus',
      ]);
    },
  );

  it('has a Prometheus on a port of this host only', async () => {
    const { spec, services: all } = await network('2.5.12', { ...SMALL, metrics: true, portBase: '17050' });
    expect(all.prometheus).toMatchObject({ image: IMAGE, ports: ['127.0.0.1:17059:9090'] });
    expect(publishedPorts(spec)).toContainEqual({
      port: 17059,
      node: 'prometheus',
      wantedBy: 'prometheus',
    });
    expect(nodeNames(spec)).toContain('prometheus');
  });

  it('recreates only peers and orderers of a network that had none', async () => {
    const choices = { ...SMALL, couchdb: true, gateway: false };
    const before = (await network('2.5.12', choices)).services;
    const after = (await network('2.5.12', { ...choices, metrics: true })).services;
    const changed = Object.keys(after).filter(
      (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
    );
    expect(changed).toEqual([
      'orderer.example.com',
      'peer0.org1.example.com',
      'peer1.org1.example.com',
      'prometheus',
    ]);
  });

  it('recreates no node when they are turned off again', async () => {
    const on = await network('2.5.12', { ...SMALL, metrics: true });
    const off = await network('2.5.12', SMALL, { ports: on.spec.ports, measured: on.spec.measured });
    const { prometheus, ...nodes } = on.services;
    expect(prometheus).toBeDefined();
    expect(off.services).toEqual(nodes);
    expect(nodeNames(off.spec)).not.toContain('prometheus');
  });

  it('does not exist in releases without them', async () => {
    const { providers, spec, services: all } = await network('1.3.0', { ...SMALL, metrics: true });
    expect(providers).toEqual([]);
    expect(all.prometheus).toBeUndefined();
    expect(publishedPorts(spec).map(({ node }) => node)).not.toContain('prometheus');
  });
});

describe('the files of Prometheus', () => {
  it('name the operations endpoint of every node inside the network', async () => {
    const { spec } = await network('2.5.12', { orgs: '2', peers: '1', orderers: '3', portBase: '9442' });
    expect(metricsTargets(spec)).toEqual({
      orderer: ['orderer.example.com:8443', 'orderer2.example.com:8443', 'orderer3.example.com:8443'],
      // The first peer listens on 9443 itself.
      peer: ['peer0.org1.example.com:10443', 'peer0.org2.example.com:9443'],
    });
  });

  it('follow a node that is added without a new configuration', async () => {
    const dir = await tempDir();
    const { spec } = await network('2.5.12', { ...SMALL, peers: '1', metrics: true });
    const { spec: grown } = await network('2.5.12', { ...SMALL, metrics: true });
    await writeMetricsFiles(dir, spec);
    const before = await readFile(metricsConfigPath(dir), 'utf8');
    await writeMetricsFiles(dir, grown);
    expect(await readFile(metricsConfigPath(dir), 'utf8')).toBe(before);
    const { scrape_configs: jobs } = parse(before) as {
      scrape_configs: { file_sd_configs: { files: string[] }[] }[];
    };
    const files = jobs.flatMap((job) => job.file_sd_configs.flatMap((each) => each.files));
    const written = files.map((file) => readFile(join(dirname(metricsConfigPath(dir)), file), 'utf8'));
    const targets = (await Promise.all(written)).map((text) => JSON.parse(text) as unknown);
    const { orderer, peer } = metricsTargets(grown);
    expect(targets).toEqual([[{ targets: orderer }], [{ targets: peer }]]);
  });

  it('can be read by a root without capabilities, whatever the umask is', async () => {
    const dir = await tempDir();
    const { spec } = await network('2.5.12', { ...SMALL, metrics: true });
    const umask = process.umask(0o077);
    onTestFinished(() => {
      process.umask(umask);
    });
    await writeMetricsFiles(dir, spec);
    // Again, over files that an earlier version made.
    await writeMetricsFiles(dir, spec);
    const folder = dirname(metricsConfigPath(dir));
    const paths = ['.', ...(await readdir(folder, { recursive: true }))];
    const modes = await Promise.all(
      paths.map(async (path) => {
        const found = await stat(join(folder, path));
        return `${path}: ${(found.mode & 0o777).toString(8)}`;
      }),
    );
    expect(modes.sort()).toEqual([
      '.: 755',
      'consoles/fabric.html: 644',
      'consoles: 755',
      'grafana-dashboard.json: 644',
      'orderer-targets.json: 644',
      'peer-targets.json: 644',
      'prometheus.yml: 644',
    ]);
  });

  it('show the same queries in Grafana and on the page', () => {
    const { panels, templating } = JSON.parse(grafanaDashboard({ project: 'fw-test' }));
    const page = consolePage({ project: 'fw-test' });
    expect(templating.list[0]).toMatchObject({ type: 'datasource', query: 'prometheus' });
    expect(panels.length).toBeGreaterThan(8);
    for (const { title, targets } of panels) {
      expect(page).toContain(`<h2>${title}</h2>`);
      expect(page).toContain(`{{ range query ${JSON.stringify(targets[0].expr)} `);
    }
  });

  it('are where clients of the network are told', async () => {
    const { spec } = await network('2.5.12', { ...SMALL, metrics: true, portBase: '17050' });
    expect(connectionOf({ spec, version: '2.5.12' }, '/net').metrics).toEqual({
      node: 'prometheus',
      url: 'http://127.0.0.1:17059/consoles/fabric.html',
      dashboard: '/net/metrics/grafana-dashboard.json',
    });
    const without = connectionOf({ spec: (await network('2.5.12', SMALL)).spec, version: '2.5.12' }, '/net');
    expect(without.metrics).toBeUndefined();
    expect(without.orderers.nodes[0]?.operations).toBe('http://localhost:7055');
  });
});

describe('the image of Prometheus', () => {
  const chosen = async (flags: Record<string, unknown>, here: Readonly<Record<string, string>>) => {
    const release = releaseOf('2.5.12');
    if (!release) throw new Error('no release');
    const { values } = await loadConfig({ dir: await tempDir(), flags });
    return metricsImageOf(
      values,
      { goArch: 'amd64', release },
      {
        inspectImage: async (ref) =>
          here[ref] === undefined ? undefined : ({ id: ref, architecture: here[ref] } as ImageInfo),
        listImages: async () =>
          Object.keys(here).map((ref, index) => ({ id: ref, tags: [ref], labels: {}, created: index })),
      },
    );
  };

  it.each([
    [
      'the newest published one',
      { 'prom/prometheus:v1': 'amd64', 'prom/prometheus:v2': 'amd64' },
      'prom/prometheus:v2',
    ],
    [
      'not one for another machine',
      { 'prom/prometheus:v1': 'amd64', 'prom/prometheus:v2': 'arm64' },
      'prom/prometheus:v1',
    ],
    ['one that was built here', { 'fabric-wizard/prometheus:1': 'amd64' }, 'fabric-wizard/prometheus:1'],
  ])('is %s', async (_, here, ref) => {
    expect(await chosen({ metrics: true }, here)).toEqual({ ref, present: true });
  });

  it('is the configured one, even if it is not here', async () => {
    const flags = { metrics: true, metricsImage: 'acme/prometheus:1' };
    expect(await chosen(flags, { 'prom/prometheus:v1': 'amd64' })).toEqual({
      ref: 'acme/prometheus:1',
      present: false,
    });
  });

  it('is not looked for without metrics', async () => {
    expect(await chosen({}, { 'prom/prometheus:v1': 'amd64' })).toBeUndefined();
  });
});
