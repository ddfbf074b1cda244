/** The commands and options that the program has, read from its own tree. */
import { commandTree } from '../../src/commands/command-tree.ts';

export const TREE = commandTree({ version: '0.0.0', packageDir: '/', setExit: () => undefined });

export const COMMANDS: readonly string[] = TREE.commands.map((command) => command.name());

/** Long flags of all commands, choices included. */
export const OPTIONS: readonly string[] = [
  ...new Set(
    TREE.commands
      .flatMap((command) => [command, ...command.commands])
      .flatMap(({ options }) => options.flatMap(({ long }) => long ?? [])),
  ),
];
