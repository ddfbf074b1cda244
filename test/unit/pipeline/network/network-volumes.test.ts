/** What the nodes of a network get of its files, on an engine whose volumes are folders. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { networkDir, STATE_FOLDER } from '../../../../src/pipeline/host/state-folder.ts';
import { filesVolumeParts } from '../../../../src/pipeline/network/network-mounts.ts';
import { volumeName } from '../../../../src/pipeline/network/network-spec.ts';
import { fillVolumes } from '../../../../src/pipeline/network/network-volumes.ts';
import { placementOf } from '../../../../src/pipeline/network/placement.ts';
import { writeNetwork } from '../../../support/made-network.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';
import { volumesEngine } from '../../../support/volumes-engine.ts';

const INSTANCE = 'i1';

/** The files of a network of two organisations, and what fills its volumes. */
async function filled({ endpoint = 'tcp://far:2376', composes = true } = {}) {
  const dir = await tempDir();
  const spec = await writeNetwork(dir);
  const folder = networkDir(join(dir, STATE_FOLDER));
  await writeFiles(folder, {
    'channel-artifacts/mychannel.block': 'x',
    'config/core.yaml': 'peer: {}\n',
  });
  if (composes) {
    const volumes = filesVolumeParts({ spec, elsewhere: true }, INSTANCE, false);
    const compose = stringify({ services: { cli: { image: 'tools' } }, volumes });
    await writeFiles(folder, { 'docker-compose.yaml': compose });
  }
  const engine = await volumesEngine();
  const docker = {
    address: { endpoint, origin: { kind: 'variable' } } as const,
    on: () => engine.docker as unknown as DockerPort,
  };
  const { signal } = new AbortController();
  await fillVolumes({ docker, dir: folder, spec, instance: INSTANCE, signal });
  return {
    engine,
    spec,
    filesIn: (name: string) => engine.filesIn(volumeName(spec, INSTANCE, `${name}-files`)),
  };
}

describe('the files of a network on an engine elsewhere', () => {
  it('are those of a node itself, with core.yaml', async () => {
    const { filesIn } = await filled();
    const files = await filesIn('peer0.org1.example.com');
    expect(files.filter((path) => /_sk$|\.key$/.test(path))).toEqual([
      'msp/keystore/priv_sk',
      'tls/server.key',
    ]);
    expect(files).toContain('core.yaml');
  });

  it('are all in the CLI container, without the private keys of the CAs', async () => {
    const { filesIn } = await filled();
    const files = await filesIn('cli-crypto');
    const org = 'peerOrganizations/org1.example.com';
    expect(files).toEqual(
      expect.arrayContaining([
        `${org}/ca/ca.org1.example.com-cert.pem`,
        `${org}/users/Admin@org1.example.com/msp/keystore/priv_sk`,
        `${org}/peers/peer0.org1.example.com/tls/server.key`,
      ]),
    );
    expect(files.filter((path) => /\/(ca|tlsca)\/.*_sk$/.test(path))).toEqual([]);
    expect(await filesIn('cli-artifacts')).toEqual(['mychannel.block']);
  });

  it('have the labels by which they are found and removed', async () => {
    const { engine, spec } = await filled();
    const volumes = await engine.docker.listVolumes();
    const labels = { 'io.fabric-wizard.project': spec.project, 'io.fabric-wizard.role': 'files' };
    expect(volumes.length).toBeGreaterThan(0);
    for (const volume of volumes) expect(volume.labels).toMatchObject(labels);
  });

  it.each([
    ['before there is a compose file', { composes: false }],
    ['on an engine that has the files of this host', { endpoint: 'unix:///var/run/docker.sock' }],
  ])('are not sent %s', async (_, choices) => {
    const { engine } = await filled(choices);
    expect(await engine.docker.listVolumes()).toEqual([]);
  });
});

describe('the files of a network on several machines', () => {
  it('are on the machine of their node, and private keys nowhere else', async () => {
    const dir = await tempDir();
    const made = await writeNetwork(dir, '2.5.12', { orgs: '2', peers: '1' });
    const owners = new Map([
      ['Org1', ['m1']],
      ['Org2', ['m2']],
      ['orderers', ['m2']],
    ]);
    const spec = { ...made, placement: placementOf(made, owners, 'm1') };
    const folder = networkDir(join(dir, STATE_FOLDER));
    const services = Object.fromEntries(
      Object.keys(spec.placement).map((name) => [name, { image: `${name}:1` }]),
    );
    const volumes = filesVolumeParts({ spec, elsewhere: true }, INSTANCE, false);
    await writeFiles(folder, {
      ...{ 'channel-artifacts/mychannel.block': 'x', 'config/core.yaml': 'peer: {}\n' },
      'docker-compose.yaml': stringify({ services, volumes }),
    });
    const engines = { m1: await volumesEngine(), m2: await volumesEngine() };
    const images: string[] = [];
    const on = (machine: string | undefined) => {
      const { docker } = engines[machine as keyof typeof engines];
      const runToEnd: typeof docker.runToEnd = (work, collect) => {
        images.push(`${machine} ${work.image}`);
        return docker.runToEnd(work, collect);
      };
      return { ...docker, runToEnd } as unknown as DockerPort;
    };
    const address = {
      ...{ endpoint: 'unix:///run/docker.sock', origin: { kind: 'variable' } as const },
      machines: { selected: 'm1', others: [{ name: 'm2', endpoint: 'tcp://far:1' }] },
    };
    const { signal } = new AbortController();
    await fillVolumes({ docker: { address, on }, dir: folder, spec, instance: INSTANCE, signal });
    const namesOn = async (machine: keyof typeof engines) =>
      (await engines[machine].docker.listVolumes()).map(({ name }) => name.replace('fw-unit-i1-', '')).sort();
    expect(await namesOn('m1')).toEqual([
      'cli-artifacts-files',
      'cli-crypto-files',
      'peer0.org1.example.com-files',
    ]);
    expect(await namesOn('m2')).toEqual(['orderer.example.com-files', 'peer0.org2.example.com-files']);
    expect(new Set(images)).toEqual(new Set(['m1 cli:1', 'm2 orderer.example.com:1']));
  });
});
