/** Snapshots that cannot be saved or restored, and what is said about them. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { STATE_FOLDER } from '../../../../src/pipeline/host/state-folder.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { recordCertificates } from '../../../../src/pipeline/network/certificate-files.ts';
import { setAllNetworkFacts } from '../../../../src/pipeline/network/kept-networks.ts';
import type { CompleteNetwork } from '../../../../src/pipeline/network/network-copy.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { requireRestorable } from '../../../../src/pipeline/run/restore-snapshot.ts';
import { requireFreeName, savableNetwork } from '../../../../src/pipeline/run/save-snapshot.ts';
import { type EngineContent, socketEngine } from '../../../support/socket-engine.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const PROJECT = 'fw';
const PEER = 'peer0.org1.example.com';
const IMAGE = 'ns/fabric-peer:2.5.12';
const CERTIFICATE = 'crypto-config/ca.crt';
const VOLUME = { name: `${PROJECT}-c0ffee-${PEER}`, labels: { [LABEL.project]: PROJECT } };
const HERE: EngineContent = {
  id: 'here',
  images: [{ id: 'sha256:1', tags: [IMAGE], labels: { [LABEL.origin]: 'fabric' } }],
  volumes: [VOLUME],
};

async function snapshot(): Promise<CompleteNetwork> {
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('2.5.12');
  const { values } = await loadConfig({ dir: await tempDir(), flags: {} });
  const folder = await tempDir();
  await writeFiles(folder, {
    [CERTIFICATE]: 'certificate',
    'docker-compose.yaml': `services: { peer: { image: "${IMAGE}" } }`,
  });
  await recordCertificates(folder);
  return {
    folder,
    crypto: { fingerprint: 'f', instance: 'c0ffee' },
    state: { network: { spec: networkSpec(values, release, PROJECT), version: '2.5.12' }, deployed: {} },
    snapshot: {
      ...{ at: 0, bytes: 0, nodes: [PEER], heights: {} },
      images: { [IMAGE]: { id: 'sha256:1', origin: 'fabric' } },
      engine: { id: 'here', rootDir: '/var/lib/docker', endpoint: 'unix:///elsewhere.sock' },
    },
  };
}

async function state(network?: CompleteNetwork) {
  const dir = await tempDir();
  const stateDir = join(dir, STATE_FOLDER);
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  if (network) {
    await writeFiles(stateDir, { [`network/${CERTIFICATE}`]: 'certificate' });
    await setAllNetworkFacts(journal, network);
  }
  return { stateDir, journal, signal: new AbortController().signal };
}

/** The message of the refusal; undefined if the snapshot can be restored on this engine. */
async function refusal(
  content: EngineContent,
  change: (network: CompleteNetwork) => CompleteNetwork = (network) => network,
  project = PROJECT,
) {
  const { docker } = await socketEngine(content);
  const network = change(await snapshot());
  const named = { name: 'base', network };
  return requireRestorable({ docker, ...(await state()) }, named, project).then(
    () => undefined,
    (error) => error.failure,
  );
}

describe('requireRestorable', () => {
  it('accepts a snapshot whose images and volumes are there', async () => {
    expect(await refusal(HERE)).toBeUndefined();
  });

  it('names images that are not there, and how to make them', async () => {
    expect(await refusal({ ...HERE, images: [] })).toMatchObject({
      kind: 'usage',
      message: { key: 'usage.snapshot-images', images: IMAGE },
      next: ['fabric-wizard build', 'fabric-wizard snapshot list'],
    });
  });

  it('does not need the image of Prometheus', async () => {
    const { docker } = await socketEngine(HERE);
    const network = await snapshot();
    await writeFiles(network.folder, {
      'docker-compose.yaml': `services: { peer: { image: "${IMAGE}" }, prometheus: { image: "acme/prometheus:1" } }`,
    });
    const restoring = requireRestorable({ docker, ...(await state()) }, { name: 'base', network }, PROJECT);
    await expect(restoring).resolves.toEqual({ [IMAGE]: { id: 'sha256:1' } });
  });

  it('refuses an image that was built since from the practice source', async () => {
    const images = [{ id: 'sha256:2', tags: [IMAGE], labels: { [LABEL.origin]: 'practice' } }];
    expect(await refusal({ ...HERE, images })).toMatchObject({
      message: { key: 'usage.snapshot-origin', image: IMAGE },
    });
  });

  it('names the nodes whose volumes are gone', async () => {
    const { rootDir } = await (await socketEngine(HERE)).docker.info();
    const gone = await refusal({ ...HERE, volumes: [] }, (network) => ({
      ...network,
      snapshot: network.snapshot && {
        ...network.snapshot,
        engine: { ...network.snapshot.engine, rootDir },
      },
    }));
    expect(gone).toMatchObject({ message: { key: 'usage.snapshot-volumes', nodes: PEER } });
  });

  it('names the engine that has the volumes, and the command that selects it', async () => {
    const elsewhere = await refusal({ ...HERE, id: 'another', volumes: [] });
    expect(elsewhere).toMatchObject({ message: { key: 'usage.snapshot-elsewhere' } });
    expect(elsewhere.next[0]).toBe('DOCKER_HOST=unix:///elsewhere.sock fabric-wizard snapshot restore base');
  });

  it('refuses another project, and a snapshot that has lost a certificate', async () => {
    expect(await refusal(HERE, undefined, 'renamed')).toMatchObject({
      message: { key: 'usage.snapshot-project', project: PROJECT, current: 'renamed' },
    });
    const { docker } = await socketEngine(HERE);
    const network = await snapshot();
    await rm(join(network.folder, CERTIFICATE));
    const restoring = requireRestorable({ docker, ...(await state()) }, { name: 'base', network }, PROJECT);
    await expect(restoring).rejects.toMatchObject({
      failure: { message: { key: 'usage.snapshot-damaged', files: CERTIFICATE } },
    });
  });
});

describe('savableNetwork', () => {
  it('is the network in place with the ledgers that exist; without any there is nothing to save', async () => {
    const context = await state(await snapshot());
    const { docker } = await socketEngine(HERE);
    const { nodes, pausing } = await savableNetwork({ docker, ...context });
    expect(nodes).toEqual([PEER]);
    expect(pausing).toEqual([]);
    const empty = await socketEngine({ ...HERE, volumes: [] });
    const nothing = { failure: { message: { key: 'usage.no-ledgers' }, next: ['fabric-wizard up --yes'] } };
    await expect(savableNetwork({ docker: empty.docker, ...context })).rejects.toMatchObject(nothing);
    await expect(savableNetwork({ docker, ...(await state()) })).rejects.toMatchObject(nothing);
  });
});

describe('requireFreeName', () => {
  it.each(['base', '2.5', 'before_upgrade-1'])('accepts %s', async (name) => {
    await expect(requireFreeName(await tempDir(), name)).resolves.toBeUndefined();
  });

  it.each(['', '..', '.hidden', 'a/b', '-x', 'ä', 'x'.repeat(65)])('refuses "%s"', async (name) => {
    await expect(requireFreeName(await tempDir(), name)).rejects.toMatchObject({
      failure: { message: { key: 'usage.snapshot-name', name } },
    });
  });

  it('refuses the name of a snapshot or of a replaced network', async () => {
    const stateDir = await tempDir();
    await writeFiles(stateDir, { 'snapshots/base/network.json': '{}', 'networks/c0ffee/network.json': '{}' });
    for (const name of ['base', 'c0ffee'])
      await expect(requireFreeName(stateDir, name)).rejects.toMatchObject({
        failure: { message: { key: 'usage.snapshot-exists', name } },
      });
  });
});
