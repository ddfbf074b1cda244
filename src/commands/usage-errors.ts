/** PURE: command lines that commander refuses, as failures with the command that was probably meant. */
import type { Command, CommanderError } from 'commander';
import type { StageFailure } from '../pipeline/core/failure.ts';
import { nearestName } from '../pipeline/core/nearest.ts';
import type { Phrase, Text } from '../pipeline/core/phrase.ts';
import { shellWord } from '../pipeline/host/shell-text.ts';

/** Code of commander's own error for an unknown command, which we report ourselves. */
export const UNKNOWN_COMMAND = 'commander.unknownCommand';

/** What is wrong, in our words; commander's own for what is rare. */
function messageOf({ code, message }: CommanderError, name: string, meant: string | undefined): Text {
  const suggestion: Text = meant === undefined ? '' : { key: 'usage.did-you-mean', name: meant };
  switch (code) {
    case UNKNOWN_COMMAND:
      return { key: 'usage.unknown-command', name, suggestion };
    case 'commander.unknownOption':
      return { key: 'usage.unknown-option', name, suggestion };
    case 'commander.optionMissingArgument':
      return { key: 'usage.no-value', name };
    case 'commander.missingArgument':
      return { key: 'usage.no-argument', name };
    default:
      return message.replace(/^error: /, '');
  }
}

function visibleFlags(command: Command): string[] {
  return command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []);
}

/** The command that the words name; without a command, the default one. */
function commandOf(root: Command, words: readonly string[]): Command | undefined {
  const [first = ''] = words;
  const isOption = first === '' || first.startsWith('-');
  return root.commands.find((each) => each.name() === (isOption ? 'up' : first));
}

/** @param words the arguments of the process */
export function usageFailure(error: CommanderError, root: Command, words: readonly string[]): StageFailure {
  const name = /'([^' =]*)/.exec(error.message)?.[1] ?? '';
  const command = commandOf(root, words);
  const known =
    error.code === UNKNOWN_COMMAND
      ? root.commands.map((each) => each.name())
      : error.code === 'commander.unknownOption' && command
        ? visibleFlags(command)
        : [];
  const meant = nearestName(name, known);
  const isNamed = command !== undefined && words[0] === command.name();
  const help = ['fabric-wizard', ...(isNamed ? [command.name()] : []), '--help'].join(' ');
  const corrected = words.map((word) =>
    word.split('=')[0] === name ? word.replace(name, meant ?? '') : word,
  );
  return {
    kind: 'usage',
    message: messageOf(error, name, meant),
    next: [...(meant !== undefined ? [['fabric-wizard', ...corrected.map(shellWord)].join(' ')] : []), help],
  };
}

/** Adds `Did you mean …?` to a message about an unknown name, and puts the command with the right one first. */
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
    next: [...new Set([next.command(meant), ...next.others])],
  };
}
