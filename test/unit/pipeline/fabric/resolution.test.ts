import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseCoreYaml, peerConfig } from '../../../../src/pipeline/fabric/peer-config.ts';
import {
  type ImageRole,
  type PeerRelease,
  peerReleaseOf,
} from '../../../../src/pipeline/fabric/peer-release.ts';
import { parseVersion, peerVersionOf } from '../../../../src/pipeline/fabric/peer-version.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import {
  type CompiledIn,
  environmentName,
  fillTemplate,
  type Resolution,
  resolveImages,
  templateParts,
} from '../../../../src/pipeline/fabric/resolution.ts';

function peer(version: string, baseVersion = '', changed: Partial<CompiledIn> = {}): CompiledIn {
  const release = peerReleaseOf(changed.release ? '' : version) ?? changed.release;
  if (!release) throw new Error(version);
  return {
    release,
    version,
    baseVersion,
    dockerNs: 'hyperledger',
    baseDockerNs: 'hyperledger',
    goArch: 'amd64',
    ...changed,
  };
}

/** The release's own core.yaml, as far as images go: `a.b` nested as in the file. */
function ownCoreYaml(release: PeerRelease): string {
  const core: Record<string, Record<string, unknown>> = { chaincode: {} };
  for (const { key, template } of Object.values(release.images)) {
    const [, ...path] = key.split('.');
    const [last = '', folder] = path.reverse();
    core.chaincode = {
      ...core.chaincode,
      ...(folder === undefined ? { [last]: template } : { [folder]: { [last]: template } }),
    };
  }
  return stringify(core);
}

function resolved(
  compiled: CompiledIn,
  env: Record<string, string> = {},
  yaml = ownCoreYaml(compiled.release),
) {
  const found = resolveImages(compiled, peerConfig(parseCoreYaml(yaml), env, compiled.release));
  const of = (role: ImageRole): Resolution => {
    const one = found.find((resolution) => resolution.role === role);
    if (!one) throw new Error(`nothing for ${role}`);
    return one;
  };
  return { of, refs: Object.fromEntries(found.map(({ role, ref }) => [role, ref])) };
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
    ['2.0.1', '', 'fabric-ccenv:2.0', 'fabric-baseos:2.0'],
    ['2.2.15', '', 'fabric-ccenv:2.2', 'fabric-baseos:2.2'],
    ['2.4.9', '', 'fabric-ccenv:2.4', 'fabric-baseos:2.4'],
    ['2.5.0', '', 'fabric-ccenv:2.5', 'fabric-baseos:2.5'],
    ['2.5.16', '', 'fabric-ccenv:2.5', 'fabric-baseos:2.5'],
    ['v2.5.16', '', 'fabric-ccenv:2.5', 'fabric-baseos:2.5'],
    ['3.0.0', '', 'fabric-ccenv:3.0', 'fabric-baseos:3.0'],
    ['3.1.5', '', 'fabric-ccenv:3.1', 'fabric-baseos:3.1'],
    ['v3.1.5', '', 'fabric-ccenv:3.1', 'fabric-baseos:3.1'],
  ])('%s', (version, baseVersion, builder, runtime) => {
    expect(resolved(peer(version, baseVersion)).refs).toMatchObject({
      builder: `hyperledger/${builder}`,
      runtime: `hyperledger/${runtime}`,
    });
    // The images that we make of the lines that we build have the names that the peer asks for.
    const release = releaseOf(version);
    if (!release) return;
    expect(release.imageTags({ version, commitSha: 'd8a6f12', goArch: 'amd64' })).toContain(
      builder.split(':')[1],
    );
    const runtimes = release.imagesBuilt.includes('baseos')
      ? release.imageTags({ version, commitSha: 'd8a6f12', goArch: 'amd64' })
      : [release.baseTag('amd64', baseVersion)];
    expect(runtimes).toContain(runtime.split(':')[1]);
  });

  it.each([
    ['1.0.6', '0.3.2', 'fabric-baseos:x86_64-0.3.2', 'fabric-javaenv:x86_64-1.0.6', undefined],
    [
      '1.1.1',
      '0.4.6',
      'fabric-baseos:x86_64-0.4.6',
      'fabric-javaenv:x86_64-1.1.1',
      'fabric-baseimage:x86_64-0.4.6',
    ],
    [
      '1.2.1',
      '0.4.10',
      'fabric-baseos:amd64-0.4.10',
      'fabric-javaenv:amd64-1.1.0',
      'fabric-baseimage:amd64-0.4.10',
    ],
    [
      '1.3.0',
      '0.4.13',
      'fabric-baseos:amd64-0.4.13',
      'fabric-javaenv:amd64-1.3.0',
      'fabric-baseimage:amd64-0.4.13',
    ],
    ['1.4.12', '0.4.22', 'fabric-baseos:amd64-0.4.22', 'fabric-javaenv:1.4', 'fabric-baseimage:amd64-0.4.22'],
    ['2.2.15', '', undefined, 'fabric-javaenv:2.2', 'fabric-nodeenv:2.2'],
    ['2.5.16', '', undefined, 'fabric-javaenv:2.5', 'fabric-nodeenv:2.5'],
    ['3.1.5', '', undefined, 'fabric-javaenv:2.5', 'fabric-nodeenv:2.5'],
  ])('%s: CAR, Java and Node', (version, baseVersion, car, java, node) => {
    const { refs } = resolved(peer(version, baseVersion));
    const full = (ref: string | undefined) => ref && `hyperledger/${ref}`;
    expect([refs.car, refs.java, refs.node]).toEqual([full(car), full(java), full(node)]);
  });

  it('takes the two namespaces apart, and in 2.1 and later knows one only', () => {
    const two = { dockerNs: 'acme', baseDockerNs: 'localhost:5000/base', goArch: 'arm64' };
    expect(resolved(peer('1.4.12', '0.4.22', two)).refs).toMatchObject({
      builder: 'acme/fabric-ccenv:1.4',
      runtime: 'localhost:5000/base/fabric-baseos:arm64-0.4.22',
    });
    expect(resolved(peer('2.5.16', '', two)).refs.runtime).toBe('acme/fabric-baseos:2.5');
    const base = '$(BASE_DOCKER_NS)/x:1';
    expect(fillTemplate(base, peer('2.0.1'))).toBe('hyperledger/x:1');
    expect(fillTemplate(base, peer('2.1.1'))).toBe(base);
  });

  it.each([
    ['1.0.0', 'x86_64', 'arm64'],
    ['1.1.1', 'x86_64', 'arm64'],
    ['1.2.0', 'amd64', 'arm64'],
    ['2.5.16', 'amd64', 'arm64'],
  ])('%s names the architecture %s', (version, amd64, arm64) => {
    expect(fillTemplate('$(ARCH)', peer(version))).toBe(amd64);
    expect(fillTemplate('$(ARCH)', peer(version, '', { goArch: 'arm64' }))).toBe(arm64);
  });

  it('strips a leading v from 2.5 on', () => {
    expect(fillTemplate('$(TWO_DIGIT_VERSION)', peer('v2.4.9'))).toBe('v2.4');
    expect(fillTemplate('$(TWO_DIGIT_VERSION)', peer('v2.5.0'))).toBe('2.5');
    expect(fillTemplate('$(PROJECT_VERSION)', peer('v2.5.0'))).toBe('v2.5.0');
  });
});

