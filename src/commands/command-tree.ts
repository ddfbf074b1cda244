/** The tree of all commands with their options. It loads nothing heavy: a command imports its modules when it runs. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { isLanguage, languageOf } from '../report/language/language.ts';
import { addAddCommand } from './add-commands.ts';
import { addChaincodeCommands } from './chaincode-commands.ts';
import { addCheckCommands } from './check-commands.ts';
import { CheckedCommand } from './checked-command.ts';
import { HELP, uses, withExamples } from './command-help.ts';
import { type AddActions, type AddCommand, type Flags, text, withCommon } from './command-options.ts';
import { addCompletionCommand } from './completion-command.ts';
import { addHelpCommand } from './help-command.ts';
import { addIdentityCommands } from './identity-commands.ts';
import { addNetworkCommands } from './network-commands.ts';
import { addNodeActions, addNodeCommands } from './node-commands.ts';
import { addProjectCommands } from './project-commands.ts';
import { addRemoveCommands } from './remove-commands.ts';
import { addRunCommands } from './run-commands.ts';
import { addSnapshotCommands } from './snapshot-commands.ts';
import type { Terminal } from './terminal.ts';
import { addTestCommand } from './test-commands.ts';
import { UNKNOWN_ACTION, UNKNOWN_COMMAND } from './usage-errors.ts';

export interface TreeOptions {
  /** Version in package.json. */
  readonly version: string;
  /** Root of the package. */
  readonly packageDir: string;
  /** Receives the exit code of the command that ran. */
  readonly setExit: (code: number) => void;
}

/** Returns what a command knows about its terminal. Loads the labels of its language. */
export async function terminalOf(flags: Flags, packageDir: string): Promise<Terminal> {
  const lang = text(flags, 'lang') ?? '';
  const language = isLanguage(lang) ? lang : languageOf(process.env);
  const { loadLabels } = await import('../report/language/label-texts.ts');
  await loadLabels(language);
  return {
    json: flags.json === true,
    plain: flags.plain === true,
    yes: flags.yes === true,
    dryRun: flags.dryRun === true,
    verbose: flags.verbose === true,
    colour: flags.color !== false,
    language,
    dir: resolve(text(flags, 'dir') ?? '.'),
    project: text(flags, 'project'),
    packageDir,
  };
}

/** @param root where commands are added */
function addTo(root: Command, { packageDir, setExit }: TreeOptions): AddCommand {
  return (usage, description, define, act, isDefault = false) => {
    const command = withCommon(define(root.command(usage, { isDefault }).description(description)));
    // commander passes an unknown command to the default command as an argument.
    command.allowExcessArguments(isDefault);
    command.exitOverride().action(async (...received: unknown[]) => {
      const [firstArgument] = root.args;
      if (isDefault && command.args.length > 0) {
        const unknown = firstArgument === command.name() ? command.args[0] : firstArgument;
        root.error(`error: unknown command '${unknown}'`, { code: UNKNOWN_COMMAND });
      }
      const args = received
        .slice(0, -2)
        .flat()
        .filter((arg): arg is string => typeof arg === 'string');
      const [{ guarded }, { knownLanguage }, { selectMachinesOf }] = await Promise.all([
        import('./guarded.ts'),
        import('./terminal.ts'),
        import('./machines-of.ts'),
      ]);
      const flags = command.optsWithGlobals() as Flags;
      const terminal = await terminalOf(flags, packageDir);
      const acted = async () => {
        knownLanguage(text(flags, 'lang'));
        await selectMachinesOf(terminal.dir);
        return act(terminal, flags, args, firstArgument === command.name());
      };
      setExit(await guarded(terminal, acted));
    });
  };
}

/** Refuses an action that does not exist, and an option of an action before it. */
function refuse(family: Command): never {
  const [word = ''] = family.args;
  if (word.startsWith('-'))
    family.error(`error: unknown option '${word}'`, { code: 'commander.unknownOption' });
  family.error(`error: unknown action '${word}'`, { code: UNKNOWN_ACTION });
}

