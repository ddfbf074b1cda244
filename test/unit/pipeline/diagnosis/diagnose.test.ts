import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { choiceOptions } from '../../../../src/pipeline/config/config-choices.ts';
import type { StageFailure } from '../../../../src/pipeline/core/failure.ts';
import { diagnose } from '../../../../src/pipeline/diagnosis/diagnose.ts';
import { withLastWords } from '../../../../src/pipeline/diagnosis/diagnose-failure.ts';
import { remediesFor } from '../../../../src/pipeline/diagnosis/remedies.ts';
import { NO_EVIDENCE } from '../../../../src/pipeline/diagnosis/symptom.ts';
import { type SymptomId, symptoms } from '../../../../src/pipeline/diagnosis/symptoms.ts';
import { inEnglish } from '../../../support/english.ts';
import { evidenceOf, type SymptomText, symptomTexts } from '../../../support/symptom-texts.ts';

function failed(said = 'Error: it did not go well'): StageFailure {
  return { kind: 'command', command: 'peer x', where: 'cli', exitCode: 1, tail: said.split('\n') };
}

function diagnosisOf(text: SymptomText) {
  return diagnose(failed(text.by === undefined ? text.said : undefined), evidenceOf(text));
}

const texts = Object.entries(symptomTexts) as [SymptomId, SymptomText][];

