import { describe, expect, it } from 'vitest';
import type { BuildSettings } from '../../../../src/pipeline/fabric/build-settings.ts';
import { ldflags, ldflagsText, linkFlags } from '../../../../src/pipeline/fabric/ldflags.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';

function settings(version: string, baseVersion: string, changed: Partial<BuildSettings> = {}): BuildSettings {
  const release = releaseOf(version);
  if (!release) throw new Error(version);
  return {
    release,
    version,
    commitSha: 'd8a6f12',
    baseVersion,
    goVersion: release.releaseGo,
    dockerNs: 'hyperledger',
    baseDockerNs: 'hyperledger',
    dockerLabel: 'org.hyperledger.fabric',
    dockerfiles: 'own',
    goTags: '',
    link: release.staticByDefault ? 'static' : 'dynamic',
    goArch: 'amd64',
    builderImage: 'b',
    runtimeImage: 'r',
    ...changed,
  };
}

describe('ldflags', () => {
  const META = 'github.com/hyperledger/fabric/common/metadata';
  const TOOLS = 'github.com/hyperledger/fabric/common/tools';

  it("1.4.12: the Makefile's, in its order", () => {
    expect(ldflags(settings('1.4.12', '0.4.22', { dockerNs: 'acme', baseDockerNs: 'base' }))).toEqual(
      [
        `${META}.Version=1.4.12`,
        `${META}.CommitSHA=d8a6f12`,
        `${META}.BaseVersion=0.4.22`,
        `${META}.BaseDockerLabel=org.hyperledger.fabric`,
        `${META}.DockerNamespace=acme`,
        `${META}.BaseDockerNamespace=base`,
        `${TOOLS}/cryptogen/metadata.CommitSHA=d8a6f12`,
        `${TOOLS}/configtxgen/metadata.CommitSHA=d8a6f12`,
        `${TOOLS}/configtxlator/metadata.CommitSHA=d8a6f12`,
        `${TOOLS}/idemixgen/metadata.CommitSHA=d8a6f12`,
      ].flatMap((flag) => ['-X', flag]),
    );
  });

  it('1.0.0: no commit, configtxgen in its old place, static', () => {
    expect(ldflagsText(settings('1.0.0', '0.3.1'))).toBe(
      [
        `-X ${META}.Version=1.0.0`,
        `-X ${META}.BaseVersion=0.3.1`,
        `-X ${META}.BaseDockerLabel=org.hyperledger.fabric`,
        `-X ${META}.DockerNamespace=hyperledger`,
        `-X ${META}.BaseDockerNamespace=hyperledger`,
        `-X ${TOOLS}/cryptogen/metadata.Version=1.0.0`,
        '-X github.com/hyperledger/fabric/common/configtx/tool/configtxgen/metadata.Version=1.0.0',
        `-X ${TOOLS}/configtxlator/metadata.Version=1.0.0`,
        "-linkmode external -extldflags '-static -lpthread'",
      ].join(' '),
    );
  });

  it('1.1 to 1.3 say whether they are experimental', () => {
    const flags = (goTags: string) => ldflags(settings('1.3.0', '0.4.13', { goTags }));
    expect(flags('')).toContain(`${META}.Experimental=false`);
    expect(flags('pkcs11 experimental')).toContain(`${META}.Experimental=true`);
    expect(ldflagsText(settings('1.4.0', '0.4.14'))).not.toContain('Experimental');
  });

  it('a dynamic link has no flags of its own', () => {
    expect(linkFlags('dynamic')).toBe('');
    expect(ldflagsText(settings('1.0.0', '0.3.1', { link: 'dynamic' }))).not.toContain('linkmode');
    expect(ldflagsText(settings('1.4.12', '0.4.22')).trim()).toBe(ldflagsText(settings('1.4.12', '0.4.22')));
  });
});
