/** The door: argv -> command -> exit code. Everything heavy is imported by the command that needs it. */
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, Option } from 'commander';
import type { RunRequest } from './commands/run.ts';
import type { Terminal } from './commands/terminal.ts';
import { choiceOptions } from './pipeline/config/config-choices.ts';
import { EXIT } from './pipeline/core/failure.ts';
import { isLanguage, languageOf } from './report/language/language.ts';

// From Node 22 on: what a command loads is compiled once and not at every start.
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();

/** `dist/bin.js` and `src/bin.ts` both stand one folder below the package's root. */
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
    packageDir: PACKAGE_DIR,
  };
}

async function greet(terminal: Terminal): Promise<void> {
  const { printBanner } = await import('./commands/terminal.ts');
  printBanner(terminal, version);
}

async function run(terminal: Terminal, flags: Flags, request: RunRequest): Promise<number> {
  await greet(terminal);
  const { runCommand } = await import('./commands/run.ts');
  return runCommand(terminal, flags, request);
}

/** The choices of DESIGN's contract, as options of one command. None has a default: the file must be heard. */
function withChoices(command: Command): Command {
  for (const { flags, help } of choiceOptions()) {
    for (const [index, flag] of flags.entries())
      command.addOption(new Option(flag, index === 0 ? help : undefined));
  }
  return command;
}

function withPreflight(command: Command): Command {
  return command.option('--no-preflight', 'run even where this machine is not ready for the plan');
}

function withCommon(command: Command): Command {
  return command
    .option('--dir <DIR>', 'folder of fabric-wizard.yaml and .fabric-wizard/ (default: .)')
    .option('--json', 'one JSON event a line (or one JSON object) on stdout')
    .option('--plain', 'one line per state change, without a full screen')
    .option('--yes', 'ask nothing: install and start what is missing, remove what was listed')
    .option('--dry-run', 'print the plan and do nothing')
    .option('--verbose', 'show every log line')
    .option('--no-color', 'no colours')
    .option('--lang <LANG>', 'en or zh (default: that of LC_ALL, LC_MESSAGES or LANG)');
}

