import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildSettings, loadConfig } from '../../../../src/pipeline/config/config.ts';
import { parseCoreYaml } from '../../../../src/pipeline/fabric/peer-config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { previewBuild } from '../../../../src/pipeline/resolve/build-preview.ts';
import {
  imagesOfPeer,
  type PeerImageSettings,
  peerImageStatus,
  peerImages,
  peerReferences,
} from '../../../../src/pipeline/resolve/peer-images.ts';
import { readConfiguration } from '../../../../src/pipeline/resolve/read-configuration.ts';
import { coreYaml, imageOf, peerOf, versionOf } from '../../../support/peers.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const CCENV = 'hyperledger/fabric-ccenv:1.4';
const BASEOS = 'hyperledger/fabric-baseos:amd64-0.4.22';

/** A project whose checkout has this core.yaml. */
async function project(flags: Record<string, string> = {}, core: string | undefined = coreYaml('1.4.12')) {
  const dir = await tempDir();
  await mkdir(join(dir, 'sampleconfig'));
  if (core !== '') await writeFile(join(dir, 'sampleconfig', 'core.yaml'), core);
  const release = releaseOf('1.4.12');
  if (!release) throw new Error('no release 1.4.12');
  const tree = { dir, commit: 'd8a6f12', fullCommit: '', dirty: [], files: new Map() };
  const source = {
    dir,
    release,
    version: '1.4.12',
    baseVersion: '0.4.22',
    goVersion: release.releaseGo,
    isRelease: true,
    practice: false,
    tree,
  };
  const { values: config } = await loadConfig({ dir, flags });
  const settings = buildSettings(config, source, 'amd64');
  return { source, settings, config } satisfies PeerImageSettings;
}

describe('peerImages', () => {
  const { compiled } = versionOf('1.4.12');
  const core = parseCoreYaml(coreYaml('1.4.12'));

  it('fills the templates of core.yaml with the compiled-in values', () => {
    const { builder, runtime } = peerImages({ compiled, core, env: {} });
    expect(builder).toMatchObject({ role: 'builder', ref: CCENV, origin: 'core.yaml' });
    expect(runtime).toMatchObject({ role: 'runtime', ref: BASEOS, key: 'chaincode.golang.runtime' });
  });

  it('prefers the environment to core.yaml', () => {
    const env = { CORE_CHAINCODE_GOLANG_RUNTIME: '$(DOCKER_NS)/os:1' };
    const { builder, runtime } = peerImages({ compiled: { ...compiled, dockerNs: 'acme' }, core, env });
    expect(builder.ref).toBe('acme/fabric-ccenv:1.4');
    expect(runtime).toMatchObject({ ref: 'acme/os:1', origin: 'CORE_CHAINCODE_GOLANG_RUNTIME' });
  });

  it('has the images of other languages apart from those of Go', () => {
    const yaml = `${coreYaml('1.4.12')}  node:\n    runtime: a/node:1\n`;
    const { others } = peerImages({ compiled, core: parseCoreYaml(yaml), env: {} });
    expect(others.map(({ ref }) => ref)).toEqual(['a/node:1']);
  });

  it('has empty references without a core.yaml', () => {
    const { builder, runtime } = peerImages({ compiled, core: parseCoreYaml(''), env: {} });
    expect([builder.ref, runtime.ref]).toEqual(['', '']);
  });
});

describe('one answer', () => {
  it.each<[string, Record<string, string>, string]>([
    ['defaults', {}, coreYaml('1.4.12')],
    ['a namespace', { dockerNs: 'acme', baseDockerNs: 'base' }, coreYaml('1.4.12')],
    ['a configured runtime', { chaincodeRuntime: 'acme/os:1' }, coreYaml('1.4.12')],
    ['a changed core.yaml', {}, coreYaml('1.4.12', { runtime: 'hyperledger/fabric-yxbaseos:1' })],
  ])('of preview, resolve and smoke test with %s', async (_, flags, yaml) => {
    const input = await project(flags, yaml);
    const references = await peerReferences(input);
    const preview = previewBuild({ ...input, core: parseCoreYaml(yaml), tags: [] }).peerImages;
    const resolved = imagesOfPeer(await readConfiguration(input.config, input.settings, input.source));
    expect({ builder: preview.builder.ref, runtime: preview.runtime.ref }).toEqual(references);
    expect({ builder: resolved.builder.ref, runtime: resolved.runtime.ref }).toEqual(references);
  });

  it('of an image and of a container with the same values', () => {
    const container = peerOf('1.4.12');
    const image = peerOf('1.4.12', {
      subject: { kind: 'image', ref: 'hyperledger/fabric-peer:1.4.12', ours: false },
      container: undefined,
    });
    expect(imagesOfPeer(image).runtime).toEqual(imagesOfPeer(container).runtime);
    expect(imagesOfPeer(container).builder.ref).toBe(CCENV);
  });
});

describe('peerImageStatus', () => {
  it('compares the references with the engine and the images of the project', async () => {
    const input = await project({ dockerNs: 'acme' });
    const docker = { inspectImage: async (ref: string) => (ref === BASEOS ? imageOf() : undefined) };
    expect(await peerImageStatus({ ...input, docker })).toEqual({
      builder: {
        role: 'builder',
        ref: 'acme/fabric-ccenv:1.4',
        key: 'chaincode.builder',
        origin: 'core.yaml',
        present: false,
        projectRef: expect.stringMatching(/^acme\/fabric-ccenv:/),
      },
      runtime: {
        role: 'runtime',
        ref: BASEOS,
        key: 'chaincode.golang.runtime',
        origin: 'core.yaml',
        present: true,
        projectRef: BASEOS,
      },
    });
  });

  it('fails without a core.yaml', async () => {
    await expect(peerReferences(await project({}, ''))).rejects.toThrow('core.yaml');
  });
});
