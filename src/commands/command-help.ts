/** What the help of a command shows: groups of options, only the shared options that it uses, and examples. */
import { type Command, Help, type HelpConfiguration, type Option } from 'commander';

/** Shared options that only some commands use. The others accept them, but their help does not show them. */
export type SharedOption = 'json' | 'plain' | 'yes' | 'dryRun' | 'verbose';

export interface Example {
  readonly command: string;
  readonly about: string;
}

const USED = new WeakMap<Command, readonly SharedOption[]>();
const EXAMPLES = new WeakMap<Command, readonly Example[]>();

/** Names the shared options that a command uses. A command that names none uses all. */
export function uses(command: Command, ...options: readonly SharedOption[]): Command {
  USED.set(command, options);
  return command;
}

export function isUsed(command: Command, option: SharedOption): boolean {
  return USED.get(command)?.includes(option) ?? true;
}

export function examplesOf(command: Command): readonly Example[] {
  return EXAMPLES.get(command) ?? [];
}

/** Adds examples to the help of a command: pairs of a command line and what it does. */
export function withExamples(
  command: Command,
  ...examples: readonly (readonly [command: string, about: string])[]
): Command {
  const all = examples.map(([line, about]) => ({ command: line, about }));
  EXAMPLES.set(command, all);
  const lines = all.map((example) => `  # ${example.about}\n  ${example.command}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** Sets the values that completion offers for an argument. The command checks them. */
export function offers(command: Command, values: readonly string[]): Command {
  const [argument] = command.registeredArguments;
  if (argument) argument.argChoices = [...values];
  return command;
}

/** Returns the words that call a command: `chaincode deploy`. */
export function wordsOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${wordsOf(parent)} ${command.name()}` : command.name();
}

/** Returns the commands that do something: a command with actions is represented by them. */
export function actingCommands(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(actingCommands);
}

export const GROUP = {
  own: 'Options:',
  source: 'Source and build:',
  base: 'Base images and images for chaincode:',
  network: 'Network:',
  proof: 'Smoke test:',
  common: 'Common options:',
} as const;

/** Options of the command itself come first, those of every command last. */
const ORDER: readonly string[] = Object.values(GROUP);

function placeOf(group: string): number {
  const place = ORDER.indexOf(group);
  return place < 0 ? 0 : place;
}

/** Values of an option are in its placeholder already; only commander's own default is added. */
function optionText({ description, defaultValue }: Option): string {
  return typeof defaultValue === 'string' ? `${description} (default: ${defaultValue})` : description;
}

export const HELP: HelpConfiguration = {
  subcommandTerm: (command) =>
    command.parent?.parent
      ? [command.name(), command.usage().replace(/^\[options\] ?/, '')].join(' ').trim()
      : Help.prototype.subcommandTerm(command),
  // The description wraps in its column even if the column is narrow.
  minWidthToWrap: 20,
  optionDescription: optionText,
  groupItems: (unsorted, visible, groupOf) => {
    const groups = [...new Set(unsorted.map(groupOf)), ...visible.map(groupOf)];
    const sorted = [...new Set(groups)].sort((a, b) => placeOf(a) - placeOf(b));
    return new Map(sorted.map((group) => [group, visible.filter((item) => groupOf(item) === group)]));
  },
};
