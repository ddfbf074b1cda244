/** What the definitions of commands share: how a command is added, and options of several commands. */
import { type Command, Option } from 'commander';
import { CHOICES, type ChoiceGroup, choiceOptions } from '../pipeline/config/config-choices.ts';
import { PRESETS } from '../pipeline/config/presets.ts';
import { LANGUAGES } from '../report/language/language.ts';
import { GROUP, isUsed, type SharedOption } from './command-help.ts';
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

/** One action of a command, with options and examples of its own. */
export interface Action {
  /** `query <name> <function> [arguments...]`. The action itself says what is missing, so that it can say what there is. */
  readonly usage: string;
  readonly about: string;
  readonly define: (command: Command) => Command;
  readonly act: (terminal: Terminal, flags: Flags, args: readonly string[]) => Promise<number>;
}

/** A function that adds a command whose first word is an action. */
export type AddActions = (name: string, description: string, actions: readonly Action[]) => void;

export function text(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

const PRESET_HELP = `choices that belong together, which other flags override: raft (3 etcdraft orderers), bft (4 BFT orderers; \
Fabric 3.0 and later), couchdb (a CouchDB for each peer), minimal (1 organisation with 1 peer, 1 orderer)`;

/**
 * Adds the configuration options. They have no default here, because fabric-wizard.yaml overrides defaults.
 * @param hidden groups that the command accepts and remembers, but does not use
 */
export function withChoices(command: Command, ...hidden: readonly ChoiceGroup[]): Command {
  const isHidden = (group: ChoiceGroup) => hidden.includes(group);
  for (const { field, flags, help } of choiceOptions()) {
    const { group, values } = CHOICES[field];
    for (const [index, flag] of flags.entries()) {
      const option = new Option(flag, index === 0 ? help : `opposite of ${flags[0]}`);
      if (values) option.argChoices = [...values];
      command.addOption(option.helpGroup(GROUP[group]).hideHelp(isHidden(group)));
    }
  }
  const preset = valued(`--preset <${PRESETS.join('|')}>`, PRESET_HELP);
  return command.addOption(preset.helpGroup(GROUP.network).hideHelp(isHidden('network')));
}

/** An option with the values of its placeholder: `--by <tag|override>`. */
export function valued(flags: string, about: string): Option {
  const option = new Option(flags, about);
  option.argChoices = /<(.+)>/.exec(flags)?.[1]?.split('|');
  return option;
}

export function withPreflight(command: Command): Command {
  return command.option('--no-preflight', 'run even if this machine is not ready for the plan');
}

/** For commands that let peers build chaincode. */
export function withFresh(command: Command): Command {
  return command.option(
    '--fresh',
    'let peers compile chaincode even if the same builder image has compiled it earlier',
  );
}

/** For commands that run the hooks of fabric-wizard.yaml. */
export function withHooks(command: Command): Command {
  return command.option('--no-hooks', 'leave out the commands that fabric-wizard.yaml runs (key `hooks`)');
}

/** Adds the options of every command, after those of its own. */
export function withCommon(command: Command): Command {
  const shared = (name: SharedOption, flags: string, about: string) =>
    command.addOption(new Option(flags, about).helpGroup(GROUP.common).hideHelp(!isUsed(command, name)));
  command.optionsGroup(GROUP.common);
  command.option('--dir <DIR>', 'folder with fabric-wizard.yaml and .fabric-wizard/ (default: .)');
  shared('json', '--json', 'print JSON to stdout: one event per line, or one object');
  shared('plain', '--plain', 'ask with plain prompts and print lines instead of full screens');
  shared(
    'yes',
    '--yes',
    'answer yes to questions: install and start missing software, remove listed objects; never replaces a network',
  );
  shared('dryRun', '--dry-run', 'print what would be done without doing it');
  shared('verbose', '--verbose', 'show every log line');
  return command
    .option('--no-color', 'disable colours')
    .addOption(languageOption())
    .helpOption('-h, --help', 'show this help');
}

function languageOption(): Option {
  return valued(`--lang <${LANGUAGES.join('|')}>`, 'language (default: from LC_ALL, LC_MESSAGES or LANG)');
}
