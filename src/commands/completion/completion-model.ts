/** PURE: what can be completed, read from the tree of commands, so that no list of it can be out of date. */
import type { Command, Option } from 'commander';
import { wordsOf } from '../command-help.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What follows an option or a command: these words, and names of files or folders. */
export interface Value {
  /** Placeholder in the help. */
  readonly name: string;
  readonly words: readonly string[];
  readonly paths: 'none' | 'files' | 'folders';
}

export interface CompletedOption {
  /** `--follow`, `-f`. */
  readonly flags: readonly string[];
  readonly about: string;
  /** Undefined for an option without a value. */
  readonly value?: Value;
}

export interface CompletedCommand {
  /** Its words: `logs`, `chaincode logs`. */
  readonly name: string;
  readonly about: string;
  readonly options: readonly CompletedOption[];
  /** What the command takes besides options. */
  readonly argument?: Value & { readonly variadic: boolean };
  readonly actions: readonly CompletedCommand[];
}

export interface CompletionModel {
  readonly commands: readonly CompletedCommand[];
  /** The command that runs without a name. */
  readonly byDefault: CompletedCommand;
}

function pathsOf(placeholder: string): Value['paths'] {
  if (/\b(?:DIR|FOLDER)\b/.test(placeholder)) return 'folders';
  return /\b(?:PATH|FILE)\b/.test(placeholder) ? 'files' : 'none';
}

function optionOf({ short, long, flags, description, argChoices }: Option): CompletedOption {
  const placeholder = /[<[](.+)[>\]]/.exec(flags)?.[1];
  return {
    flags: [long, short].filter((flag) => flag !== undefined && flag !== null),
    about: description,
    ...(placeholder === undefined
      ? {}
      : { value: { name: placeholder, words: argChoices ?? [], paths: pathsOf(placeholder) } }),
  };
}

function commandOf(command: Command): CompletedCommand {
  const [argument] = command.registeredArguments;
  const name = argument?.name() ?? '';
  const actions = command.commands.map(commandOf);
  return {
    name: wordsOf(command),
    about: command.description(),
    options: [
      ...command.options.filter(({ hidden }) => !hidden).map(optionOf),
      { flags: ['--help', '-h'], about: 'show this help' },
    ],
    ...(argument
      ? {
          argument: {
            name,
            words: argument.argChoices ?? command.commands.map((each) => each.name()),
            paths: pathsOf(name.toUpperCase()),
            variadic: argument.variadic,
          },
        }
      : {}),
    actions,
  };
}

export function completionModel(root: Command): CompletionModel {
  const commands = root.commands.map(commandOf);
  const [byDefault] = commands;
  if (!byDefault) throw new Error('there are no commands');
  return { commands, byDefault };
}