describe('without linker flags', () => {
  it('1.0 and 1.1 ask for what no engine has', () => {
    const empty = { version: '', dockerNs: '', baseDockerNs: '' };
    for (const version of ['1.0.0', '1.1.1']) {
      const release = peerReleaseOf(version);
      if (!release) throw new Error(version);
      expect(resolved(peer('', '', { ...empty, release })).refs).toMatchObject({
        builder: '/fabric-ccenv:x86_64-',
        runtime: '/fabric-baseos:x86_64-',
      });
    }
  });

  it.each([
    ['1.2.1', '0.4.10', 'fabric-ccenv:latest', 'fabric-baseos:amd64-0.4.10'],
    ['1.4.12', '0.4.22', 'fabric-ccenv:latest', 'fabric-baseos:amd64-0.4.22'],
    ['2.2.15', '', 'fabric-ccenv:latest', 'fabric-baseos:latest'],
    ['3.1.5', '', 'fabric-ccenv:latest', 'fabric-baseos:latest'],
  ])('%s is "latest"', (version, baseVersion, builder, runtime) => {
    const release = peerReleaseOf(version);
    if (!release) throw new Error(version);
    expect(resolved(peer('latest', baseVersion, { release })).refs).toMatchObject({
      builder: `hyperledger/${builder}`,
      runtime: `hyperledger/${runtime}`,
    });
  });
});

