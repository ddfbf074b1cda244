import { describe, expect, it } from 'vitest';
import type { BuildSettings } from '../../../../src/pipeline/choices/settings.ts';
import { lineOf } from '../../../../src/pipeline/fabric/fabric-line.ts';
import { ldflags, ldflagsText, linkFlags } from '../../../../src/pipeline/fabric/ldflags.ts';
import {
  expectedBuilder,
  expectedRuntime,
  fillTemplate,
} from '../../../../src/pipeline/fabric/resolution.ts';

function settings(version: string, baseVersion: string, changed: Partial<BuildSettings> = {}): BuildSettings {
  const line = lineOf(version);
  if (!line) throw new Error(version);
  return {
    line,
    version,
    commitSha: 'd8a6f12',
    baseVersion,
    dockerNs: 'hyperledger',
    baseDockerNs: 'hyperledger',
    dockerLabel: 'org.hyperledger.fabric',
    goTags: '',
    link: line.staticByDefault ? 'static' : 'dynamic',
    goArch: 'amd64',
    builderImage: 'b',
    runtimeImage: 'r',
    ...changed,
  };
}

describe('what a peer asks for (default build, amd64)', () => {
  it.each([
    ['1.0.0', '0.3.1', 'fabric-ccenv:x86_64-1.0.0', 'fabric-baseos:x86_64-0.3.1'],
    ['1.0.6', '0.3.2', 'fabric-ccenv:x86_64-1.0.6', 'fabric-baseos:x86_64-0.3.2'],
    ['1.1.1', '0.4.6', 'fabric-ccenv:x86_64-1.1.1', 'fabric-baseos:x86_64-0.4.6'],
    ['1.2.1', '0.4.10', 'fabric-ccenv:latest', 'fabric-baseos:amd64-0.4.10'],
    ['1.3.0', '0.4.13', 'fabric-ccenv:latest', 'fabric-baseos:amd64-0.4.13'],
    ['1.4.0', '0.4.14', 'fabric-ccenv:latest', 'fabric-baseos:amd64-0.4.14'],
    ['1.4.7', '0.4.20', 'fabric-ccenv:latest', 'fabric-baseos:amd64-0.4.20'],
    ['1.4.8', '0.4.21', 'fabric-ccenv:1.4', 'fabric-baseos:amd64-0.4.21'],
    ['1.4.12', '0.4.22', 'fabric-ccenv:1.4', 'fabric-baseos:amd64-0.4.22'],
  ])('%s', (version, baseVersion, builder, runtime) => {
    const built = settings(version, baseVersion);
    expect(expectedBuilder(built)).toBe(`hyperledger/${builder}`);
    expect(expectedRuntime(built)).toBe(`hyperledger/${runtime}`);
    // The images that we make have the names that the peer asks for.
    const tag = builder.split(':')[1];
    expect(built.line.imageTags(built)).toContain(tag);
    expect(`fabric-baseos:${built.line.baseTag('amd64', baseVersion)}`).toBe(runtime);
  });

  it('takes the two namespaces apart', () => {
    const built = settings('1.4.12', '0.4.22', {
      dockerNs: 'acme',
      baseDockerNs: 'localhost:5000/base',
      goArch: 'arm64',
    });
    expect(expectedBuilder(built)).toBe('acme/fabric-ccenv:1.4');
    expect(expectedRuntime(built)).toBe('localhost:5000/base/fabric-baseos:arm64-0.4.22');
  });

  it('1.0 without linker flags asks for what no engine has', () => {
    const empty = settings('1.0.0', '', { version: '', dockerNs: '', baseDockerNs: '' });
    expect(expectedBuilder(empty)).toBe('/fabric-ccenv:x86_64-');
    expect(expectedRuntime(empty)).toBe('/fabric-baseos:x86_64-');
  });

  it('leaves a variable that the line does not know', () => {
    const two = '$(DOCKER_NS)/x:$(TWO_DIGIT_VERSION)';
    expect(fillTemplate(two, settings('1.4.5', '0.4.18'))).toBe('hyperledger/x:$(TWO_DIGIT_VERSION)');
    expect(fillTemplate(two, settings('1.4.6', '0.4.18'))).toBe('hyperledger/x:1.4');
    expect(fillTemplate('$(NAME)/$(toString)', settings('1.4.12', '0'))).toBe('$(NAME)/$(toString)');
  });

  it('fills in one pass: a value that looks like a variable stays', () => {
    const odd = settings('1.4.12', '0.4.22', { dockerNs: '$(ARCH)' });
    expect(fillTemplate('$(DOCKER_NS)/$(ARCH)', odd)).toBe('$(ARCH)/amd64');
  });
});

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
