import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { actingCommands, examplesOf, wordsOf } from '../../../src/commands/command-help.ts';
import { commandTree } from '../../../src/commands/command-tree.ts';
import { commandNamed as helpCommand } from '../../../src/commands/help-command.ts';
import { manPage } from '../../../src/commands/man-page.ts';
import { unknownName, usageFailure } from '../../../src/commands/usage-errors.ts';
import { toFailure } from '../../../src/pipeline/core/failure.ts';
import { describeFailure } from '../../../src/report/failure-text.ts';
import { translatorFor } from '../../../src/report/language/translator.ts';
import { COMMANDS, OPTIONS, TREE } from '../../support/commands.ts';
import { tempDir } from '../../support/temp-dir.ts';

function commandNamed(words: string): Command {
  return words.split(' ').reduce((parent, name) => {
    const command = parent.commands.find((each) => each.name() === name);
    if (!command) throw new Error(words);
    return command;
  }, TREE);
}

function helpOf(words: string): string {
  return commandNamed(words).helpInformation();
}

function flagsIn(help: string): (string | undefined)[] {
  return [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag);
}

/** Headings of a help text, in their order. */
function headings(help: string): string[] {
  return [...help.matchAll(/^([A-Z][^\n]*):$/gm)].map(([, heading = '']) => heading);
}

describe('help', () => {
  it('shows the commands in groups', () => {
    expect(headings(TREE.helpInformation())).toEqual([
      'Options',
      'Build and run',
      'Begin a project',
      'Look at the network',
      'Chaincode',
      'Snapshots',
      'Check and explain',
      'Remove',
      'Shell',
    ]);
  });

  it("shows a command's own options first, and those of every command last", () => {
    expect(headings(helpOf('up'))).toEqual([
      'Options',
      'Source and build',
      'Base images and images for chaincode',
      'Network',
      'Smoke test',
      'Common options',
    ]);
  });

  it.each([
    ['logs', ['--follow', '--json', '--lang'], ['--yes', '--dry-run', '--plain', '--verbose', '--orgs']],
    ['status', ['--json'], ['--yes', '--dry-run', '--verbose']],
    ['build', ['--docker-ns', '--binaries', '--yes'], ['--orgs', '--channel', '--preset', '--plain']],
    ['down', ['--volumes', '--yes', '--dry-run'], ['--verbose', '--plain']],
    ['explain', ['--json'], ['--yes', '--dry-run']],
    ['chaincode deploy', ['--name', '--policy', '--yes'], ['--peer', '--transient', '--follow']],
    ['chaincode query', ['--peer', '--channel'], ['--policy', '--follow', '--yes', '--dry-run']],
    ['chaincode logs', ['--follow', '--since'], ['--policy', '--peer']],
    ['add org', ['--peers', '--no-preflight'], ['--name']],
    ['add channel', ['--yes'], ['--peers']],
    ['snapshot restore', ['--discard', '--yes'], []],
    ['snapshot list', ['--json'], ['--discard', '--yes', '--dry-run']],
    ['node show', ['--json'], ['--dry-run']],
  ])('of %s shows only what the command uses', (name, shown, hidden) => {
    const flags = flagsIn(helpOf(name));
    for (const flag of shown) expect(flags).toContain(flag);
    for (const flag of hidden) expect(flags).not.toContain(flag);
  });

  it.each([
    ['chaincode invoke', 'chaincode invoke [options] <name> <function> [arguments...]'],
    ['chaincode list', 'chaincode list [options]'],
    ['add peer', 'add peer [options] [org]'],
    ['snapshot save', 'snapshot save [options] <name>'],
    ['node stop', 'node stop [options] <nodes...>'],
  ])('of the action %s has its own usage', (words, usage) => {
    expect(helpOf(words)).toMatch(
      new RegExp(`^Usage: fabric-wizard ${usage.replaceAll(/[[\]().]/g, '\\$&')}\n`),
    );
  });

  it.each(['chaincode', 'add', 'snapshot', 'node'])('of %s lists its actions', (name) => {
    const { commands } = commandNamed(name);
    expect(commands.length).toBeGreaterThan(2);
    const help = helpOf(name);
    for (const action of commands) {
      expect(help).toMatch(new RegExp(`^  ${action.name()}\\b.* {2}\\w`, 'm'));
      expect(examplesOf(action), action.name()).not.toEqual([]);
      for (const { command } of examplesOf(action)) expect(command).toContain(`${name} ${action.name()}`);
    }
    expect(flagsIn(help)).toEqual(['--dir', '--no-color', '--lang', '--help']);
  });

  it('has examples that are valid command lines', () => {
    const shown = actingCommands(TREE).filter((command) => examplesOf(command).length > 0);
    expect(shown.length).toBeGreaterThan(12);
    for (const command of shown) {
      for (const { command: line } of examplesOf(command)) {
        const [name = '', ...words] = (/fabric-wizard ((?:(?! -- )[^)>|])*)/.exec(line)?.[1] ?? '')
          .trim()
          .split(' ');
        expect([...COMMANDS, ''], line).toContain(name);
        for (const word of words) if (word.startsWith('--')) expect(OPTIONS, line).toContain(word);
      }
    }
  });
});

