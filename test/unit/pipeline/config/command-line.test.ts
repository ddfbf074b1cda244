import { execFileSync } from 'node:child_process';
import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { withAnswer } from '../../../../src/pipeline/config/answer-checks.ts';
import { answeredChoices, answersOf } from '../../../../src/pipeline/config/answers.ts';
import { commandLine, commandWords } from '../../../../src/pipeline/config/command-line.ts';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { type ChoiceField, choiceOptions } from '../../../../src/pipeline/config/config-choices.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** What the door makes of the words. */
function flagsOf(words: readonly string[]): Record<string, unknown> {
  const command = new Command('up').option('--yes').option('--dir <DIR>');
  for (const flag of choiceOptions().flatMap(({ flags }) => flags)) command.addOption(new Option(flag));
  return command.parse(words.slice(2), { from: 'user' }).opts();
}

function throughShell(line: string): string[] {
  const script = `printf '%s\\0' ${line}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('commandWords', () => {
  it('does not mention a default', () => {
    expect(commandWords('up', new Map())).toEqual(['fabric-wizard', 'up', '--yes']);
  });

  it('means the same configuration as the answers that it is made of', async () => {
    const dir = await tempDir();
    const typed: [ChoiceField, string][] = [
      ['source', "/tmp/it's a fabric"],
      ['fabricVersion', '1.4.12-acme'],
      ['goTags', 'pkcs11 nopkcs11'],
      ['orgs', '1'],
      ['peers', '2'],
      ['tls', 'false'],
      ['proveEveryPeer', 'true'],
    ];
    const start = answersOf(await loadConfig({ dir, flags: {} }));
    const answers = typed.reduce((now, [field, text]) => withAnswer(now, field, text), start);
    const given = answeredChoices(answers, {});
    const words = commandWords('up', new Map([...given].map(([field, { value }]) => [field, value])), '/a b');
    // `peers` has its default.
    expect(words.filter((word) => word.startsWith('--'))).toHaveLength(8);

    expect(throughShell(commandLine(words))).toEqual(words);
    const { yes, dir: folder, ...flags } = flagsOf(words);
    expect([yes, folder]).toEqual([true, '/a b']);
    const { values } = await loadConfig({ dir, flags });
    expect(values).toMatchObject({
      source: "/tmp/it's a fabric",
      fabricVersion: '1.4.12-acme',
      goTags: 'pkcs11 nopkcs11',
      orgs: 1,
      peers: 2,
      tls: false,
      proveEveryPeer: true,
    });
  });

  it.each(['a b', "it's", '$HOME', '`x`', 'a;b', '*', '~/x', '#x', '\\', '"', '日本', '-'])(
    'keeps %j one word in a shell',
    (word) => {
      expect(throughShell(commandLine(['x', word]))).toEqual(['x', word]);
    },
  );
});
