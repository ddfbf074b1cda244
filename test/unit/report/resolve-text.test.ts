import { describe, expect, it } from 'vitest';
import { parseCoreYaml, peerConfig } from '../../../src/pipeline/fabric/peer-config.ts';
import { resolveImages } from '../../../src/pipeline/fabric/resolution.ts';
import type { PeerFacts } from '../../../src/pipeline/resolve/peer-facts.ts';
import { repairsOf } from '../../../src/pipeline/resolve/repair.ts';
import type {
  ResolvedImage,
  ResolveFinding,
  ResolveReport,
} from '../../../src/pipeline/resolve/resolve-report.ts';
import { describeProblem } from '../../../src/report/problem-text.ts';
import { renderResolve, resolveJson } from '../../../src/report/resolve-text.ts';
import { createStyle } from '../../../src/report/style.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';
import { coreYaml, findingsOf, imageOf, localOf, peerOf } from '../../support/peers.ts';

const SEED = peerOf('1.4.12', {
  coreYaml: {
    path: '/etc/hyperledger/fabric/core.yaml',
    text: coreYaml('1.4.12', { runtime: '$(BASE_DOCKER_NS)/fabric-yxbaseos:$(ARCH)-$(BASE_VERSION)' }),
  },
});
const SEED_FINDINGS = findingsOf(SEED, {
  images: {},
  locals: [
    localOf('o', ['hyperledger/fabric-baseos:amd64-0.4.22'], { layers: ['base'] }),
    localOf('c', ['hyperledger/fabric-ccenv:latest']),
  ],
});

function reportOf(peer: PeerFacts, findings: readonly ResolveFinding[], present: boolean): ResolveReport {
  const { compiled } = peer.version;
  const config = peerConfig(parseCoreYaml(peer.coreYaml.text ?? ''), peer.env, compiled.release);
  const [builder, runtime] = resolveImages(compiled, config).map(
    (image): ResolvedImage => ({
      ...image,
      present,
      id: present ? 'sha256:0123456789abcdef' : undefined,
      willBeMade: false,
    }),
  );
  if (!builder || !runtime) throw new Error('two images');
  return {
    ok: findings.every(({ severity }) => severity === 'warn'),
    subject: peer.subject,
    image: { ref: peer.imageRef, id: peer.image?.id },
    version: peer.version,
    coreYaml: peer.coreYaml.path,
    builder,
    runtime,
    others: [],
    findings: findings.map((finding) => ({
      ...finding,
      repairs: repairsOf(finding.problem, peer.subject),
    })),
  };
}

const plain = createStyle({ colour: false, unicode: true });
const options = {
  style: plain,
  columns: 80,
  command: 'fabric-wizard resolve --container peer0',
};

describe('as text', () => {
  const text = renderResolve(reportOf(SEED, SEED_FINDINGS, false), options);

  it('begins with the verdict where it is read from the top', () => {
    const onScreen = renderResolve(reportOf(SEED, SEED_FINDINGS, false), { ...options, verdict: 'first' });
    expect(onScreen.split('\n')[0]).toBe('2 problems: chaincode will fail');
    expect(onScreen.split('\n').toSorted()).toEqual(text.split('\n').toSorted());
  });

  it('shows the origin of each part', () => {
    expect(text).toContain(
      [
        'runtime  hyperledger/fabric-yxbaseos:amd64-0.4.22',
        '  ✗ absent',
        '  template: $(BASE_DOCKER_NS)/fabric-yxbaseos:$(ARCH)-$(BASE_VERSION)',
        '  from:     core.yaml, chaincode.golang.runtime',
        '    hyperledger        $(BASE_DOCKER_NS): linker flag BaseDockerNamespace',
        '    /fabric-yxbaseos:  literal text in core.yaml',
        "    amd64              $(ARCH): the peer's architecture",
        '    -                  literal text in core.yaml',
        '    0.4.22             $(BASE_VERSION): linker flag BaseVersion',
      ].join('\n'),
    );
  });

  it('the seed case: cause, nearest image, the command that mends it, and the key for it', () => {
    const flat = text.replace(/\s+/g, ' ');
    expect(flat).toContain('(from chaincode.golang.runtime in core.yaml). The engine has no such image.');
    expect(text).toContain(
      '  fix: docker tag hyperledger/fabric-baseos:amd64-0.4.22 hyperledger/fabric-yxbaseos:amd64-0.4.22',
    );
    expect(text).toContain(
      '  or:  fabric-wizard resolve --container peer0 --fix runtime-absent  (tags the image)',
    );
    expect(text).toContain('--fix runtime-absent --by build  (builds the image)');
    expect(text.split('\n').at(-1)).toBe('2 problems: chaincode will fail');
  });

  it('fits 80 columns, references and commands aside', () => {
    const long = text.split('\n').filter((line) => textWidth(line) > 80);
    expect(long.filter((line) => !/^ {2}(fix|or): /.test(line))).toEqual([]);
  });

  it('well', () => {
    const good = renderResolve(reportOf(peerOf('1.4.12'), [], true), options);
    expect(good).toContain('✓ present 0123456789ab');
    expect(good.split('\n').at(-1)).toBe('builder and runtime images found');
  });
});

