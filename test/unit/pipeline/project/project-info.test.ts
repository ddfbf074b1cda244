/** What a folder tells of its runs without an engine. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { DEFAULT_RELEASE } from '../../../../src/pipeline/fabric/default-release.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { MANIFEST } from '../../../../src/pipeline/images/build-outputs.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { SAVED_NETWORK } from '../../../../src/pipeline/network/saved-network.ts';
import { inspectionCommands } from '../../../../src/pipeline/project/inspection-commands.ts';
import { readProjectInfo } from '../../../../src/pipeline/project/project-info.ts';
import { templateValues } from '../../../../src/pipeline/project/template-values.ts';
import { fabricRepository } from '../../../support/fabric-shape.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';
import { SAMPLE } from '../../../support/wizard.ts';

const PACKAGE = { packageDir: join(SAMPLE, '..') };
const STATE = '.fabric-wizard';

async function ownRun(dir: string, flags: Readonly<Record<string, unknown>> = {}) {
  return readProjectInfo(dir, (await loadConfig({ dir, flags })).values, PACKAGE);
}

describe('the own run', () => {
  it('is an example where nothing was run and no source is there', async () => {
    const run = await ownRun(await tempDir());
    expect(run).toMatchObject({
      sourceDir: undefined,
      built: false,
      network: false,
      practice: false,
      seconds: {},
    });
    expect(templateValues(run).build).toMatchObject({
      version: DEFAULT_RELEASE,
      commit: '0a1b2c3',
      baseVersion: '',
      peerImage: `hyperledger/fabric-peer:${DEFAULT_RELEASE}`,
      programs: '.fabric-wizard/build/<fingerprint>',
    });
  });

  it('clones nothing', async () => {
    const dir = await tempDir();
    const before = await ownRun(dir, { source: 'v1.4.9' });
    expect(before.sourceDir).toBeUndefined();
    // The tag tells what would be built.
    expect(templateValues(before).build).toMatchObject({
      version: '1.4.9',
      requiredBuilder: 'hyperledger/fabric-ccenv:1.4',
      builderImage: 'hyperledger/fabric-baseimage:amd64-<base-version>',
    });
    const clone = join(dir, STATE, 'source', 'v1.4.9');
    await mkdir(clone, { recursive: true });
    await fabricRepository(clone);
    expect((await ownRun(dir, { source: 'v1.4.9' })).sourceDir).toBe(clone);
  });

  it('takes the values of the choices and of the source', async () => {
    const dir = await tempDir();
    const commit = await fabricRepository(dir);
    const run = await ownRun(dir, { dockerNs: 'acme', baseVersion: '9.9' });
    expect(run.sourceDir).toBe(dir);
    expect(commit.startsWith(run.settings.commitSha)).toBe(true);
    expect(templateValues(run).build).toMatchObject({
      dockerNs: 'acme',
      requiredBuilder: 'acme/fabric-ccenv:1.4',
    });
    expect(templateValues(run).build.requiredRuntime).toMatch(/^hyperledger\/fabric-baseos:\w+-9\.9$/);
  });

  it('names the images that the peers ask for, as resolve does', async () => {
    const dir = await tempDir();
    await fabricRepository(dir);
    await writeFile(join(dir, 'sampleconfig/core.yaml'), 'chaincode: { golang: { runtime: acme/own:1 } }\n');
    const { build } = templateValues(await ownRun(dir, { chaincodeBuilder: 'acme/builder:2' }));
    expect(build).toMatchObject({ requiredBuilder: 'acme/builder:2', requiredRuntime: 'acme/own:1' });
  });

  it('names a channel that the peer of the CLI container is on', async () => {
    const run = await ownRun(await tempDir(), { channels: 'first organisations=Org2, second' });
    expect(templateValues(run).network).toMatchObject({ org: 'Org1', channel: 'second' });
    expect(inspectionCommands(run, 'ledger').lines.join()).toContain('-c second');
  });

  it('tells the practice source', async () => {
    const run = await ownRun(await tempDir(), { source: 'sample' });
    expect(run).toMatchObject({ practice: true, sourceDir: SAMPLE });
    expect(run.settings.dockerNs).toBe('fabric-practice');
  });

  it("has the architecture of the network's engine", async () => {
    const engine = {
      id: 'e',
      rootDir: '/var/lib/docker',
      endpoint: 'unix:///run/docker.sock',
      arch: 'arm64',
    };
    const dir = await tempDir();
    await writeFiles(dir, {
      [`${STATE}/state.json`]: JSON.stringify({
        version: 1,
        stageSeconds: {},
        facts: { [STATE_KEYS.engine.key]: engine },
      }),
    });
    expect((await ownRun(dir, { source: 'sample' })).settings).toMatchObject({
      goArch: 'arm64',
      builderImage: 'hyperledger/fabric-baseimage:arm64-0.4.22',
    });
  });

  it('knows what a run has left: programs, network, seconds', async () => {
    const dir = await tempDir();
    const line = releaseOf('1.4.12');
    if (!line) throw new Error('no line');
    const { values } = await loadConfig({ dir, flags: { orgs: '1', peers: '3', channel: 'trade' } });
    const spec = networkSpec(values, line, 'made-before');
    const manifest = (fingerprint: string) => ({ fingerprint, binaries: {}, goshim: [], shimFolders: '' });
    const state = {
      version: 1,
      stageSeconds: { [`${line.id}-practice/compile`]: 12.5, [`${line.id}/compile`]: 99 },
      facts: {
        [SAVED_NETWORK.key]: { spec, version: '1.4.12' },
        [STATE_KEYS.crypto.key]: { fingerprint: 'f', instance: 'c0ffee' },
        [STATE_KEYS.built.key]: { peer: [{ fingerprint: 'f', id: 'sha256:1' }] },
      },
    };
    await writeFiles(dir, {
      [`${STATE}/state.json`]: JSON.stringify(state),
      [`${STATE}/build/${'a'.repeat(16)}/${MANIFEST}`]: JSON.stringify(manifest('a')),
      [`${STATE}/build/payload/sampleconfig.tar.bz2`]: '',
      [`${STATE}/network/docker-compose.yaml`]: '',
    });
    const run = await ownRun(dir, { source: 'sample' });
    expect(run).toMatchObject({ built: true, network: true, instance: 'c0ffee', seconds: { compile: 12.5 } });
    const { build, network } = templateValues(run);
    expect(build.programs).toBe(`${STATE}/build/${'a'.repeat(16)}`);
    expect(network).toMatchObject({
      project: 'made-before',
      channel: 'trade',
      peers: '3',
      cli: 'made-before-cli',
      volume: 'made-before-c0ffee-peer0.org1.example.com',
    });
  });
});