describe('where the parts of a reference come from', () => {
  it('template, linker flag by name, architecture', () => {
    const runtime = resolved(peer('1.4.12', '0.4.22', { baseDockerNs: 'acme' })).of('runtime');
    expect(runtime).toMatchObject({
      key: 'chaincode.golang.runtime',
      origin: 'core.yaml',
      template: '$(BASE_DOCKER_NS)/fabric-baseos:$(ARCH)-$(BASE_VERSION)',
    });
    expect(runtime.parts).toEqual([
      { from: 'ldflag', text: 'acme', variable: 'BASE_DOCKER_NS', ldflag: 'BaseDockerNamespace' },
      { from: 'template', text: '/fabric-baseos:' },
      { from: 'architecture', text: 'amd64', variable: 'ARCH' },
      { from: 'template', text: '-' },
      { from: 'ldflag', text: '0.4.22', variable: 'BASE_VERSION', ldflag: 'BaseVersion' },
    ]);
  });

  it('a variable that the release does not know stays', () => {
    const two = '$(DOCKER_NS)/x:$(TWO_DIGIT_VERSION)';
    expect(fillTemplate(two, peer('1.4.5'))).toBe('hyperledger/x:$(TWO_DIGIT_VERSION)');
    expect(fillTemplate(two, peer('1.4.6'))).toBe('hyperledger/x:1.4');
    expect(templateParts('$(UNKNOWN)/$(toString)', peer('1.4.12'))).toEqual([
      { from: 'unknown', text: '$(UNKNOWN)' },
      { from: 'template', text: '/' },
      { from: 'unknown', text: '$(toString)' },
    ]);
  });

  it('fills in one pass: a value that looks like a variable stays', () => {
    const odd = peer('1.4.12', '0.4.22', { dockerNs: '$(ARCH)' });
    expect(fillTemplate('$(DOCKER_NS)/$(ARCH)', odd)).toBe('$(ARCH)/amd64');
  });

  it('an override takes the place of the template, and is a template itself', () => {
    const runtime = resolved(peer('1.4.12', '0.4.22'), {
      CORE_CHAINCODE_GOLANG_RUNTIME: '$(DOCKER_NS)/mine:1',
    }).of('runtime');
    expect(runtime).toMatchObject({
      origin: 'CORE_CHAINCODE_GOLANG_RUNTIME',
      template: '$(DOCKER_NS)/mine:1',
      ref: 'hyperledger/mine:1',
    });
  });

  it('an empty override counts in 3.x only', () => {
    const env = { CORE_CHAINCODE_BUILDER: '' };
    expect(resolved(peer('2.5.16'), env).refs.builder).toBe('hyperledger/fabric-ccenv:2.5');
    expect(resolved(peer('3.0.0'), env).of('builder')).toMatchObject({
      ref: '',
      origin: 'CORE_CHAINCODE_BUILDER',
    });
  });

  it('keys are looked up without regard to case, and what is absent is empty', () => {
    const yaml = 'Chaincode:\n  BUILDER: a/b:1\n';
    const { refs } = resolved(peer('1.4.12'), {}, yaml);
    expect(refs).toEqual({ builder: 'a/b:1', runtime: '' });
    expect(resolved(peer('1.4.12'), {}, 'a: [').refs).toEqual({ builder: '', runtime: '' });
  });

  it('names variables as viper does', () => {
    expect(environmentName('vm.docker.hostConfig.NetworkMode')).toBe('CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE');
  });
});

describe('peer version', () => {
  const V1 = `peer:
 Version: 1.4.12
 Commit SHA: d8a6f12
 Go version: go1.14.12
 OS/Arch: linux/amd64
 Chaincode:
  Base Image Version: 0.4.22
  Base Docker Namespace: acme
  Base Docker Label: org.hyperledger.fabric
  Docker Namespace: hyperledger

`;
  const V2 = `peer:
 Version: v2.5.16
 Commit SHA: bca22a6
 Go version: go1.26.4
 OS/Arch: linux/arm64
 Chaincode:
  Base Docker Label: org.hyperledger.fabric
  Docker Namespace: hyperledger
`;
  const EMPTY = `peer:
 Version: development build
 Go version: go1.7.5
 OS/Arch: linux/amd64
 Chaincode:
  Base Image Version: \n  Base Docker Namespace: \n  Base Docker Label: \n  Docker Namespace: \n`;

  it.each([
    [
      'of 1.4',
      V1,
      {
        version: '1.4.12',
        baseVersion: '0.4.22',
        dockerNs: 'hyperledger',
        baseDockerNs: 'acme',
        goArch: 'amd64',
      },
      '1.4.12',
      true,
    ],
    [
      'of 2.5',
      V2,
      { version: 'v2.5.16', baseVersion: '', dockerNs: 'hyperledger', baseDockerNs: '', goArch: 'arm64' },
      '2.5.16',
      true,
    ],
    [
      'of a beta of 1.0, with a misspelt field',
      V1.replace('Docker Namespace: hyperledger', 'Docker Namepace: acme').replace('1.4.12', '1.0.0-beta'),
      { version: '1.0.0-beta', dockerNs: 'acme' },
      '1.0.0-beta',
      true,
    ],
    [
      'of 1.0 without linker flags',
      EMPTY,
      { version: '', baseVersion: '', dockerNs: '', baseDockerNs: '', goArch: 'amd64' },
      '1.1.1',
      false,
    ],
    [
      'of 1.4 without linker flags',
      V1.replace('Version: 1.4.12', 'Version: latest'),
      { version: 'latest', baseVersion: '0.4.22' },
      '1.4.10',
      false,
    ],
  ])('%s', (_name, output, compiled, release, releaseKnown) => {
    const found = peerVersionOf(parseVersion(output));
    expect(found).toMatchObject({ compiled, release, releaseKnown });
    expect(found?.compiled.release).toBe(peerReleaseOf(release));
  });

  it('anything else is no answer', () => {
    expect(peerVersionOf(parseVersion('Error: cannot init crypto: missing msp folder'))).toBeUndefined();
  });
});