/** What the program says about a command line that it refuses. */
const newTree = (word?: string) =>
  commandTree({ version: '0', packageDir: '/', setExit: () => undefined }, word);

/** @param root by default, the tree with which the program parses these words */
async function refusal(words: readonly string[], language: 'en' | 'zh' = 'en', root = newTree(words[0])) {
  const error = await root.parseAsync([...words], { from: 'user' }).catch((reason: unknown) => reason);
  if (!(error instanceof CommanderError)) throw new Error(`not refused: ${words.join(' ')}`);
  return describeFailure(usageFailure(error, root, words), translatorFor(language));
}

describe('a command line with a mistake', () => {
  it.each([
    [['stauts'], "unknown command 'stauts'. Did you mean status?", 'fabric-wizard status'],
    [['upp', '--yes'], "unknown command 'upp'. Did you mean up?", 'fabric-wizard up --yes'],
    [['up', '--orgz', '3'], "unknown option '--orgz'. Did you mean --orgs?", 'fabric-wizard up --orgs 3'],
    [
      ['up', '--prest=bft'],
      "unknown option '--prest'. Did you mean --preset?",
      'fabric-wizard up --preset=bft',
    ],
    [
      ['--portbase', '9000'],
      "unknown option '--portbase'. Did you mean --port-base?",
      'fabric-wizard --port-base 9000',
    ],
    [['conquer'], "unknown command 'conquer'", 'fabric-wizard --help'],
    [['up', '--orgs'], 'option --orgs needs a value', 'fabric-wizard up --help'],
    [['completion'], 'shell is missing', 'fabric-wizard completion --help'],
    [['status', 'now'], "unexpected argument 'now'", 'fabric-wizard status --help'],
    [['chaincode', 'list', 'a'], "unexpected argument 'a'", 'fabric-wizard chaincode list --help'],
    [['chaincode'], 'action is missing', 'fabric-wizard chaincode --help'],
    [
      ['chaincode', 'deplyo', './basic', '--name', 'a'],
      'Unknown action "deplyo". Available: deploy, invoke, query, list, logs, remove. Did you mean deploy?',
      'fabric-wizard chaincode deploy ./basic --name a',
    ],
    [
      ['add', 'conqueror'],
      'Unknown action "conqueror". Available: peer, org, channel.',
      'fabric-wizard add --help',
    ],
    [
      ['chaincode', 'query', '--pear', 'a'],
      "unknown option '--pear'. Did you mean --peer?",
      'fabric-wizard chaincode query --peer a',
    ],
    [
      ['chaincode', 'query', 'a', 'get', '--policy', 'x'],
      '`chaincode query` has no option --policy. It is an option of `chaincode deploy`.',
      'fabric-wizard chaincode query --help',
    ],
    [
      ['add', 'peer', '--peers', '2'],
      '`add peer` has no option --peers. It is an option of `add org`.',
      'fabric-wizard add peer --help',
    ],
  ])('%j is corrected', async (words, title, next) => {
    const described = await refusal(words);
    expect(described.title).toBe(title);
    expect(described.next[0]).toBe(next);
    expect(described.exitCode).toBe(2);
  });

  const valued = actingCommands(TREE).flatMap((command) =>
    command.options.filter(({ required }) => required).map((option) => ({ words: wordsOf(command), option })),
  );

  it('never takes the next option as the value of an option', async () => {
    expect(valued.length).toBeGreaterThan(100);
    // A new tree for each of these lines would take seconds.
    const root = newTree();
    for (const { words, option } of valued)
      for (const next of ['--json', '--lang', '--no-color', '--', '-h']) {
        const flag = option.long ?? '';
        const described = await refusal([...words.split(' '), flag, next, 'zh'], 'en', root);
        expect(described.title, `${words} ${flag} ${next}`).toBe(`option ${flag} needs a value`);
      }
  });

  it('takes a value after "=", or one that is only a negative number', () => {
    const { operands, unknown } = commandNamed('chaincode deploy').parseOptions(['--name=--json', './basic']);
    expect({ operands, unknown }).toEqual({ operands: ['./basic'], unknown: [] });
    expect(() => commandNamed('logs').parseOptions(['--tail', '-1'])).not.toThrow();
    expect(() => commandNamed('chaincode query').parseOptions(['a', '--', '--peer', '--json'])).not.toThrow();
  });

  it('is explained in Chinese, too', async () => {
    expect((await refusal(['stauts'], 'zh')).title).toBe('没有 stauts 这个命令。是不是想用 status？');
  });

  it('of a value says which one was meant, and has the right command first', () => {
    const message = { key: 'usage.unknown-image', name: 'pear', images: 'ccenv, peer' } as const;
    const next = { command: (name: string) => `build ${name}`, others: ['build'] };
    const described = (name: string) =>
      describeFailure(unknownName({ ...message, name }, name, ['ccenv', 'peer'], next), translatorFor('en'));
    expect(described('pear')).toMatchObject({
      title: 'Unknown image "pear". Available: ccenv, peer. Did you mean peer?',
      next: ['build peer', 'build'],
    });
    expect(described('moon').title).toBe('Unknown image "moon". Available: ccenv, peer.');
  });
});