it('as JSON: the contract', () => {
  expect(resolveJson(reportOf(SEED, SEED_FINDINGS, false))).toMatchObject({
    ok: false,
    peer: {
      image: 'hyperledger/fabric-peer:1.4.12',
      id: 'sha256:1',
      version: '1.4.12',
      dockerNamespace: 'hyperledger',
      baseDockerNamespace: 'hyperledger',
      baseVersion: '0.4.22',
    },
    builder: {
      ref: 'hyperledger/fabric-ccenv:1.4',
      template: '$(DOCKER_NS)/fabric-ccenv:$(TWO_DIGIT_VERSION)',
      origin: 'core.yaml',
      present: false,
      id: null,
    },
    runtime: { ref: 'hyperledger/fabric-yxbaseos:amd64-0.4.22' },
    problems: [
      { code: 'builder-tag', message: expect.any(String), fix: expect.any(String) },
      { code: 'runtime-absent', message: expect.any(String), fix: expect.any(String) },
    ],
  });
});

describe('every problem', () => {
  const API = { version: '29.0', api: '1.52', minApi: '1.44' };
  const findings = [
    ...SEED_FINDINGS,
    ...findingsOf(peerOf('2.5.14', { imageRef: 'acme/fabric-peer:2.5' })),
    ...findingsOf(peerOf('2.5.14'), API),
    ...findingsOf(peerOf('2.5.15'), { api: '1.52' }),
    ...findingsOf(peerOf('1.4.12', { env: { CORE_CHAINCODE_PULL: 'true' } })),
    ...findingsOf(peerOf('1.4.12', { env: { CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE: '_test' } })),
    ...findingsOf(peerOf('1.4.12', { env: { CORE_PEER_ADDRESS: 'localhost:7051' } })),
    ...findingsOf(peerOf('1.4.12', { env: { CORE_CHAINCODE_MODE: 'dev' } })),
    ...findingsOf(peerOf('1.4.12', { env: { CORE_CHAINCODE_BUILDER: 'a/$(B):1' } })),
    ...findingsOf(peerOf('1.4.12', { env: { CORE_CHAINCODE_BUILDER: ':' } })),
    ...findingsOf(peerOf('1.4.12'), { chaincode: [{ name: `dev-p-cc-1-${'a'.repeat(64)}`, created: 1 }] }),
    ...findingsOf(peerOf('1.4.12'), { arch: 'arm64' }),
    ...findingsOf(peerOf('1.4.12', { coreYaml: { path: '/x', text: undefined }, versionProblem: 'no msp' })),
  ];

  it.each(findings.map(({ problem }) => [problem.kind, problem] as const))(
    '%s has words',
    (_code, problem) => {
      const { message, fix } = describeProblem(problem, plain);
      expect(message).toMatch(/^["$A-Z0-9].*[.]$/);
      expect(message + fix).not.toMatch(/undefined|\[object|NaN/);
      expect(fix).not.toBe('');
    },
  );

  it('does not suggest to tag an image with a digest', () => {
    const ref = `hyperledger/fabric-baseos@sha256:${'0'.repeat(64)}`;
    const [finding] = findingsOf(peerOf('1.4.12', { env: { CORE_CHAINCODE_GOLANG_RUNTIME: ref } }), {
      images: { 'hyperledger/fabric-ccenv:1.4': imageOf() },
      locals: [localOf('o', ['hyperledger/fabric-baseos:amd64-0.4.22'], { layers: ['base'] })],
    });
    if (!finding) throw new Error('none');
    expect(describeProblem(finding.problem, plain).fix).toBe(
      `build or pull ${ref}, or set CORE_CHAINCODE_GOLANG_RUNTIME to an existing image`,
    );
  });

  it('hides the hash of a stale image from people, and not from docker', () => {
    const stale = findings.find(({ problem }) => problem.kind === 'stale-chaincode');
    if (!stale) throw new Error('none');
    const { message, fix } = describeProblem(stale.problem, plain);
    expect(message).toMatch(/: dev-p-cc-1\.$/);
    expect(fix).toBe(`docker rmi dev-p-cc-1-${'a'.repeat(64)}`);
  });
});
