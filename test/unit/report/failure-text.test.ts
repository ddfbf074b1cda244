import { describe, expect, it, test } from 'vitest';
import type { StageFailure } from '../../../src/pipeline/core/failure.ts';
import { withGiven } from '../../../src/pipeline/diagnosis/failure-help.ts';
import { describeFailure } from '../../../src/report/failure-text.ts';
import { chinese, inEnglish } from '../../support/english.ts';

const issue = {
  path: 'docker-ns',
  message: '"Ac Me" has a blank',
  where: '--docker-ns',
  fix: '--docker-ns acme',
};
const sources = [
  'absent',
  'not-fabric',
  'leads-out',
  'incomplete',
  'unknown-release',
  'unknown-tag',
  'clone-failed',
] as const;
const engines = [
  ...(['unreachable', 'silent', 'denied', 'too-old', 'install-failed'] as const),
  ...(['tls', 'no-ssh', 'host-key', 'host-key-changed', 'login'] as const),
];
const pulls = ['missing', 'denied', 'stalled', 'unreachable', 'other'] as const;

const everyFailure: readonly (readonly [exitCode: number, failure: StageFailure])[] = [
  [2, { kind: 'config', issues: [issue] }],
  [1, { kind: 'copy', volumes: ['v'], image: 'i', exitCode: 1, tail: ['rm: cannot remove a file'] }],
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
  [1, { kind: 'pull', ref: 'alpine:3.18', problem: 'other', detail: 'd', upstream: true }],
  [1, { kind: 'base-image', ref: 'a/b:c', lacks: ['gcc'], detail: '' }],
  [1, { kind: 'image-build', image: 'a/b:c', detail: 'd', tail: [] }],
  [1, { kind: 'command', command: 'go install', where: 'builder', exitCode: 2, tail: [] }],
  [
    1,
    { kind: 'tests', failed: [], count: 1, packages: ['core/peer'], tested: 1, again: 'fabric-wizard test' },
  ],
  [
    1,
    {
      kind: 'hook',
      key: 'hooks.after-start',
      command: './seed.sh',
      where: 'fabric-wizard.yaml:2:16',
      exitCode: 3,
      tail: [],
      next: ['fabric-wizard up --yes'],
    },
  ],
  [1, { kind: 'orderer-behind', channel: 'mychannel', blocks: 0, peer: 'peer0.org1', peerBlocks: 5 }],
  [1, { kind: 'orderer-behind', channel: 'mychannel', blocks: 1, peer: 'peer0.org1', peerBlocks: 5 }],
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
  [1, { kind: 'file', path: 'state.json', detail: "EROFS: read-only file system, open 'state.json'" }],
  [1, { kind: 'file', path: '', detail: 'ENOSPC: no space left on device, write' }],
  [1, { kind: 'unexpected', message: 'x is undefined', stack: 'Error: x\n    at f (f.ts:1)' }],
];