function addActionsTo(root: Command, options: TreeOptions): AddActions {
  return (name, description, actions) => {
    const family = withCommon(uses(root.command(name)))
      .description(description)
      .usage('<action> [options]')
      .argument('<action>')
      // Options of every command are accepted before the action, too.
      .enablePositionalOptions(false)
      .allowUnknownOption()
      .allowExcessArguments()
      .commandsGroup('Actions:')
      .addHelpText('after', `\nOptions and an example of an action: fabric-wizard ${name} ACTION --help`);
    family.action(() => refuse(family));
    const add = addTo(family, options);
    for (const { usage, about, define, act } of actions)
      add(
        usage.replaceAll(/<(.+?)>/g, '[$1]'),
        about,
        (command) => define(command).usage(usage.replace(/^\S+/, '[options]')),
        act,
      );
  };
}

interface Adding {
  readonly add: AddCommand;
  readonly addActions: AddActions;
  /** Gives a title to the commands that follow. */
  readonly group: (title: string) => void;
}

/** Adds the commands that need no other command. */
function addCommands({ add, addActions, group }: Adding, version: string): void {
  group('Build and run:');
  addRunCommands(add, version);
  addAddCommand(addActions);
  addTestCommand(add, version);
  group('Begin a project:');
  addProjectCommands(add);
  group('Look at the network:');
  addNetworkCommands(add);
  addNodeActions(addActions);
  addNodeCommands(add);
  addIdentityCommands(addActions);
  group('Chaincode:');
  addChaincodeCommands(addActions);
  group('Snapshots:');
  addSnapshotCommands(addActions);
  group('Check and explain:');
  addCheckCommands(add, version);
  group('Remove:');
  addRemoveCommands(add);
}

function nameIn(usage: string): string {
  return usage.replace(/ .*/, '');
}

/** Returns what adds commands, without those that have another name: their options would take half of a quick command's start. */
function onlyNamed(name: string, { add, addActions, group }: Adding): Adding {
  return {
    add: (usage, ...rest) => (nameIn(usage) === name ? add(usage, ...rest) : undefined),
    addActions: (family, ...rest) => (family === name ? addActions(family, ...rest) : undefined),
    group,
  };
}

/** Whether the word is the name of a command that needs no other command. */
function isName(word: string, version: string): boolean {
  const names: string[] = [];
  addCommands(
    {
      add: (usage) => names.push(nameIn(usage)),
      addActions: (family) => names.push(family),
      group: () => undefined,
    },
    version,
  );
  return names.includes(word);
}

/** @param word first word of the command line, if only its command is needed */
export function commandTree(options: TreeOptions, word = ''): Command {
  const { version } = options;

  const root = new CheckedCommand('fabric-wizard')
    .configureHelp(HELP)
    .description(
      'Build Hyperledger Fabric images from source, start a network, and prove that chaincode finds its images.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .enablePositionalOptions()
    .exitOverride()
    // Shown like every other failure, with the command that helps.
    .configureOutput({ outputError: () => undefined });

  const add = addTo(root, options);
  const adding: Adding = {
    add,
    addActions: addActionsTo(root, options),
    group: (title) => root.commandsGroup(title),
  };
  if (isName(word, version)) {
    addCommands(onlyNamed(word, adding), version);
    return root.helpCommand(false);
  }
  addCommands(adding, version);

  root.commandsGroup('Shell:').helpCommand(false);
  addCompletionCommand(add, root);
  addHelpCommand(add, root);
  return withExamples(
    root,
    ['fabric-wizard', 'the screens: questions, the plan, the run, the dashboard'],
    ['fabric-wizard up --yes', 'the same without questions'],
    ['fabric-wizard up --help', 'all choices; each is also a key of fabric-wizard.yaml'],
    ['fabric-wizard explain ccenv', 'what something is, with the values of your own run'],
  );
}