function program(setExit: (code: number) => void): Command {
  const root = new Command('fabric-wizard')
    .description(
      "Builds Hyperledger Fabric's images from source, starts a network, and proves that chaincode finds its images.",
    )
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: (message) => process.stderr.write(message) });

  const add = (
    usage: string,
    description: string,
    define: (command: Command) => Command,
    act: (terminal: Terminal, flags: Flags, args: readonly string[]) => Promise<number>,
    isDefault = false,
  ) => {
    const command = define(withCommon(root.command(usage, { isDefault }).description(description)));
    // Whatever is no command lands at the default one.
    if (isDefault) command.allowExcessArguments();
    command.exitOverride().action(async (...given: unknown[]) => {
      const [typed] = root.args;
      if (isDefault && command.args.length > 0) {
        const wrong = typed === command.name() ? command.args[0] : typed;
        root.error(`error: unknown command '${wrong}' (fabric-wizard --help lists the commands)`);
      }
      const args = given
        .slice(0, -2)
        .flat()
        .filter((arg): arg is string => typeof arg === 'string');
      const { guarded, knownLanguage } = await import('./commands/terminal.ts');
      const flags = command.opts() as Flags;
      const terminal = terminalOf(flags);
      const acted = () => {
        knownLanguage(text(flags, 'lang'));
        return act(terminal, flags, args);
      };
      setExit(await guarded(terminal, acted));
    });
  };

  add(
    'up',
    'build what is missing, start the network, prove the chaincode',
    (command) => withPreflight(withChoices(command)),
    async (terminal, flags) => {
      const { getsScreens, paintFirst, screens } = await import('./commands/screens.ts');
      const isTty = process.stdin.isTTY === true && process.stdout.isTTY === true;
      if (!getsScreens(terminal, process.env, isTty))
        return run(terminal, flags, { command: 'up', keepChaincode: true });
      paintFirst(terminal, version);
      return screens(terminal, flags, version);
    },
    true,
  );
  add(
    'build [images...]',
    'build images only: ccenv, peer, orderer, tools, or all',
    (command) =>
      withPreflight(withChoices(command))
        .option('--binaries <DIR>', 'also leave the host binaries that `make peer` gives')
        .option('--force', 'rebuild whatever the caches say'),
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
    'bring images and running nodes up to the source: compile what changed, restart what must',
    (command) =>
      withPreflight(withChoices(command))
        .option('--smoke', 'prove the network afterwards')
        .option('--one-by-one', 'restart one node after another')
        .option('--force', 'rebuild whatever the caches say')
        .option('-w, --watch', 'do it again at every change, until Ctrl-C'),
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
    'prove the running network once more with a fresh chaincode',
    (command) => withPreflight(withChoices(command)).option('--keep', 'leave the chaincode running'),
    async (terminal, flags) => run(terminal, flags, { command: 'smoke', keepChaincode: flags.keep === true }),
  );
  add(
    'status',
    'what runs',
    (command) => command.option('--project <NAME>', 'another project than this folder’s'),
    async (terminal, flags) =>
      (await import('./commands/inspect.ts')).status(terminal, text(flags, 'project')),
  );
  add(
    'logs [node]',
    'what the nodes say',
    (command) =>
      command
        .option('-f, --follow', 'go on as the log grows')
        .option('--tail <N>', 'how many lines to begin with', '100')
        .option('--project <NAME>', 'another project than this folder’s'),
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
    'lines for the shell, so that a `peer` on this host speaks to the network: eval "$(fabric-wizard env org1)"',
    (command) => command,
    async (terminal, _flags, [org]) => (await import('./commands/inspect.ts')).env(terminal, org),
  );
  add(
    'resolve',
    'which builder and runtime image a peer will ask for, why, and whether they are here',
    (command) =>
      withChoices(command)
        .option('--image <REF>', "any peer's image")
        .option('--container <NAME>', "any peer's container, running or not, ours or not")
        .option('--fix <CODE>', 'repair one of the problems that were found')
        .option('--by <WAY>', 'how: tag, override or build (default: the likeliest)'),
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
    'is this machine ready',
    (command) =>
      withChoices(command).option('--fix <CODE>', 'repair one finding first: engine, compose, git or work'),
    async (terminal, flags) =>
      (await import('./commands/doctor.ts')).doctor(terminal, flags, text(flags, 'fix')),
  );
  add(
    'explain [topic...]',
    'what a stage, an image, a folder, a flag, a variable or a word is for, filled in with your own run',
    (command) => command,
    async (terminal, _flags, words) => (await import('./commands/explain.ts')).explain(terminal, words),
  );
  add(
    'down',
    'stop and remove the containers and the network; ledgers stay',
    (command) =>
      command
        .option('--volumes', 'forget the ledgers too')
        .option('--project <NAME>', 'another project than this folder’s'),
    async (terminal, flags) =>
      (await import('./commands/remove.ts')).remove(terminal, {
        command: 'down',
        project: text(flags, 'project'),
        scope: { volumes: flags.volumes === true, chaincodeImages: false, images: false, all: false },
      }),
  );
  add(
    'clean',
    'down, and remove ledgers and chaincode images',
    (command) =>
      command
        .option('--images', 'the images built here too')
        .option('--all', 'also the shared build caches and base images, and .fabric-wizard/')
        .option('--project <NAME>', 'another project than this folder’s'),
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
      }),
  );
  add(
    'config',
    'the effective configuration, and where each value comes from',
    (command) => withChoices(command).option('--schema', 'the JSON schema of fabric-wizard.yaml'),
    async (terminal, flags) =>
      (await import('./commands/config.ts')).config(terminal, flags, flags.schema === true),
  );
  return root;
}

async function main(): Promise<number> {
  let exitCode: number = EXIT.done;
  try {
    await program((code) => {
      exitCode = code;
    }).parseAsync();
  } catch (error) {
    // commander has said what was wrong; --help and --version arrive here with exit code 0.
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    if (process.argv.includes('--json')) {
      const { showFailure } = await import('./commands/terminal.ts');
      const message = error.message.replace(/^error: /, '');
      return showFailure(terminalOf({ json: true }), {
        kind: 'usage',
        message,
        next: ['fabric-wizard --help'],
      });
    }
    return EXIT.usage;
  }
  return exitCode;
}

/** `fabric-wizard logs | head`: whoever read us has left. A run that is under way hears it too, and cancels. */
function onClosedOutput(error: NodeJS.ErrnoException): void {
  const isRunning = process.listenerCount('SIGTERM') > 0;
  if (!isRunning) process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.stageFailed);
}

process.stdout.on('error', onClosedOutput);
process.stderr.on('error', onClosedOutput);
process.exitCode = await main();
