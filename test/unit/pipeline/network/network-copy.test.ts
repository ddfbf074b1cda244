/** What the copy of a network says about itself. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { readNetwork } from '../../../../src/pipeline/network/kept-networks.ts';
import {
  composeAs,
  copyFiles,
  copyVolumes,
  imagesOf,
  nodesWithLedger,
  recordAs,
} from '../../../../src/pipeline/network/network-copy.ts';
import { composeYaml } from '../../../../src/pipeline/network/network-files.ts';
import { artifactsFingerprint } from '../../../../src/pipeline/network/network-plan.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { filesIn, tempDir } from '../../../support/temp-dir.ts';

const VERSION = '2.5.12';

async function network(instance: string) {
  const release = releaseOf(VERSION);
  if (!release) throw new Error(VERSION);
  // The project has the id in its name, which must stay.
  const { values } = await loadConfig({ dir: await tempDir(), flags: { couchdb: true } });
  const spec = networkSpec(values, release, 'fw-c0ffee-net');
  const images = { peer: 'ns/fabric-peer:1', orderer: 'ns/fabric-orderer:1', tools: 'ns/fabric-tools:1' };
  const compose = composeYaml({
    spec,
    release,
    images: { ...images, couchdb: 'couchdb:3.1' },
    instance,
    socketOn: () => '/var/run/docker.sock',
    uses: ['ns/fabric-ccenv:c0ffee'],
    peerEnv: {},
  });
  const fingerprint = artifactsFingerprint({ spec, settings: { release } }, instance);
  const record = {
    crypto: { fingerprint: 'f', instance },
    artifacts: { fingerprint, instance, files: { 'mychannel.block': 'sum' } },
    anchors: { fingerprint },
    state: {
      network: { spec, version: VERSION },
      deployed: { basic: { version: '1', peers: 'all', instance } },
      choices: { couchdb: true },
    },
  };
  return { spec, compose, record };
}

describe('composeAs', () => {
  it.each(['decade', '123456', '12e456'])(
    'returns the file that the network with id %s has from the start',
    async (other) => {
      const [from, to] = await Promise.all([network('c0ffee'), network(other)]);
      expect(composeAs(from.compose, from.spec.project, 'c0ffee', other)).toBe(to.compose);
      expect(composeAs(to.compose, to.spec.project, other, 'c0ffee')).toBe(from.compose);
    },
  );
});

describe('recordAs', () => {
  it('returns the record that the network with the other id has from the start', async () => {
    const [from, to] = await Promise.all([network('c0ffee'), network('decade')]);
    expect(recordAs(from.record, 'decade')).toEqual(to.record);
  });

  it('leaves artifacts of another configuration different', async () => {
    const { record } = await network('c0ffee');
    const changed = { ...record, artifacts: { fingerprint: 'of two channels', instance: 'c0ffee' } };
    expect(recordAs(changed, 'decade').artifacts?.fingerprint).toBe('of two channels');
  });
});

describe('copyFiles', () => {
  it('copies everything with the modes of the keys, and records what it is', async () => {
    const { compose, record } = await network('c0ffee');
    const dir = await tempDir();
    const folder = join(dir, 'network');
    const keystore = join(folder, 'crypto-config', 'keystore');
    await mkdir(keystore, { recursive: true, mode: 0o700 });
    await writeFile(join(keystore, 'a_sk'), 'key', { mode: 0o600 });
    await writeFile(join(folder, 'docker-compose.yaml'), compose);
    const copy = join(dir, 'snapshots', 'base');
    await copyFiles({ ...record, folder }, { folder: copy, instance: 'decade' });
    const modeOf = async (path: string) => (await stat(join(copy, path))).mode & 0o777;
    expect(await modeOf('.')).toBe(0o700);
    expect(await modeOf('crypto-config/keystore')).toBe(0o700);
    expect(await modeOf('crypto-config/keystore/a_sk')).toBe(0o600);
    expect((await readNetwork(copy))?.crypto.instance).toBe('decade');
    expect(await imagesOf({ folder: copy })).toContain('couchdb:3.1');
    expect([...(await filesIn(join(dir, 'snapshots'))).keys()].some((path) => path.includes('partial'))).toBe(
      false,
    );
  });
});

describe('nodesWithLedger', () => {
  it('are those whose volume has our label', async () => {
    const { spec } = await network('c0ffee');
    const labels = { 'io.fabric-wizard.project': spec.project };
    const volumes = [
      { name: `${spec.project}-c0ffee-orderer.example.com`, labels },
      { name: `${spec.project}-c0ffee-peer0.org1.example.com`, labels: {} },
      { name: `${spec.project}-decade-peer0.org2.example.com`, labels },
    ];
    expect(nodesWithLedger(spec, 'c0ffee', volumes)).toEqual(['orderer.example.com']);
  });
});

describe('copyVolumes', () => {
  /** An engine whose work container prints these lines and ends. */
  const copying = (lines: readonly string[], exitCode: number) =>
    copyVolumes({
      docker: {
        createVolume: async () => undefined,
        runToEnd: async (spec, collect) => {
          for (const line of lines) spec.onLine?.(line, 'stdout');
          return collect({ exitCode, archive: () => Promise.reject(new Error('not asked')) });
        },
      },
      image: 'ns/fabric-peer:1',
      project: 'fw',
      volumes: [{ node: 'peer0', from: 'a', to: 'b' }],
      labelsOf: () => ({}),
      signal: new AbortController().signal,
    });

  it('returns the size', async () => {
    expect(await copying(['##sizes 2048 4096'], 0)).toBe(2048 * 1024);
  });

  it('says how much space is needed and left', async () => {
    await expect(copying(['##sizes 2048 1024'], 28)).rejects.toMatchObject({
      failure: { kind: 'usage', message: { key: 'usage.no-space', needed: '2 MiB', free: '1 MiB' } },
    });
  });

  it('shows what cp says if it fails', async () => {
    await expect(
      copying(['##sizes 1 9', "cp: can't open '/from/peer0/x': I/O error"], 1),
    ).rejects.toMatchObject({
      failure: {
        kind: 'command',
        exitCode: 1,
        tail: expect.arrayContaining([expect.stringMatching(/^cp:/)]),
      },
    });
  });
});
