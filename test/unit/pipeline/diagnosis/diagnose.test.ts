import { describe, expect, test } from 'vitest';
import type { SymptomId } from '../../../../src/pipeline/core/diagnosis-types.ts';
import type { StageFailure } from '../../../../src/pipeline/core/failure.ts';
import { emptyTail } from '../../../../src/pipeline/core/line-tail.ts';
import { diagnose } from '../../../../src/pipeline/diagnosis/diagnose.ts';
import { withLastWords, withWordsOfNode } from '../../../../src/pipeline/diagnosis/diagnose-failure.ts';
import { remediesFor } from '../../../../src/pipeline/diagnosis/remedies.ts';
import { NO_EVIDENCE } from '../../../../src/pipeline/diagnosis/symptom.ts';
import { symptoms } from '../../../../src/pipeline/diagnosis/symptoms.ts';
import { renderFailure } from '../../../../src/report/failure-block.ts';
import { createStyle } from '../../../../src/report/style.ts';
import { COMMANDS, OPTIONS } from '../../../support/commands.ts';
import { inEnglish } from '../../../support/english.ts';
import { evidenceOf, type SymptomText, symptomTexts } from '../../../support/symptom-texts.ts';

function failed(output = 'Error: it did not go well'): StageFailure {
  return { kind: 'command', command: 'peer x', where: 'cli', exitCode: 1, tail: output.split('\n') };
}

function diagnosisOf(seed: SymptomText) {
  return diagnose(failed(seed.source === undefined ? seed.text : undefined), evidenceOf(seed));
}

const texts = Object.entries(symptomTexts) as [SymptomId, SymptomText][];

