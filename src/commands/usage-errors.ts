/** Command lines that commander refuses, and names that nothing has, as failures with the command that was probably meant. */
import type { Command, CommanderError } from 'commander';
import type { StageFailure } from '../pipeline/core/failure.ts';
import { nearestName } from '../pipeline/core/nearest.ts';
import type { Phrase, Text } from '../pipeline/core/phrase.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import { wordsOf } from './command-help.ts';
import { commandWith } from './command-with.ts';
import { shownWords } from './shown-words.ts';

/** Code of commander's own error for an unknown command, which we report ourselves. */
export const UNKNOWN_COMMAND = 'commander.unknownCommand';

/** Code of our own error for an unknown action of a command. */
export const UNKNOWN_ACTION = 'fabric-wizard.unknownAction';

const UNKNOWN_OPTION = 'commander.unknownOption';

function names(commands: readonly Command[]): string[] {
  return commands.map((each) => each.name());
}

function visibleFlags({ options }: Command): string[] {
  return options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []);
}

function isNamed(command: Command, flag: string): boolean {
  return command.options.some(({ long, short }) => long === flag || short === flag);
}

/** The command that the words name, or its action; without a command, the default one. */
function commandOf(root: Command, words: readonly string[]): Command | undefined {
  const [first = '', ...others] = words;
  const isOption = first === '' || first.startsWith('-');
  const command = root.commands.find((each) => each.name() === (isOption ? 'up' : first));
  return (
    command?.commands.find((each) => each.name() === others.find((word) => !word.startsWith('-'))) ?? command
  );
}

/** Names that may have been meant by a wrong one. */
function knownNames({ code }: CommanderError, root: Command, command: Command | undefined): string[] {
  switch (code) {
    case UNKNOWN_COMMAND:
      return names(root.commands);
    case UNKNOWN_ACTION:
      return names(command?.commands ?? []);
    case UNKNOWN_OPTION:
      return command ? visibleFlags(command) : [];
    default:
      return [];
  }
}

/** What is wrong, in our words; commander's own for what is rare. */
function messageOf(
  { code, message }: CommanderError,
  name: string,
  { command, known }: { readonly command: Command | undefined; readonly known: readonly string[] },
): Text {
  const meant = nearestName(name, known);
  const suggestion: Text = meant === undefined ? '' : { key: 'usage.did-you-mean', name: meant };
  switch (code) {
    case UNKNOWN_COMMAND:
      return { key: 'usage.unknown-command', name, suggestion };
    case UNKNOWN_ACTION: {
      const unknown: Phrase = { key: 'usage.unknown-action', name, actions: known.join(', ') };
      return meant === undefined ? unknown : { key: 'usage.with-suggestion', message: unknown, name: meant };
    }
    case UNKNOWN_OPTION:
      return { key: 'usage.unknown-option', name, suggestion };
    case 'commander.optionMissingArgument':
      return { key: 'usage.no-value', name };
    case 'commander.missingArgument':
      return { key: 'usage.no-argument', name };
    case 'commander.excessArguments':
      return { key: 'usage.unexpected', name: command?.args[command.registeredArguments.length] ?? '' };
    default:
      return message.replace(/^error: /, '');
  }
}

/** @param words the arguments of the process */
export function usageFailure(error: CommanderError, root: Command, words: readonly string[]): StageFailure {
  // commander names an option with its short form: '-n, --tail <count>'.
  const name = /'(?:-\w, )?([^' =]*)/.exec(error.message)?.[1] ?? '';
  const command = commandOf(root, words);
  const isWritten = command !== undefined && words.includes(command.name());
  const help = ['fabric-wizard', ...(isWritten ? [wordsOf(command)] : []), '--help'].join(' ');
  const elsewhere =
    error.code === UNKNOWN_OPTION && command?.parent !== root
      ? (command?.parent?.commands ?? []).filter((each) => isNamed(each, name))
      : [];
  if (command && elsewhere.length > 0)
    return {
      kind: 'usage',
      message: {
        key: 'usage.option-of',
        name,
        command: wordsOf(command),
        others: elsewhere.map((each) => `\`${wordsOf(each)}\``).join(', '),
      },
      next: [help, ...elsewhere.map((each) => `fabric-wizard ${wordsOf(each)} --help`)],
    };
  const known = knownNames(error, root, command);
  const meant = nearestName(name, known);
  const corrected = shownWords(words).map((word) =>
    word.split('=')[0] === name ? word.replace(name, meant ?? '') : word,
  );
  return {
    kind: 'usage',
    message: messageOf(error, name, { command, known }),
    next: [...(meant !== undefined ? [['fabric-wizard', ...corrected.map(shellWord)].join(' ')] : []), help],
  };
}

/**
 * Adds `Did you mean …?` to a message about an unknown name, and puts the command with the right one first: that of this
 * process with all of its words, or else `next.command`.
 */
export function unknownName(
  message: Phrase,
  name: string,
  known: readonly string[],
  next: { readonly command: (name: string) => string; readonly others: readonly string[] },
): StageFailure {
  const meant = nearestName(name, known);
  if (meant === undefined) return { kind: 'usage', message, next: [...next.others] };
  return {
    kind: 'usage',
    message: { key: 'usage.with-suggestion', message, name: meant },
    next: [...new Set([commandWith(name, meant) ?? next.command(meant), ...next.others])],
  };
}
