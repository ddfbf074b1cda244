import { describe, expect, it } from 'vitest';
import { buildSettings, loadConfig } from '../../../../src/pipeline/config/config.ts';
import type { WizardConfig } from '../../../../src/pipeline/config/wizard-config.ts';
import { parseCoreYaml } from '../../../../src/pipeline/fabric/peer-config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import type { FabricSource } from '../../../../src/pipeline/fabric/source.ts';
import { type BuildPreview, previewBuild } from '../../../../src/pipeline/resolve/build-preview.ts';
import { coreYaml } from '../../../support/peers.ts';
import { tempDir } from '../../../support/temp-dir.ts';

function sourceOf(version: string, baseVersion: string): FabricSource {
  const release = releaseOf(version);
  if (!release) throw new Error(version);
  const tree = { dir: '/fabric', commit: 'd8a6f12', fullCommit: '', dirty: [], files: new Map() };
  const facts = { release, version, baseVersion, goVersion: release.releaseGo };
  return { dir: '/fabric', ...facts, practice: false, tree };
}

const FABRIC = sourceOf('1.4.12', '0.4.22');
const RUNTIME = 'hyperledger/fabric-baseos:amd64-0.4.22';
const BUILDER = 'hyperledger/fabric-ccenv:1.4';

async function preview(
  choices: Partial<WizardConfig>,
  options: { tags?: readonly string[]; source?: FabricSource; core?: string; engine?: false } = {},
): Promise<BuildPreview> {
  const { source = FABRIC, tags = [] } = options;
  const { values } = await loadConfig({ dir: await tempDir(), flags: {} });
  const config = { ...values, ...choices };
  return previewBuild({
    config,
    settings: buildSettings(config, source, 'amd64'),
    core: parseCoreYaml(options.core ?? coreYaml(source.version)),
    tags: options.engine === false ? undefined : tags,
  });
}

function fates({ peerImages: { builder, runtime } }: BuildPreview): string[] {
  return [`${builder.ref} ${builder.fate}`, `${runtime.ref} ${runtime.fate}`];
}

describe('previewBuild', () => {
  it('shows linker flags and references for every configuration', async () => {
    const { assignments, link } = await preview({ fabricVersion: '1.4.12-acme', dockerNs: 'acme' });
    expect(assignments).toContain('github.com/hyperledger/fabric/common/metadata.Version=1.4.12-acme');
    expect(assignments).toContain('github.com/hyperledger/fabric/common/metadata.DockerNamespace=acme');
    expect(link).toBe('');
    expect((await preview({ link: 'static' })).link).toContain('-static');
    expect(fates(await preview({ dockerNs: 'acme', baseDockerNs: 'base', baseVersion: '0.4.21' }))).toEqual([
      'acme/fabric-ccenv:1.4 built',
      'base/fabric-baseos:amd64-0.4.21 pulled-or-built',
    ]);
  });

  it('fills the template like the release', async () => {
    expect(fates(await preview({}, { source: sourceOf('1.0.0', '0.3.1') }))).toEqual([
      'hyperledger/fabric-ccenv:x86_64-1.0.0 built',
      'hyperledger/fabric-baseos:x86_64-0.3.1 pulled-or-built',
    ]);
  });

  it.each([
    [{}, [], 'pulled-or-built'],
    [{ base: 'pull' }, [], 'pulled'],
    [{ base: 'debian' }, [], 'built'],
    [{ base: 'local' }, [], 'missing'],
    [{ base: 'local' }, [RUNTIME], 'present'],
    [{ runtimeImage: 'acme/os:1' }, [], 'pulled'],
    [{ runtimeImage: 'acme/os:1', base: 'local' }, [], 'missing'],
    [{ runtimeImage: 'acme/os' }, ['acme/os:latest'], 'tagged'],
    [{ runtimeImage: RUNTIME }, [RUNTIME], 'present'],
    [{ chaincodeRuntime: 'acme/os:1' }, [], 'missing'],
    [{ chaincodeRuntime: 'acme/os:1' }, ['acme/os:1'], 'present'],
    [{ chaincodeRuntime: `acme/os@sha256:${'a'.repeat(64)}` }, [], 'unknown'],
  ] as const)('with %j and %j on the engine the runtime will be: %s', async (choices, tags, fate) => {
    expect((await preview(choices, { tags })).peerImages.runtime.fate).toBe(fate);
  });

  it('distinguishes a present ccenv from one that will be built', async () => {
    expect((await preview({}, { tags: [BUILDER] })).peerImages.builder.fate).toBe('present');
    expect((await preview({ dockerNs: 'acme' }, { tags: [BUILDER] })).peerImages.builder.fate).toBe('built');
  });

  it('marks images of a changed core.yaml as missing', async () => {
    const core = coreYaml('1.4.12', { runtime: '$(DOCKER_NS)/fabric-yxbaseos:$(ARCH)-$(BASE_VERSION)' });
    const { runtime } = (await preview({}, { core, tags: [RUNTIME] })).peerImages;
    expect(runtime).toMatchObject({
      ref: 'hyperledger/fabric-yxbaseos:amd64-0.4.22',
      fate: 'missing',
      origin: 'core.yaml',
      key: 'chaincode.golang.runtime',
    });
    const broken = await preview({}, { core: coreYaml('1.4.12', { runtime: 'x/y:$(NO_SUCH)' }) });
    expect(broken.peerImages.runtime.fate).toBe('missing');
  });

  it('marks images as unknown without an engine', async () => {
    expect(fates(await preview({}, { engine: false }))).toEqual([`${BUILDER} unknown`, `${RUNTIME} unknown`]);
  });
});
