/** The command `help`: prints the help of a command or of one of its actions. */
import type { Command } from 'commander';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import type { Phrase } from '../pipeline/core/phrase.ts';
import { offers, uses, withExamples, wordsOf } from './command-help.ts';
import type { AddCommand } from './command-options.ts';
import { unknownName } from './usage-errors.ts';

export function addHelpCommand(add: AddCommand, root: Command): void {
  add(
    'help [command...]',
    'show the help of a command',
    (command) =>
      withExamples(
        offers(
          uses(command),
          root.commands.map((each) => each.name()),
        ),
        ['fabric-wizard help up', 'the options of `up`'],
        ['fabric-wizard help chaincode deploy', 'those of an action'],
      ),
    async (_terminal, _flags, words) => {
      commandNamed(root, words).outputHelp();
      return EXIT.done;
    },
  );
}

/** Returns the command that the words name, or its action. @throws WizardFailure `usage` */
export function commandNamed(root: Command, words: readonly string[]): Command {
  return words.reduce((parent, word) => {
    const names = parent.commands.map((each) => each.name());
    const found = parent.commands.find((each) => each.name() === word);
    // A command without actions has nothing below it to show.
    if (found || names.length === 0) return found ?? parent;
    const message: Phrase =
      parent === root
        ? { key: 'usage.unknown-command', name: word, suggestion: '.' }
        : { key: 'usage.unknown-action', name: word, actions: names.join(', ') };
    const of = parent === root ? [] : [wordsOf(parent)];
    throw new WizardFailure(
      unknownName(message, word, names, {
        command: (name) => ['fabric-wizard help', ...of, name].join(' '),
        others: [['fabric-wizard', ...of, '--help'].join(' ')],
      }),
    );
  }, root);
}