describe('the table of symptoms', () => {
  test('has every id once, and a text for each', () => {
    const ids = symptoms.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(30);
    expect(texts.map(([id]) => id).sort()).toEqual([...ids].sort());
  });

  test.each(texts)('%s is diagnosed from its text, and has words', (id, seed) => {
    const diagnosis = diagnosisOf(seed);
    expect(diagnosis?.symptom).toBe(id);
    expect(seed.text.split('\n').some((line) => line.includes(diagnosis?.proof.line.slice(-100) ?? ''))).toBe(
      true,
    );
    const { title, why, proof, next } = inEnglish(failed(), diagnosis);
    const words = [title, why ?? '', ...next];
    expect(words.join('\n')).toContain(seed.shows);
    for (const word of words) {
      expect(word).toMatch(/\S/);
      expect(word).not.toMatch(/undefined(?!: broken)|\[object|\n/);
    }
    expect(proof?.line).toMatch(/\S/);
    expect(next.length).toBeGreaterThan(0);
  });

  test.each([
    [
      'Error: endorsement failure during invoke. response: status:500 message:"error in simulation: transaction returned with failure: init says no" ',
      'init says no',
    ],
    [
      'Error: could not assemble transaction, error code 500, msg transaction returned with failure: no key "a"',
      'no key "a"',
    ],
  ])('the answer of a chaincode is quoted without the quotation marks of the command: %s', (line, answer) => {
    const { title } = inEnglish(failed(line), diagnose(failed(line), NO_EVIDENCE));
    expect(title).toBe(`The chaincode returned an error: ${answer}`);
  });

  test('a refusal of the gateway is quoted whole, although a client ends it at a quotation mark', () => {
    const reason = 'a container of a peer may not have HostConfig.NetworkMode "byfn"';
    const line = `2026-11-29 11:34:12.841 UTC WARN refused peer0 POST /containers/create: ${reason}`;
    const diagnosis = diagnose(
      failed(`API error (403): {"message":${JSON.stringify(`fabric-wizard gateway: ${reason}`)}}`),
      { ...NO_EVIDENCE, logs: [{ source: 'node', name: 'gateway', lines: [line] }] },
    );
    expect(diagnosis?.symptom).toBe('gateway-refuses');
    expect(diagnosis?.facts).toMatchObject({ peer: 'peer0', request: 'POST /containers/create', reason });
  });

  test.each(texts)('%s is not diagnosed from similar output', (id, { lookAlike, source }) => {
    const seed = { ...lookAlike, source, shows: '', lookAlike };
    const other = source === 'chaincode' ? { ...seed, source: 'node' as const } : seed;
    expect(diagnosisOf(other)?.symptom).not.toBe(id);
  });

  test.each([
    ["ERROR: ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))", 'engine-gone'],
    [
      "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
      'engine-gone',
    ],
    ["Couldn't connect to Docker daemon at http+docker://localhost - is it running?", 'engine-gone'],
    ["('Connection aborted.', FileNotFoundError(2, 'No such file or directory'))", 'engine-gone'],
    ['error during connect: Post "http://%2Fs/v1.41/containers/create": EOF', 'engine-gone'],
    ["('Connection aborted.', PermissionError(13, 'Permission denied'))", undefined],
    ["error while mounting volume '/v/_data': get fabric-wizard-go: database not open", 'engine-gone'],
  ])('the engine or compose says %s', (text, symptom) => {
    const diagnosis = diagnose(failed(text), NO_EVIDENCE);
    expect(diagnosis?.symptom).toBe(symptom);
    if (diagnosis)
      expect(inEnglish(failed(), diagnosis).title).toMatch(/^The Docker Engine no longer responds\.$/);
  });

  test.each([
    ['exited', 'write unix @->/s/docker.sock: write: broken pipe', 'gateway-gone'],
    ['exited', 'write unix @->/s/docker.sock: use of closed network connection', 'gateway-gone'],
    ['exited', 'cannot connect to Docker endpoint', 'gateway-gone'],
    ['exited', 'could not build chaincode: docker build failed: EOF', 'gateway-gone'],
    // It was restarted, or the engine does not know yet that it stopped.
    ['running', 'Put "http://unix.sock/containers/1/archive?path=%2Fchaincode%2Finput": EOF', 'gateway-gone'],
    ['running', 'write unix @->/s/docker.sock: write: broken pipe', 'gateway-gone'],
    ['running', 'Error waiting for container to complete: unexpected EOF', 'gateway-gone'],
    ['running', 'docker build: Error attaching to container: unexpected EOF', 'gateway-gone'],
    ['running', 'error starting container: error starting container: unexpected EOF', 'gateway-gone'],
    ['running', 'docker image build failed: Error downloading output: unexpected EOF', 'gateway-gone'],
    ['running', 'Error uploading files to the container instance net-peer0-cc-1.0: EOF', 'gateway-gone'],
    [
      'running',
      'docker build failed: Error returned from build: 1 "cc.go:9:1: syntax error: unexpected EOF',
      'chaincode-does-not-compile',
    ],
    [
      'running',
      'docker build failed: Error returned from build: 1 "go: example.com/x@v1.0.0: Get "https://p.example.com/x": EOF',
      undefined,
    ],
    [
      'running',
      'error starting container: docker build: Error returned from build: 1 "sh: 1: unexpected EOF while looking for `"\'',
      undefined,
    ],
    ['running', 'rpc error: code = Unavailable desc = error reading from server: EOF', undefined],
    [
      'running',
      'dial unix /host/var/run/docker.sock: connect: permission denied',
      'socket-denied-in-container',
    ],
    [undefined, 'write unix @->/s/docker.sock: write: broken pipe', 'engine-too-new-for-peer'],
  ])('a gateway that is %s, and a peer that says %s', (state, text, symptom) => {
    const gateway = { name: 'net-gateway', node: 'gateway', status: 'Up 1 second', ports: [] };
    const containers = state === undefined ? [] : [{ ...gateway, state }];
    expect(diagnose(failed(text), { ...NO_EVIDENCE, containers })?.symptom).toBe(symptom);
  });

  test('an unknown failure has no diagnosis', () => {
    expect(diagnose(failed('Error: the moon is full'), NO_EVIDENCE)).toBeUndefined();
  });
});

describe('remedies', () => {
  const typed = texts.flatMap(([id, seed]) =>
    remediesFor(id, diagnosisOf(seed)?.facts ?? {}).map((command) => [id, command] as const),
  );

  test.each(typed.filter(([, command]) => command.includes('fabric-wizard ')))(
    '%s: %s has only commands and flags that exist',
    (_, command) => {
      for (const [, name, rest = ''] of command.matchAll(/fabric-wizard ([a-z]+)([^&|")]*)/g)) {
        expect(COMMANDS).toContain(name);
        for (const [flag] of rest.matchAll(/--[a-z-]+/g)) expect(OPTIONS).toContain(flag);
      }
    },
  );
});

describe('advice that removes something', () => {
  const REMOVES =
    /--volumes|fabric-wizard clean|(?<!-)\b(?:rm|rmi|rmdir|prune|remove)\b|reset --hard|checkout -- \./;
  /** The symptoms whose text proves that what is removed is the cause, and that what they remove is no more than that. */
  const PROVED: Partial<Record<SymptomId, RegExp>> = {
    'ledger-damaged': /^fabric-wizard down --volumes && fabric-wizard up --yes$/,
    'ledger-of-other-version': /^fabric-wizard down --volumes && fabric-wizard up --yes$/,
    // The engine refuses to remove a network in use, and a network contains no data.
    'address-pools-used-up': /^docker network rm NETWORK$/,
    // Removes from git's index, and only if there is no change to lose.
    'line-ends-of-windows': /^git diff --quiet HEAD && git rm --cached /,
  };
  const withPaths = (id: SymptomId, seed: SymptomText) =>
    [
      diagnosisOf(seed)?.facts ?? {},
      { ...diagnosisOf(seed)?.facts, path: '/x/network/crypto-config/ca.crt' },
      {},
    ].flatMap((facts) => remediesFor(id, facts));

  test.each(texts)('%s removes nothing that its text does not prove to be the cause', (id, seed) => {
    for (const command of withPaths(id, seed).filter((each) => REMOVES.test(each)))
      expect(PROVED[id]?.test(command), command).toBe(true);
  });

  test.each(texts)('%s says that ledgers are to be removed only where a command removes them', (_, seed) => {
    const { title, why = '', next } = inEnglish(failed(), diagnosisOf(seed));
    if (/remove the ledger/i.test(`${title} ${why}`)) expect(next.join('\n')).toContain('--volumes');
  });

  test('creates a new network beside the old one, whose certificates and ledgers stay', () => {
    const [command] = remediesFor('ledger-of-other-crypto', {});
    expect(command).toBe(
      'mv .fabric-wizard/network .fabric-wizard/network-$(date +%s) && fabric-wizard up --yes',
    );
  });
});

describe('several symptoms', () => {
  test("prefers the cause in a node's log to its consequence in a client's output", () => {
    const evidence = {
      ...NO_EVIDENCE,
      containers: [
        { name: 'n-o', node: 'orderer.example.com', state: 'exited', status: 'Exited (2)', ports: [] },
      ],
      logs: [
        {
          source: 'node',
          name: 'orderer.example.com',
          lines: [
            'panic: unable to bootstrap orderer. Error reading genesis block file: read /g.block: is a directory',
            'goroutine 1 [running]:',
          ],
        },
      ],
    } as const;
    const failure = {
      kind: 'check',
      what: 'orderer.example.com',
      expected: 'running',
      got: 'Exited (2)',
    } as const;
    expect(diagnose(failure, evidence)).toMatchObject({
      symptom: 'genesis-is-folder',
      proof: { source: 'node', name: 'orderer.example.com' },
      facts: { path: '/g.block' },
    });
    expect(diagnose(failure, { ...evidence, logs: [] })?.symptom).toBe('node-ended');
  });

  test('names the missing image even if the engine does not', () => {
    const { text } = symptomTexts['runtime-absent'];
    expect(diagnose(failed(text), NO_EVIDENCE)?.symptom).toBe('registry-unreachable');
    expect(diagnosisOf(symptomTexts['runtime-absent'])?.facts.image).toContain('fabric-yxbaseos');
  });

  test('offers all repairs of an absent runtime, and none if the project builds an image of that name', () => {
    const seed = symptomTexts['runtime-absent'];
    const fix = 'fabric-wizard resolve --fix runtime-absent --by';
    const commands = inEnglish(failed(), diagnosisOf(seed)).next;
    expect(commands[0]).toMatch(/^docker tag \S+ \S+ && fabric-wizard smoke$/);
    expect(commands).toEqual(expect.arrayContaining([`${fix} override`, `${fix} build`]));

    const ref = 'nowhere/fabric-baseos:amd64-0.4.22';
    const peerImages = evidenceOf(seed).peerImages.map((image) => ({ ...image, ref, projectRef: ref }));
    const { why, next } = inEnglish(
      failed(),
      diagnose(failed(seed.text), evidenceOf({ ...seed, evidence: { peerImages } })),
    );
    expect(why).toContain('it has been removed since');
    expect(next).toEqual(['fabric-wizard up --yes', 'fabric-wizard resolve']);
  });

  test("ignores 1.0's gossip about unknown certificate authorities", () => {
    const line = 'TLS handshake failed with error x509: certificate signed by unknown authority';
    const logs = [{ source: 'node', name: 'peer0.org1.example.com', lines: [line] }] as const;
    expect(diagnose(failed(), { ...NO_EVIDENCE, logs })).toBeUndefined();
  });

  test('prefers the newest line of a log and the first line of a command', () => {
    const lines = ['panic: old', 'panic: new'];
    const logs = [{ source: 'chaincode', name: 'c', lines }] as const;
    expect(diagnose(failed(), { ...NO_EVIDENCE, logs })?.facts.message).toBe('new');
    const twice = 'toomanyrequests: first\ntoomanyrequests: second';
    expect(diagnose(failed(twice), NO_EVIDENCE)?.proof.line).toBe('toomanyrequests: first');
  });

  test('shortens a long line to the match', () => {
    const line = `${'x'.repeat(3000)} no space left on device ${'y'.repeat(3000)}`;
    const proof = diagnose(failed(line), NO_EVIDENCE)?.proof.line ?? '';
    expect(proof.length).toBeLessThan(510);
    expect(proof).toMatch(/^…no space left on device y+…$/);
  });

  test('does not diagnose a compile error', () => {
    const compileErrors = [{ file: 'peer/main.go', line: 3, message: 'no space left on device' }];
    const failure = { ...failed('no space left on device'), compileErrors } as StageFailure;
    expect(diagnose(failure, NO_EVIDENCE)).toBeUndefined();
  });
});

describe('a warning from before the run', () => {
  const warning = {
    id: 'clock',
    status: 'warn',
    detail: 'the clock is behind',
    fix: 'set the clock',
  } as const;
  const text =
    'x509: certificate has expired or is not yet valid: current time 2020-01-01T00:00:00Z is before 2026-01-01';

  test('is evidence for the symptom that it foresaw, and its fix comes first', () => {
    const diagnosis = diagnose(failed(text), { ...NO_EVIDENCE, warnings: [warning] });
    expect(diagnosis).toMatchObject({ symptom: 'certificate-expired', warning });
    const { detail, next } = inEnglish(failed(text), diagnosis);
    expect(detail).toContain('warned before the run: clock: the clock is behind');
    expect(next[0]).toBe('set the clock');
  });

  test('decides between symptoms of equal weight, and blames nothing else', () => {
    const both = `no space left on device\n${text}`;
    expect(diagnose(failed(both), NO_EVIDENCE)?.symptom).toBe('disk-full');
    const foreseen = diagnose(failed(both), { ...NO_EVIDENCE, warnings: [warning] });
    expect(foreseen?.symptom).toBe('certificate-expired');
    const other = diagnose(failed('no space left on device'), { ...NO_EVIDENCE, warnings: [warning] });
    expect(other).not.toHaveProperty('warning');
  });
});

describe('the innocent', () => {
  const peer = 'peer0.org1.example.com';
  const nodes = (couchdbListens: boolean, state: string) =>
    [
      { name: 'n-p', node: peer, state, status: 'Up 3 seconds', ports: [], listens: true },
      {
        name: 'n-c',
        node: 'couchdb0',
        state: 'running',
        status: 'Up 3 seconds',
        ports: [],
        listens: couchdbListens,
      },
    ] as const;
  const log = (line: string) => [{ source: 'node', name: peer, lines: [line] }] as const;

  test('a CouchDB that the peer has reached since', () => {
    const logs = log(symptomTexts['couchdb-not-ready'].text);
    const symptomWith = (containers: ReturnType<typeof nodes>) =>
      diagnose(failed(), { ...NO_EVIDENCE, logs, containers })?.symptom;
    expect(symptomWith(nodes(true, 'running'))).toBeUndefined();
    expect(symptomWith(nodes(false, 'running'))).toBe('couchdb-not-ready');
    expect(symptomWith(nodes(true, 'exited'))).toBe('couchdb-not-ready');
  });

  test.each([
    ['an orderer that had no leader at its start', symptomTexts['no-raft-leader'].text],
    ['another program without TLS', symptomTexts['tls-on-one-side'].text],
  ])('%s', (_, line) => {
    expect(diagnose(failed(), { ...NO_EVIDENCE, logs: log(line) })).toBeUndefined();
  });

  test('a port that a program of another host has', () => {
    const { text } = symptomTexts['port-in-use'];
    const here = diagnose(failed(text), NO_EVIDENCE);
    const there = diagnose(failed(text), { ...NO_EVIDENCE, elsewhere: 'ssh://me@far:2222' });
    expect(inEnglish(failed(), here).next[0]).toMatch(/^sudo ss -ltnp/);
    expect(inEnglish(failed(), there).title).toBe('Port 7051 is in use on far.');
    expect(inEnglish(failed(), there).next[0]).toMatch(/^ssh -t -p 2222 me@far 'sudo ss -ltnp/);
  });

  test('a published port that accepts connections', () => {
    const failure = {
      kind: 'timeout',
      what: 'x',
      seconds: 1,
      last: 'dial tcp 127.0.0.1:7051: connect: connection refused',
    } as const;
    const containers = (listens: boolean) => [
      { name: 'n-p', node: peer, state: 'running', status: 'Up 1 second', ports: [7051], listens },
    ];
    expect(diagnose(failure, { ...NO_EVIDENCE, containers: containers(true) })).toBeUndefined();
    const diagnosis = diagnose(failure, { ...NO_EVIDENCE, containers: containers(false) });
    expect(inEnglish(failure, diagnosis).why).toContain('(Up 1 second)');
  });
});

test.each([
  'Cannot run peer because error when setting up MSP of type bccsp from directory /m: signing identity expired 24h0m0s ago',
  '[common.deliver] deliverBlocks -> WARN 001 [channel: c] Client authorization revoked: deliver client identity expired 3h before',
  'rejected by Order: broadcast client identity expired',
])('an expired identity is no incomplete certificate: %s', (line) => {
  const logs = [{ source: 'node', name: 'n', lines: [line] }] as const;
  expect(diagnose(failed(), { ...NO_EVIDENCE, logs })?.symptom).toBe('certificate-expired');
});

describe('a node that ended', () => {
  const node = 'peer0.org1.example.com';
  const container = { name: 'n-p', node, state: 'exited', status: 'Exited (2) 1 second ago', ports: [] };
  const other = {
    name: 'n-o',
    node: 'orderer.example.com',
    state: 'running',
    status: 'Up 1 second',
    ports: [],
  };
  const lines = ['[main] nothing to lose', 'panic: boom', '', 'goroutine 1 [running]:'];
  const evidence = {
    ...NO_EVIDENCE,
    containers: [container, other],
    lastLines: [
      { node, lines: lines.slice(1) },
      { node: 'orderer.example.com', lines: ['[orderer] well'] },
    ],
  };
  const failure = {
    kind: 'check',
    what: node,
    expected: 'running',
    got: container.status,
    nodes: [{ name: `${node} (${container.status})`, lines: [] }],
  } as const;

  test('that panicked is told with its message and place, and not told to start again', () => {
    const logs = [{ source: 'node', name: node, lines }] as const;
    const diagnosis = diagnose(failure, { ...evidence, logs });
    expect(diagnosis?.symptom).toBe('node-panics');
    const { title, next } = inEnglish(failure, diagnosis);
    expect(title).toBe(`${node} panicked: boom`);
    expect(next).toEqual([`fabric-wizard logs ${node}`, 'fabric-wizard rebuild']);
  });

  test('has the line that says why in the explanation, and its last lines above it, but those of no other node', () => {
    const diagnosis = diagnose(failure, evidence);
    if (!diagnosis) throw new Error('no diagnosis');
    expect(diagnosis).toMatchObject({ symptom: 'node-ended', facts: { last: 'panic: boom' } });
    const told = withWordsOfNode(failure, diagnosis, evidence);
    const tail = { ...emptyTail, lines: ['compose says nothing'] };
    const block = renderFailure(told, {
      style: createStyle({ colour: false, unicode: true }),
      stage: { id: 'ready', tail, diagnosis },
    }).join('\n');
    expect(block).toContain('why: panic: boom');
    expect(block).toContain(`${node} (Exited (2) 1 second ago): last 3 lines`);
    expect(block).toContain('goroutine 1 [running]:');
    expect(block).not.toContain('[orderer] well');
  });
});

describe('an unknown failure', () => {
  const lines = Array.from({ length: 15 }, (_, n) => `line ${n}`);
  const evidence = {
    ...NO_EVIDENCE,
    logs: [{ source: 'chaincode', name: 'net-peer0-cc', lines: ['hello'] }],
    lastLines: [{ node: 'peer0.org1.example.com', lines }],
    containers: [
      { name: 'net-p0', node: 'peer0.org1.example.com', state: 'running', status: 'Up 3 seconds', ports: [] },
    ],
  } as const;
  const chaincode = { name: 'net-peer0-cc (removed)', lines: ['hello'] };

  test('shows the last lines and the state of every node and chaincode', () => {
    expect(withLastWords(failed(), evidence)).toMatchObject({
      nodes: [{ name: 'peer0.org1.example.com (Up 3 seconds)', lines }, chaincode],
    });
  });

  test('keeps its own nodes and adds the chaincode', () => {
    const own = { name: 'orderer.example.com (Up 1 second)', lines: ['o'] };
    const failure = { ...failed(), nodes: [own] } as StageFailure;
    expect(withLastWords(failure, evidence)).toMatchObject({ nodes: [own, chaincode] });
  });

  test('quotes the output', () => {
    const { title, detail } = inEnglish(failed('usage: …\nError: the moon is full\nFlags:'));
    expect(title).toBe('"peer x" failed with exit code 1.');
    expect(detail).toContain('output: Error: the moon is full');
  });
});
