import { describe, expect, test } from 'vitest';
import type { StageFailure } from '../../../../src/pipeline/run/failure.ts';
import { describeFailure } from '../../../../src/pipeline/run/failure-text.ts';

const issue = {
  path: 'docker-ns',
  message: '"Ac Me" has a blank',
  where: '--docker-ns',
  fix: '--docker-ns acme',
};
const sources = [
  'absent',
  'not-fabric',
  'incomplete',
  'unknown-line',
  'unknown-tag',
  'clone-failed',
] as const;
const engines = ['unreachable', 'denied', 'too-old', 'install-failed'] as const;
const pulls = ['missing', 'denied', 'stalled', 'unreachable', 'other'] as const;

const everyFailure: readonly (readonly [exitCode: number, failure: StageFailure])[] = [
  [2, { kind: 'config', issues: [issue] }],
  [2, { kind: 'config', issues: [issue, { ...issue, path: 'channel' }] }],
  [2, { kind: 'usage', message: '--plain and --json exclude each other.', next: ['fabric-wizard --help'] }],
  ...sources.map((problem) => {
    const looked = [{ path: 'vendor/', found: false }];
    const failure: StageFailure = { kind: 'source', path: "it's/here", problem, detail: 'd', looked };
    return [problem === 'clone-failed' ? 3 : 2, failure] as const;
  }),
  ...engines.map((problem) => {
    const failure: StageFailure = {
      kind: 'engine',
      problem,
      endpoint: 'unix:///var/run/docker.sock',
      detail: 'd',
    };
    return [3, failure] as const;
  }),
  [3, { kind: 'compose-missing', detail: '' }],
  [3, { kind: 'port-taken', taken: [{ port: 7050, wantedBy: 'orderer', owner: '' }] }],
  [3, { kind: 'locked', dir: '.', pid: 42, command: 'fabric-wizard up' }],
  [3, { kind: 'state-newer', path: '.fabric-wizard/state.json', found: 2, known: 1 }],
  ...pulls.map(
    (problem) => [1, { kind: 'pull', ref: 'a/b:c', problem, detail: 'd' } satisfies StageFailure] as const,
  ),
  [1, { kind: 'base-image', ref: 'a/b:c', lacks: ['gcc'], detail: '' }],
  [1, { kind: 'image-build', image: 'a/b:c', detail: 'd', tail: [] }],
  [1, { kind: 'command', command: 'go install', where: 'builder', exitCode: 2, tail: [] }],
  [1, { kind: 'check', what: 'peer version', expected: '1.4.12', got: '1.4.11' }],
  [1, { kind: 'timeout', what: 'peer0.org1 to answer', seconds: 30, last: 'connection refused' }],
  [
    3,
    {
      kind: 'tool-missing',
      tool: 'debootstrap',
      neededFor: 'base images',
      install: 'sudo apt-get install debootstrap',
    },
  ],
  [1, { kind: 'unexpected', message: 'x is undefined', stack: 'Error: x\n    at f (f.ts:1)' }],
];

describe('describeFailure', () => {
  test.each(everyFailure)('exit code %i for %o', (exitCode, failure) => {
    const described = describeFailure(failure);
    expect(described.exitCode).toBe(exitCode);
    expect(described.title).toMatch(/\S/);
    expect(described.next.length).toBeGreaterThan(0);
    for (const line of [described.title, ...described.detail, ...described.next]) {
      expect(line).not.toMatch(/\n|undefined(?!$)|\[object/);
    }
  });

  test('offers a port base whose thousand is free', () => {
    const taken = [7051, 8050, 9999].map((port) => ({ port, wantedBy: 'x', owner: 'nginx (pid 7)' }));
    const { next, detail } = describeFailure({ kind: 'port-taken', taken });
    expect(next[0]).toBe('fabric-wizard up --yes --port-base 10050');
    expect(detail[0]).toBe('7051, wanted by x, used by nginx (pid 7)');
    expect(describeFailure({ kind: 'port-taken', taken: taken.slice(0, 1) }).next[0]).toMatch(
      /--port-base 8050$/,
    );
  });

  test('a denied engine is mended by the group', () => {
    const failure: StageFailure = { kind: 'engine', problem: 'denied', endpoint: 'unix:///s', detail: '' };
    expect(describeFailure(failure).next[0]).toBe('sudo usermod -aG docker $USER');
  });

  test('paths in commands are quoted for the shell', () => {
    const failure: StageFailure = {
      kind: 'source',
      path: "a b'c",
      problem: 'incomplete',
      detail: '',
      looked: [],
    };
    expect(describeFailure(failure).next[0]).toBe("git -C 'a b'\\''c' status --short");
  });

  test.each([
    'Error: Error endorsing chaincode: rpc error: code = Unknown desc = Error starting container: no such host',
    'msg error starting container: error starting container: pull access denied for acme/fabric-baseos',
    "failed to invoke backing implementation of 'InstallChaincode': could not build chaincode: docker build failed: x",
    'Failed to generate platform-specific docker build: Failed to pull x: API error (500)',
  ])('the peer that misses an image leads to the images that are here: %s', (line) => {
    const command = {
      kind: 'command',
      command: 'peer chaincode instantiate',
      where: 'cli',
      exitCode: 1,
    } as const;
    expect(describeFailure({ ...command, tail: [line] }).next[0]).toBe('docker image ls');
    expect(describeFailure({ ...command, tail: ['channel not found'] }).next).not.toContain(
      'docker image ls',
    );
  });

  test('an absent runtime is named where the engine does not name it', () => {
    const absent = {
      role: 'runtime',
      ref: 'hyperledger/fabric-yxbaseos:amd64-0.4.22',
      key: 'chaincode.golang.runtime',
      nearest: 'hyperledger/fabric-baseos:amd64-0.4.22',
    } as const;
    const failure = {
      kind: 'command',
      command: 'peer chaincode instantiate',
      where: 'cli',
      exitCode: 1,
      tail: ['msg error starting container: error starting container: no such host'],
      absentImages: [absent],
    } as const;
    const { title, detail, next } = describeFailure(failure);
    expect(title).toContain(absent.ref);
    expect(detail.join('\n')).toContain('chaincode.golang.runtime in sampleconfig/core.yaml');
    expect(next).toContain(`docker tag ${absent.nearest} ${absent.ref} && fabric-wizard smoke`);
    // Nothing of images in the output: then it is another failure, and the absence no cause.
    expect(describeFailure({ ...failure, tail: ['channel not found'] }).title).not.toContain(absent.ref);
  });
});