describe('describeFailure', () => {
  test.each(everyFailure)('exit code %i for %o', (exitCode, failure) => {
    const described = inEnglish(failure);
    expect(described.exitCode).toBe(exitCode);
    expect(described.title).toMatch(/\S/);
    expect(described.next.length).toBeGreaterThan(0);
    for (const line of [described.title, ...described.detail, ...described.next]) {
      expect(line).not.toMatch(/\n|undefined(?!$)|\[object/);
    }
  });

  test('offers a port base whose thousand is free', () => {
    const taken = [7051, 8050, 9999].map((port) => ({ port, wantedBy: 'x', owner: 'nginx (pid 7)' }));
    const { next, detail } = inEnglish({ kind: 'port-taken', taken });
    expect(next[0]).toBe('fabric-wizard up --yes --port-base 10050');
    expect(detail).toEqual(['7051, 8050, 9999, needed by x, used by nginx (pid 7)']);
    expect(inEnglish({ kind: 'port-taken', taken: taken.slice(0, 1) }).next[0]).toMatch(/--port-base 8050$/);
  });

  test('the ports of a whole network are one line for each owner', () => {
    const taken = [7050, 7051, 8051, 9051, 10051].map((port, index) => ({
      port,
      wantedBy: `node${index % 3}`,
      owner: port === 7050 ? '' : { key: 'owner.composed', name: `c${index % 1}`, project: 'other' },
    })) as Extract<StageFailure, { kind: 'port-taken' }>['taken'];
    expect(inEnglish({ kind: 'port-taken', taken }).detail).toEqual([
      '7050, needed by node0, used by an unknown program',
      '7051, 8051, 9051, 10051, needed by 3 nodes, used by container c0 (compose project other)',
    ]);
  });

  test('a denied engine is mended by the group', () => {
    const failure: StageFailure = { kind: 'engine', problem: 'denied', endpoint: 'unix:///s', detail: '' };
    expect(inEnglish(failure).next[0]).toBe('sudo usermod -aG docker $USER');
  });

  test.each([
    ['host-key', 'ssh://me@far', 'ssh me@far'],
    ['host-key-changed', 'ssh://me@far', 'ssh-keygen -R far'],
    ['host-key-changed', 'ssh://me@far:2222', "ssh-keygen -R '[far]:2222'"],
    ['unreachable', 'ssh://me@far:2222/run/docker.sock', 'ssh -p 2222 me@far ls -l /run/docker.sock'],
    ['denied', 'ssh://far', "ssh -t far 'sudo usermod -aG docker $USER'"],
  ] as const)('%s of %s', (problem, endpoint, command) => {
    expect(inEnglish({ kind: 'engine', problem, endpoint, detail: '' }).next[0]).toBe(command);
  });

  test('paths in commands are quoted for the shell', () => {
    const failure: StageFailure = {
      kind: 'source',
      path: "a b'c",
      problem: 'incomplete',
      detail: '',
      looked: [
        { path: 'Makefile', found: true },
        { path: 'vendor', found: false },
        { path: 'my docs', found: false },
      ],
    };
    // Only what is missing is restored: the rest may contain changes.
    expect(inEnglish(failure).next).toEqual([
      "git -C 'a b'\\''c' status --short",
      "git -C 'a b'\\''c' checkout -- vendor 'my docs'",
    ]);
  });

  test('a folder that is not a checkout names each missing path once', () => {
    const looked = [
      { path: 'Makefile', found: false },
      { path: 'peer', found: false },
    ];
    const detail = { key: 'source.lacks', files: 'Makefile, peer' } as const;
    const told = inEnglish({ kind: 'source', path: '/tmp', problem: 'not-fabric', detail, looked });
    expect(told.detail).toEqual(['missing: Makefile, peer']);
  });

  test('a compile error shows its first position, and every position that go names', () => {
    const errors = Array.from({ length: 12 }, (_, index) => ({
      file: 'core/peer/peer.go',
      line: index + 1,
      message: `undefined: a${index}`,
    }));
    const failure = {
      kind: 'command',
      command: 'go install -v ./peer',
      where: 'builder image b:1, source /src',
      exitCode: 2,
      tail: ['# github.com/hyperledger/fabric/core/peer'],
    } as const;
    const again = 'fabric-wizard build peer --yes';
    const described = inEnglish({ ...failure, compileErrors: errors, again });
    const { title, detail, hint, next, exitCode } = described;
    expect(title).toBe('core/peer/peer.go:1 does not compile: undefined: a0');
    // The first error is in the title.
    expect(detail[0]).toBe('core/peer/peer.go:2: undefined: a1');
    expect(detail.slice(8)).toEqual([
      'core/peer/peer.go:10: undefined: a9',
      'where: builder image b:1, source /src',
    ]);
    const single = inEnglish({ ...failure, compileErrors: errors.slice(0, 1), again });
    expect(single.detail).toEqual(['where: builder image b:1, source /src']);
    expect(hint).toBe('No image and no running node was changed.');
    expect(next).toEqual([again]);
    expect(exitCode).toBe(1);
    // The linker, or go itself: no place is named, and the command is what can be told.
    expect(inEnglish({ ...failure, compileErrors: [] }).title).toBe(
      '"go install -v ./peer" failed with exit code 2.',
    );
  });

  test('a diagnosis takes the place of the exit code; the command and the log to read on stay', () => {
    const failure = {
      kind: 'command',
      command: `peer chaincode instantiate -C mychannel -n smoke-1 -v 1.0 -c '{"Args":["init"]}'`,
      where: 'the CLI container',
      exitCode: 1,
      tail: ['msg error starting container: error starting container: no such host'],
      nodes: [{ name: 'peer0.org1.example.com (Up 5 seconds)', lines: ['building'] }],
    } as const;
    const diagnosis = {
      symptom: 'runtime-absent',
      proof: { source: 'failure', name: '', line: failure.tail[0] },
      facts: {
        role: 'runtime',
        image: 'hyperledger/fabric-yxbaseos:amd64-0.4.22',
        key: 'chaincode.golang.runtime',
        own: 'hyperledger/fabric-baseos:amd64-0.4.22',
      },
    } as const;
    const { title, proof, why, detail, next, exitCode } = inEnglish(failure, diagnosis);
    expect(title).toContain(diagnosis.facts.image);
    expect(proof).toEqual({ from: '', line: failure.tail[0] });
    expect(why).toContain('chaincode.golang.runtime in sampleconfig/core.yaml');
    expect(detail).toEqual(['during: peer chaincode instantiate …, in the CLI container']);
    expect(next).toContain(
      `docker tag ${diagnosis.facts.own} ${diagnosis.facts.image} && fabric-wizard smoke`,
    );
    expect(next.at(-1)).toBe('fabric-wizard logs peer0.org1.example.com');
    expect(exitCode).toBe(inEnglish(failure).exitCode);
    expect(inEnglish(failure).title).toBe('"peer chaincode instantiate …" failed with exit code 1.');
  });
});

describe('the commands after a refused command', () => {
  const failure: StageFailure = {
    kind: 'port-taken',
    taken: [{ port: 7050, wantedBy: 'orderer', owner: 'nginx' }],
    given: ['--source /src/a', '--orgs 3', '--no-tls', '--port-base 7050'],
  };

  it('repeat the flags that it was given', () => {
    expect(inEnglish(failure).next).toEqual([
      'fabric-wizard up --yes --port-base 8050 --source /src/a --orgs 3 --no-tls',
      "sudo ss -ltnp 'sport = :7050'",
    ]);
  });

  it.each([
    ['fabric-wizard doctor', 'fabric-wizard doctor --orgs 3 --no-tls'],
    ['fabric-wizard up --tls', 'fabric-wizard up --tls --orgs 3'],
    ['sudo fabric-wizard doctor --fix base', 'sudo fabric-wizard doctor --fix base --orgs 3 --no-tls'],
    ['a && fabric-wizard up --yes', 'a && fabric-wizard up --yes --orgs 3 --no-tls'],
    ['fabric-wizard logs', 'fabric-wizard logs'],
    ['docker pull a:1', 'docker pull a:1'],
  ])('%s: %s', (command, expected) => {
    expect(withGiven(command, ['--orgs 3', '--no-tls'])).toBe(expected);
  });
});

it.each([
  [
    'fabric-wizard down --volumes && fabric-wizard up --yes',
    "fabric-wizard down --volumes --dir '/a b' && fabric-wizard up --yes --dir '/a b'",
  ],
  [
    'mv .fabric-wizard/network .fabric-wizard/network-1 && fabric-wizard up',
    "mv '/a b'/.fabric-wizard/network '/a b'/.fabric-wizard/network-1 && fabric-wizard up --dir '/a b'",
  ],
  ['eval "$(fabric-wizard env org1)"', `eval "$(fabric-wizard env org1 --dir '/a b')"`],
  ['fabric-wizard up --dir DIR', 'fabric-wizard up --dir DIR'],
  ['DOCKER_HOST=unix:///a fabric-wizard status', "DOCKER_HOST=unix:///a fabric-wizard status --dir '/a b'"],
  [
    "DOCKER_HOST=unix:///a DOCKER_CERT_PATH='/c (d)' fabric-wizard down",
    "DOCKER_HOST=unix:///a DOCKER_CERT_PATH='/c (d)' fabric-wizard down --dir '/a b'",
  ],
  ["fabric-wizard up --source '/a (b)'", "fabric-wizard up --source '/a (b)' --dir '/a b'"],
  ['npx fabric-wizard@latest up', "npx fabric-wizard@latest up --dir '/a b'"],
  ['fabric-wizard logs peer0', "fabric-wizard logs peer0 --dir '/a b'"],
])('%s acts on the folder of the run', (line, expected) => {
  expect(withGiven(line, ["--dir '/a b'"])).toBe(expected);
});

it('after a broken file, the next command does not read the file', () => {
  const config = (where: string): StageFailure => ({ kind: 'config', issues: [{ ...issue, where }] });
  expect(inEnglish(config('fabric-wizard.yaml:3:1')).next).toEqual(['fabric-wizard config --schema']);
  expect(inEnglish(config('--docker-ns')).next).toEqual(['fabric-wizard config']);
});

it.each<StageFailure>([
  { kind: 'pull', ref: 'a/b:c', problem: 'other', detail: { key: 'detail.pulled-absent' } },
  { kind: 'pull', ref: 'a/b:c', problem: 'stalled', detail: { key: 'detail.sent-nothing', seconds: 45 } },
  { kind: 'couchdb-image', looked: [], detail: { key: 'detail.sent-nothing', seconds: 45 } },
  { kind: 'engine', problem: 'gone', endpoint: 'e', detail: { key: 'detail.connection-closed' } },
])('what this program says of $kind is in the language of the user', (failure) => {
  expect(inEnglish(failure).detail.join()).toMatch(/^the /);
  expect(describeFailure(failure, chinese).detail.join()).toMatch(/^[^a-z]+$/);
});
