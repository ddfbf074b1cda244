import { describe, expect, it } from 'vitest';
import type { BuildSettings } from '../../../../src/pipeline/fabric/build-settings.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { completed, dockerfileOf } from '../../../../src/pipeline/images/dockerfiles.ts';
import { shapeOf } from '../../../support/dockerfile.ts';

async function toolsOf(version: string) {
  const release = releaseOf(version);
  if (!release) throw new Error(`no release for ${version}`);
  const settings: BuildSettings = {
    release,
    version,
    baseVersion: '0.4.22',
    dockerNs: 'acme',
    baseDockerNs: 'base',
    dockerLabel: 'org.hyperledger.fabric',
    commitSha: 'd8a6f12',
    dockerfiles: 'own',
    goTags: '',
    link: 'dynamic',
    goArch: 'amd64',
    goVersion: release.releaseGo,
    builderImage: 'base/fabric-baseimage:amd64-0.4.22',
    runtimeImage: 'base/fabric-baseos:amd64-0.4.22',
  };
  // A Dockerfile of ours does not read the checkout.
  const { text } = await dockerfileOf('tools', '/nowhere', settings, false);
  return { text, shape: shapeOf(text) };
}

describe('our own Dockerfile for tools', () => {
  it("has the programs of each release's image", async () => {
    const common = ['configtxgen', 'configtxlator', 'cryptogen', 'peer'];
    expect((await toolsOf('1.2.1')).shape.programs).toEqual(common);
    expect((await toolsOf('1.4.12')).shape.programs).toEqual([...common, 'discover', 'idemixgen'].sort());
  });

  it('is based on the configured builder and has the labels of the Makefile', async () => {
    const { text } = await toolsOf('1.4.12');
    expect(text).toMatch(/^FROM base\/fabric-baseimage:amd64-0\.4\.22\n/);
    expect(text).toContain('org.hyperledger.fabric.base.version=0.4.22');
  });

  it("has the volumes of each release's image", async () => {
    const volumes = async (version: string) => (await toolsOf(version)).shape.volumes;
    expect(await volumes('1.4.12')).toEqual(['/etc/hyperledger/fabric']);
    expect(await volumes('2.4.9')).toEqual(['/etc/hyperledger/fabric']);
    expect(await volumes('2.5.12')).toEqual(['/etc/hyperledger/fabric', '/var/hyperledger']);
    expect(await volumes('3.1.1')).toEqual(['/etc/hyperledger/fabric', '/var/hyperledger']);
  });
});

describe('a template of the checkout that would swallow our labels', () => {
  it.each([
    ['FROM x\nRUN y \\', 'FROM x\nRUN y\n'],
    ['FROM x\nRUN y \\\n\n \\ \n', 'FROM x\nRUN y\n'],
    ['# escape=`\nFROM x\nRUN y `\n', '# escape=`\nFROM x\nRUN y\n'],
    ['FROM x\nRUN echo `date`', 'FROM x\nRUN echo `date`\n'],
  ])('%j is ended first', (text, ended) => {
    expect(completed(text)).toBe(ended);
  });
});