describe('the table of symptoms', () => {
  test('has each id once, and a text for each', () => {
    const ids = symptoms.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(30);
    expect(texts.map(([id]) => id).sort()).toEqual([...ids].sort());
  });

  test.each(texts)('%s wins with its text among all others, and is worded', (id, text) => {
    const diagnosis = diagnosisOf(text);
    expect(diagnosis?.symptom).toBe(id);
    expect(text.said.split('\n').some((line) => line.includes(diagnosis?.proof.line.slice(-100) ?? ''))).toBe(
      true,
    );
    const { title, why, proof, next } = inEnglish(failed(), diagnosis);
    const words = [title, why ?? '', ...next];
    expect(words.join('\n')).toContain(text.shows);
    for (const word of words) {
      expect(word).toMatch(/\S/);
      expect(word).not.toMatch(/undefined(?!: broken)|\[object|\n/);
    }
    expect(proof?.line).toMatch(/\S/);
    expect(next.length).toBeGreaterThan(0);
  });

  test.each(texts)('%s is not seen in what only looks like it', (id, { unlike, by }) => {
    const likeness = { said: unlike.said, by, evidence: unlike.evidence, shows: '', unlike };
    const other = by === 'chaincode' ? { ...likeness, by: 'node' as const } : likeness;
    expect(diagnosisOf(other)?.symptom).not.toBe(id);
  });

  test('a failure of which nothing is known stays without a diagnosis', () => {
    expect(diagnose(failed('Error: the moon is full'), NO_EVIDENCE)).toBeUndefined();
  });
});

describe('commands to type', () => {
  const door = readFileSync(fileURLToPath(new URL('../../../../src/bin.ts', import.meta.url)), 'utf8');
  const commands = [...door.matchAll(/^ {2}add\(\s+'([a-z]+)[ ']/gm)].map(([, name]) => name);
  const flags = [
    ...[...door.matchAll(/\.option\('(?:-\w, )?(--[a-z-]+)/g)].map(([, option]) => option),
    ...choiceOptions().flatMap((option) => option.flags.map((flag) => flag.split(' ')[0])),
  ];
  const typed = texts.flatMap(([id, text]) =>
    remediesFor(id, diagnosisOf(text)?.facts ?? {}).map((command) => [id, command] as const),
  );

  test.each(typed.filter(([, command]) => command.includes('fabric-wizard ')))(
    '%s: %s has only commands and flags that there are',
    (_, command) => {
      for (const [, name, rest = ''] of command.matchAll(/fabric-wizard ([a-z]+)([^&|")]*)/g)) {
        expect(commands).toContain(name);
        for (const [flag] of rest.matchAll(/--[a-z-]+/g)) expect(flags).toContain(flag);
      }
    },
  );
});

describe('which of several', () => {
  test('a cause in a node log comes before its consequence in the answer of a client', () => {
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

  test('the missing image is named although the engine names none', () => {
    const { said } = symptomTexts['runtime-absent'];
    expect(diagnose(failed(said), NO_EVIDENCE)?.symptom).toBe('registry-unreachable');
    expect(diagnosisOf(symptomTexts['runtime-absent'])?.facts.image).toContain('fabric-yxbaseos');
  });

  test('all three repairs of an absent runtime are told, and none where the name is the one made here', () => {
    const seed = symptomTexts['runtime-absent'];
    const fix = 'fabric-wizard resolve --fix runtime-absent --by';
    const told = inEnglish(failed(), diagnosisOf(seed)).next;
    expect(told[0]).toMatch(/^docker tag \S+ \S+ && fabric-wizard smoke$/);
    expect(told).toEqual(expect.arrayContaining([`${fix} override`, `${fix} build`]));

    const own = 'nowhere/fabric-baseos:amd64-0.4.22';
    const asked = evidenceOf(seed).asked.map((image) => ({ ...image, ref: own, own }));
    const { why, next } = inEnglish(
      failed(),
      diagnose(failed(seed.said), evidenceOf({ ...seed, evidence: { asked } })),
    );
    expect(why).toContain('it has been removed since');
    expect(next).toEqual(['fabric-wizard up --yes', 'fabric-wizard resolve']);
  });

  test("1.0's gossip about authorities it does not know yet is no cause", () => {
    const line = 'TLS handshake failed with error x509: certificate signed by unknown authority';
    const logs = [{ source: 'node', name: 'peer0.org1.example.com', lines: [line] }] as const;
    expect(diagnose(failed(), { ...NO_EVIDENCE, logs })).toBeUndefined();
  });

  test('of a log the newest line counts, of a command the first', () => {
    const lines = ['panic: old', 'panic: new'];
    const logs = [{ source: 'chaincode', name: 'c', lines }] as const;
    expect(diagnose(failed(), { ...NO_EVIDENCE, logs })?.facts.message).toBe('new');
    const twice = 'toomanyrequests: first\ntoomanyrequests: second';
    expect(diagnose(failed(twice), NO_EVIDENCE)?.proof.line).toBe('toomanyrequests: first');
  });

  test('a line that is too long is cut to what was found in it', () => {
    const line = `${'x'.repeat(3000)} no space left on device ${'y'.repeat(3000)}`;
    const proof = diagnose(failed(line), NO_EVIDENCE)?.proof.line ?? '';
    expect(proof.length).toBeLessThan(510);
    expect(proof).toMatch(/^…no space left on device y+…$/);
  });

  test('a place in the source of Fabric needs no diagnosis', () => {
    const compileErrors = [{ file: 'peer/main.go', line: 3, message: 'no space left on device' }];
    const failure = { ...failed('no space left on device'), compileErrors } as StageFailure;
    expect(diagnose(failure, NO_EVIDENCE)).toBeUndefined();
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

  test('carries the last lines of everybody, with the state they are in', () => {
    expect(withLastWords(failed(), evidence)).toMatchObject({
      nodes: [{ name: 'peer0.org1.example.com (Up 3 seconds)', lines }, chaincode],
    });
  });

  test('keeps the nodes that it names itself, and gets the chaincode beside them', () => {
    const own = { name: 'orderer.example.com (Up 1 second)', lines: ['o'] };
    const failure = { ...failed(), nodes: [own] } as StageFailure;
    expect(withLastWords(failure, evidence)).toMatchObject({ nodes: [own, chaincode] });
  });

  test('is quoted and not only counted', () => {
    const { title, detail } = inEnglish(failed('usage: …\nError: the moon is full\nFlags:'));
    expect(title).toBe('"peer x" failed with exit code 1.');
    expect(detail).toContain('output: Error: the moon is full');
  });
});
