/** What a command that lost its engine says to run next: itself, unless the next run continues it. */
import { expect, it } from 'vitest';
import { commandWith } from '../../../src/commands/command-with.ts';
import { withSameCommand } from '../../../src/commands/same-command.ts';
import { lostEngine, RefusedRequest } from '../../../src/pipeline/engine/engine-connection.ts';
import { describeFailure } from '../../../src/report/failure-text.ts';
import { translatorFor } from '../../../src/report/language/translator.ts';

const ADDRESS = { endpoint: 'ssh://me@far', origin: { kind: 'variable' } } as const;
const LOST = lostEngine(ADDRESS, 'Connection reset by peer').failure;
const REFUSED = new RefusedRequest('POST /containers/x/exec', 500, 'no space').failure;

function described(failure: typeof LOST, ...words: readonly string[]) {
  return describeFailure(withSameCommand(failure, '/some/net', words), translatorFor('en'));
}

it.each([
  [['logs', '--follow', 'orderer'], 'fabric-wizard logs --follow orderer --dir /some/net'],
  [
    ['chaincode', 'query', 'basic', 'get', 'a b'],
    "fabric-wizard chaincode query basic get 'a b' --dir /some/net",
  ],
  [['down', '--dir', '/some/net'], 'fabric-wizard down --dir /some/net'],
])('%s is to run again', (words, again) => {
  const lost = described(LOST, ...words);
  expect(lost.next).toEqual([again, 'fabric-wizard doctor']);
  expect(lost.hint).toContain('Run the command again');
  const refused = described(REFUSED, ...words);
  expect(refused.next).toEqual(['fabric-wizard doctor', again]);
  expect(refused.hint).toBeUndefined();
});

it.each([[['up', '--yes']], [['build', 'peer']], [['rebuild']], [[]]])('up continues %s', (words) => {
  const lost = described(LOST, ...words);
  expect(lost.next[0]).toBe('fabric-wizard up --yes');
  expect(lost.hint).toContain('continues where this one stopped');
});

it('a command that cannot write a file is to run again, and not up', () => {
  const failure = {
    kind: 'file',
    path: '/ro/notes/README.md',
    detail: 'EROFS: read-only file system',
  } as const;
  const { next, hint } = describeFailure(
    withSameCommand(failure, process.cwd(), ['init', '/ro/notes', '--language', 'node']),
    translatorFor('en'),
  );
  expect(next).toEqual(['fabric-wizard doctor', 'fabric-wizard init /ro/notes --language node']);
  expect(hint).toContain('then run the command again');
  expect(withSameCommand(failure, process.cwd(), ['up'])).toBe(failure);
});

it.each([
  [
    ['logs', 'ordrer', '--follow', '--grep', 'a b'],
    'ordrer',
    "fabric-wizard logs right --follow --grep 'a b'",
  ],
  [['init', 'n', '--language=rust', '--service'], 'rust', 'fabric-wizard init n --language=right --service'],
  [['logs', '--follow'], 'ordrer', undefined],
  [
    ['identity', 'enroll', 'a', '--org', 'og1', '--secret', 'hidden'],
    'og1',
    'fabric-wizard identity enroll a --org right --secret SECRET',
  ],
])('%j with another word than %s', (words, wrong, expected) => {
  expect(commandWith(wrong, 'right', words)).toBe(expected);
});

it.each([['--secret', 'hidden'], ['--secret=hidden']])('%s is not shown again', (...secret) => {
  const words = ['identity', 'register', 'alice', ...secret];
  const { next } = describeFailure(withSameCommand(LOST, process.cwd(), words), translatorFor('en'));
  expect(next.join()).toContain('register alice --secret');
  expect(next.join()).not.toContain('hidden');
});

it('other failures stay as they are', () => {
  const unreachable = {
    ...LOST,
    kind: 'engine',
    problem: 'unreachable',
    endpoint: ADDRESS.endpoint,
    detail: '',
  } as const;
  expect(withSameCommand(unreachable, '/n', ['smoke'])).toBe(unreachable);
});
