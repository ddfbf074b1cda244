/** What the definitions of commands share: how a command is added, and options of several commands. */
import { type Command, Option } from 'commander';
import { choiceOptions } from '../pipeline/config/config-choices.ts';
import { PRESETS } from '../pipeline/config/presets.ts';
import type { Terminal } from './terminal.ts';

export type Flags = Readonly<Record<string, unknown>>;

/** A function that adds one command. `act` returns the exit code; `isNamed` is false for the default command by itself. */
export type AddCommand = (
  usage: string,
  description: string,
  define: (command: Command) => Command,
  act: (terminal: Terminal, flags: Flags, args: readonly string[], isNamed: boolean) => Promise<number>,
  isDefault?: boolean,
) => void;

export function text(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

const PRESET_HELP = `choices that belong together, which other flags override: raft (3 etcdraft orderers), bft (4 BFT orderers; \
Fabric 3.0 and later), couchdb (a CouchDB for each peer), minimal (1 organisation with 1 peer, 1 orderer)`;

/** Adds the configuration options. They have no default here, because fabric-wizard.yaml overrides defaults. */
export function withChoices(command: Command): Command {
  for (const { flags, help } of choiceOptions()) {
    for (const [index, flag] of flags.entries())
      command.addOption(new Option(flag, index === 0 ? help : `opposite of ${flags[0]}`));
  }
  return command.option(`--preset <${PRESETS.join('|')}>`, PRESET_HELP);
}

export function withPreflight(command: Command): Command {
  return command.option('--no-preflight', 'run even if this machine is not ready for the plan');
}

export function withCommon(command: Command): Command {
  return command
    .option('--dir <DIR>', 'folder with fabric-wizard.yaml and .fabric-wizard/ (default: .)')
    .option('--json', 'print JSON to stdout: one event per line, or one object')
    .option('--plain', 'print one line per state change instead of full screens')
    .option(
      '--yes',
      'answer yes to questions: install and start missing software, remove listed objects; never replaces a network',
    )
    .option('--dry-run', 'print what would be done without doing it')
    .option('--verbose', 'show every log line')
    .option('--no-color', 'disable colours')
    .option('--lang <LANG>', 'en or zh (default: from LC_ALL, LC_MESSAGES or LANG)');
}