describe('the command help', () => {
  it.each([
    ['', 'Usage: fabric-wizard [options] [command]\n'],
    ['status', 'Usage: fabric-wizard status [options]\n'],
    ['snapshot restore', 'Usage: fabric-wizard snapshot restore [options] <name>\n'],
  ])('shows what was asked for: "%s"', (words, usage) => {
    expect(helpCommand(TREE, words.split(' ').filter(Boolean)).helpInformation()).toContain(usage);
  });

  it.each([
    [['stauts'], "unknown command 'stauts'.", 'fabric-wizard help status'],
    [['chaincode', 'deplyo'], 'Unknown action "deplyo".', 'fabric-wizard help chaincode deploy'],
  ])('corrects %j', (words, title, next) => {
    try {
      helpCommand(TREE, words);
      expect.unreachable();
    } catch (error) {
      const described = describeFailure(toFailure(error), translatorFor('en'));
      expect(described.title).toContain(title);
      expect(described.next[0]).toBe(next);
    }
  });
});

describe('the man page', () => {
  const page = manPage(TREE, '0.1.0');

  it('has every command and every option that is shown in a help', () => {
    const text = page.replaceAll('\\-', '-');
    for (const command of COMMANDS) expect(text).toContain(`.SS \\fBfabric-wizard ${command} `);
    for (const option of OPTIONS) expect(text).toContain(option);
  });

  it.skipIf(spawnSync('man', ['--version']).status !== 0)('is rendered by man without warnings', async () => {
    const file = join(await tempDir(), 'fabric-wizard.1');
    await writeFile(file, page);
    const { status, stdout, stderr } = spawnSync('man', ['--warnings', '--local-file', file], {
      encoding: 'utf8',
      env: { ...process.env, MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const heading of ['SYNOPSIS', 'COMMANDS', 'NETWORK', 'COMMON OPTIONS', 'EXIT STATUS', 'FILES'])
      expect(stdout).toContain(`\n${heading}\n`);
  });
});

describe('the tree for the first word of a command line', () => {
  const options = { version: '0', packageDir: '/', setExit: () => undefined };
  const full = commandTree(options);

  it.each(full.commands.map((command) => command.name()))(
    'has the command %s with its options and actions',
    (name) => {
      const shape = (command: Command): unknown => [
        command.name(),
        command.options.map(({ flags }) => flags),
        command.commands.map(shape),
      ];
      const wanted = full.commands.find((command) => command.name() === name) as Command;
      const found = commandTree(options, name).commands.find((command) => command.name() === name) as Command;
      expect(shape(found)).toEqual(shape(wanted));
    },
  );

  it('has no other command', () => {
    expect(commandTree(options, 'status').commands.map((command) => command.name())).toEqual(['status']);
  });

  it.each(['--help', 'statu', '', '--dir'])('has all commands after "%s"', (word) => {
    expect(commandTree(options, word).commands).toHaveLength(full.commands.length);
  });
});
