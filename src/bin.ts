/** Entry point: parses argv, runs a command and sets the exit code. Each command imports its heavy modules itself. */
import './commands/early-signals.ts';
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, Option } from 'commander';
import type { RunCommandOptions } from './commands/run.ts';
import type { Terminal } from './commands/terminal.ts';
import { choiceOptions } from './pipeline/config/config-choices.ts';
import { EXIT } from './pipeline/core/failure.ts';
import { withSystemFolders } from './pipeline/host/program-path.ts';
import { isLanguage, languageOf } from './report/language/language.ts';

// Node 22 and later cache compiled modules on disk, which makes every start faster.
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();

/** Root of the package: the parent folder of both `dist/` and `src/`. */
const PACKAGE_DIR = join(dirname(fileURLToPath(import.meta.url)), '..');

const { version } = JSON.parse(readFileSync(join(PACKAGE_DIR, 'package.json'), 'utf8')) as {
  version: string;
};

type Flags = Readonly<Record<string, unknown>>;

function text(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

function terminalOf(flags: Flags): Terminal {
  const lang = text(flags, 'lang') ?? '';
  return {
    json: flags.json === true,
    plain: flags.plain === true,
    yes: flags.yes === true,
    dryRun: flags.dryRun === true,
    verbose: flags.verbose === true,
    colour: flags.color !== false,
    language: isLanguage(lang) ? lang : languageOf(process.env),
    dir: resolve(text(flags, 'dir') ?? '.'),
    project: text(flags, 'project'),
    packageDir: PACKAGE_DIR,
  };
}

async function greet(terminal: Terminal): Promise<void> {
  const { printBanner } = await import('./commands/terminal.ts');
  printBanner(terminal, version);
}

async function run(terminal: Terminal, flags: Flags, request: RunCommandOptions): Promise<number> {
  await greet(terminal);
  const { runCommand } = await import('./commands/run.ts');
  return runCommand(terminal, flags, request);
}

/** Adds the configuration options. They have no default here, because fabric-wizard.yaml overrides defaults. */
function withChoices(command: Command): Command {
  for (const { flags, help } of choiceOptions()) {
    for (const [index, flag] of flags.entries())
      command.addOption(new Option(flag, index === 0 ? help : `opposite of ${flags[0]}`));
  }
  return command;
}

function withPreflight(command: Command): Command {
  return command.option('--no-preflight', 'run even if this machine is not ready for the plan');
}

function withCommon(command: Command): Command {
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

/** A function that adds one command. `act` returns the exit code; `isNamed` is false for the default command by itself. */
type AddCommand = (
  usage: string,
  description: string,
  define: (command: Command) => Command,
  act: (terminal: Terminal, flags: Flags, args: readonly string[], isNamed: boolean) => Promise<number>,
  isDefault?: boolean,
) => void;

function addTo(root: Command, setExit: (code: number) => void): AddCommand {
  return (usage, description, define, act, isDefault = false) => {
    const command = define(withCommon(root.command(usage, { isDefault }).description(description)));
    // commander passes an unknown command to the default command as an argument.
    if (isDefault) command.allowExcessArguments();
    command.exitOverride().action(async (...received: unknown[]) => {
      const [firstArgument] = root.args;
      if (isDefault && command.args.length > 0) {
        const unknown = firstArgument === command.name() ? command.args[0] : firstArgument;
        root.error(`error: unknown command '${unknown}'`);
      }
      const args = received
        .slice(0, -2)
        .flat()
        .filter((arg): arg is string => typeof arg === 'string');
      const { guarded, knownLanguage } = await import('./commands/terminal.ts');
      const flags = command.opts() as Flags;
      const terminal = terminalOf(flags);
      const acted = () => {
        knownLanguage(text(flags, 'lang'));
        return act(terminal, flags, args, firstArgument === command.name());
      };
      setExit(await guarded(terminal, acted));
    });
  };
}

/** Commands that run a plan. */
function addRunCommands(add: AddCommand): void {
  add(
    'up',
    'build missing images, start the network and prove the chaincode (default command)',
    (command) =>
      withPreflight(withChoices(command)).option(
        '--replace-network',
        'replace the network if the configuration or the selected engine needs a new one; its certificates and ledgers are kept',
      ),
    async (terminal, flags, _args, isNamed) => {
      const { getsScreens, paintFirst, requireCommand, screens } = await import('./commands/screens.ts');
      const isTty = process.stdin.isTTY === true && process.stdout.isTTY === true;
      if (!isNamed) requireCommand(terminal, isTty);
      if (!getsScreens(terminal, process.env, isTty, process.stdout.columns))
        return run(terminal, flags, {
          command: 'up',
          keepChaincode: true,
          replaceNetwork: flags.replaceNetwork === true,
        });
      paintFirst(terminal, version);
      return screens(terminal, flags, version);
    },
    true,
  );
  add(
    'build [images...]',
    'build images only: ccenv, peer, orderer, tools or all',
    (command) =>
      withPreflight(withChoices(command))
        .option('--binaries <DIR>', 'also write the host binaries that `make peer` builds')
        .option('--force', 'compile and build again, even what is up to date'),
    async (terminal, flags, images) =>
      run(terminal, flags, {
        command: 'build',
        images,
        binariesDir: text(flags, 'binaries'),
        force: flags.force === true,
        keepChaincode: false,
      }),
  );
  add(
    'rebuild',
    'compile changed source, then update images and running nodes',
    (command) =>
      withPreflight(withChoices(command))
        .option('--smoke', 'run the smoke test afterwards')
        .option('--one-by-one', 'restart one node after another, so that the network keeps answering')
        .option('--force', 'compile and build again, even what is up to date')
        .option('-w, --watch', 'rebuild on every change until Ctrl-C'),
    async (terminal, flags) => {
      const request = {
        command: 'rebuild',
        smoke: flags.smoke === true,
        oneByOne: flags.oneByOne === true,
        force: flags.force === true,
        keepChaincode: false,
      } as const;
      if (flags.watch !== true) return run(terminal, flags, request);
      await greet(terminal);
      return (await import('./commands/watch.ts')).watch(terminal, flags, request);
    },
  );
  add(
    'smoke',
    'prove the running network again with a new chaincode',
    (command) =>
      withPreflight(withChoices(command)).option(
        '--keep',
        'leave the new chaincode running instead of that of `up`',
      ),
    async (terminal, flags) => run(terminal, flags, { command: 'smoke', keepChaincode: flags.keep === true }),
  );
}

/** Commands that show the running network. */
function addNetworkCommands(add: AddCommand): void {
  add(
    'status',
    "list the network's nodes: state, image and ports",
    (command) => command.option('--project <NAME>', 'project name (default: that of this folder)'),
    async (terminal, flags) =>
      (await import('./commands/inspect.ts')).status(terminal, text(flags, 'project')),
  );
  add(
    'logs [node]',
    'show node logs',
    (command) =>
      command
        .option('-f, --follow', 'follow the log output')
        .option('--tail <N>', 'number of lines to show from the end of the logs', '100')
        .option('--project <NAME>', 'project name (default: that of this folder)'),
    async (terminal, flags, [node]) =>
      (await import('./commands/inspect.ts')).logs(terminal, {
        node,
        follow: flags.follow === true,
        tail: Number(text(flags, 'tail')),
        project: text(flags, 'project'),
      }),
  );
  add(
    'env [org]',
    'print shell variables that connect a `peer` on this host to the network: eval "$(fabric-wizard env org1)"',
    (command) => command,
    async (terminal, _flags, [org]) => (await import('./commands/inspect.ts')).env(terminal, org),
  );
}

/** Commands that check the images and the machine, and that explain. */
function addCheckCommands(add: AddCommand): void {
  add(
    'resolve',
    'show which builder and runtime image a peer requests, why, and whether the engine has them',
    (command) =>
      withChoices(command)
        .option('--image <REF>', 'peer image to inspect')
        .option('--container <NAME>', 'peer container to inspect: any, running or stopped')
        .option('--fix <CODE>', 'repair one of the problems found')
        .option('--by <METHOD>', 'repair method: tag, override or build (default: the most likely one)'),
    async (terminal, flags) =>
      (await import('./commands/resolve.ts')).resolve(terminal, flags, {
        image: text(flags, 'image'),
        container: text(flags, 'container'),
        fix: text(flags, 'fix'),
        by: text(flags, 'by'),
      }),
  );
  add(
    'doctor',
    'check this machine',
    (command) =>
      withChoices(command).option(
        '--fix <CODE>',
        'first repair one problem: engine, compose, git, work or base',
      ),
    async (terminal, flags) =>
      (await import('./commands/doctor.ts')).doctor(terminal, flags, text(flags, 'fix')),
  );
  add(
    'explain [topic...]',
    'explain a stage, image, folder, linker flag, variable or term, with values from your own run',
    (command) => command,
    async (terminal, _flags, words) => (await import('./commands/explain.ts')).explain(terminal, words),
  );
}

/** Commands that remove what was created. */
function addRemoveCommands(add: AddCommand): void {
  add(
    'down',
    'stop and remove containers and network; keep ledgers',
    (command) =>
      command
        .option('--volumes', 'also remove the ledgers')
        .option('--force', 'remove even if the network was started on another engine')
        .option('--project <NAME>', 'project name (default: that of this folder)'),
    async (terminal, flags) =>
      (await import('./commands/remove.ts')).remove(terminal, {
        command: 'down',
        project: text(flags, 'project'),
        scope: { volumes: flags.volumes === true, chaincodeImages: false, images: false, all: false },
        force: flags.force === true,
      }),
  );
  add(
    'clean',
    'remove containers, network, ledgers and chaincode images',
    (command) =>
      command
        .option('--images', 'also remove the images built here')
        .option('--all', 'also remove images, shared build caches, base images and .fabric-wizard/')
        .option(
          '--force',
          'also remove images that other networks need, even if the network was started on another engine',
        )
        .option('--project <NAME>', 'project name (default: that of this folder)'),
    async (terminal, flags) =>
      (await import('./commands/remove.ts')).remove(terminal, {
        command: 'clean',
        project: text(flags, 'project'),
        scope: {
          volumes: true,
          chaincodeImages: true,
          images: flags.images === true || flags.all === true,
          all: flags.all === true,
        },
        force: flags.force === true,
      }),
  );
}

function addConfigCommand(add: AddCommand): void {
  add(
    'config',
    'show the effective configuration and the origin of each value',
    (command) => withChoices(command).option('--schema', 'print the JSON schema of fabric-wizard.yaml'),
    async (terminal, flags) =>
      (await import('./commands/config.ts')).config(terminal, flags, flags.schema === true),
  );
}

function program(setExit: (code: number) => void): Command {
  const root = new Command('fabric-wizard')
    // The description wraps in its column even if the column is narrow.
    .configureHelp({ minWidthToWrap: 20 })
    .description(
      'Build Hyperledger Fabric images from source, start a network, and prove that chaincode finds its images.',
    )
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    // Shown like every other failure, with the command that helps.
    .configureOutput({ outputError: () => undefined });

  const add = addTo(root, setExit);
  addRunCommands(add);
  addNetworkCommands(add);
  addCheckCommands(add);
  addRemoveCommands(add);
  addConfigCommand(add);
  return root;
}

async function main(): Promise<number> {
  let exitCode: number = EXIT.done;
  const root = program((code) => {
    exitCode = code;
  });
  try {
    await root.parseAsync();
  } catch (error) {
    // --help and --version also end here, with exit code 0.
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    const { showFailure } = await import('./commands/terminal.ts');
    const known = root.commands.find((command) => command.name() === root.args[0]);
    const words = ['fabric-wizard', ...(known ? [known.name()] : []), '--help'];
    return showFailure(terminalOf({ json: process.argv.includes('--json') }), {
      kind: 'usage',
      message: error.message.replace(/^error: /, ''),
      next: [words.join(' ')],
    });
  }
  return exitCode;
}

/** Exits when the reader of a pipe has closed it (`fabric-wizard logs | head`). A running run cancels itself instead. */
function onClosedOutput(error: NodeJS.ErrnoException): void {
  const isRunning = process.listenerCount('SIGTERM') > 0;
  if (!isRunning) process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.stageFailed);
}

process.stdout.on('error', onClosedOutput);
process.stderr.on('error', onClosedOutput);
process.env.PATH = withSystemFolders(process.env.PATH);
process.exitCode = await main();
