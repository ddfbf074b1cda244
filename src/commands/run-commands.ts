/** The commands that run a plan: `up`, `build`, `rebuild` and `smoke`. */
import { imageNames } from '../pipeline/fabric/release-facts.ts';
import { offers, uses, withExamples } from './command-help.ts';
import {
  type AddCommand,
  type Flags,
  text,
  withChoices,
  withFresh,
  withHooks,
  withPreflight,
} from './command-options.ts';
import type { RunCommandOptions } from './run.ts';
import type { Terminal } from './terminal.ts';

/** Shared options of the commands that run a plan and have no screens. */
export const RUN_OPTIONS = ['json', 'yes', 'dryRun', 'verbose'] as const;

async function greet(terminal: Terminal, version: string): Promise<void> {
  const { printBanner } = await import('./terminal.ts');
  printBanner(terminal, version);
}

/** Runs a plan with lines as output. @returns the exit code */
export async function runPlan(
  version: string,
  terminal: Terminal,
  flags: Flags,
  request: RunCommandOptions,
): Promise<number> {
  await greet(terminal, version);
  const { runCommand } = await import('./run.ts');
  return runCommand(terminal, flags, request);
}

/** Commands that run a plan. */
function addBuildCommands(add: AddCommand, version: string): void {
  add(
    'up',
    'build missing images, start the network and prove the chaincode (default command)',
    (command) =>
      withExamples(
        withFresh(withHooks(withPreflight(withChoices(command)))).option(
          '--replace-network',
          'replace the network if the configuration or the selected engine needs a new one; its certificates and ledgers are kept',
        ),
        ['fabric-wizard up', 'ask, show the plan, run it, and stay as a dashboard'],
        ['fabric-wizard up --yes --source ~/fabric', 'build and start a checkout without questions'],
        [
          'fabric-wizard up --yes --source release-2.5 --preset raft',
          'a branch of Fabric, with three orderers',
        ],
        ['fabric-wizard up --dry-run', 'only show what would be done, and why'],
      ),
    async (terminal, flags, _args, isNamed) => {
      const { getsPrompts, getsScreens, namesRun, paintFirst, requireCommand } = await import(
        './interaction.ts'
      );
      const isTty = process.stdin.isTTY === true && process.stdout.isTTY === true;
      if (!isNamed) requireCommand(terminal, isTty);
      const { columns } = process.stdout;
      if (!getsScreens(terminal, process.env, isTty, columns)) {
        const prompts = getsPrompts(terminal, process.env, isTty, columns);
        return runPlan(version, terminal, flags, {
          command: 'up',
          keepChaincode: true,
          replaceNetwork: flags.replaceNetwork === true,
          asks: prompts ? (namesRun(flags) ? 'plan' : 'all') : 'nothing',
        });
      }
      // What is wrong with a flag cannot be mended on a screen.
      if (namesRun(flags)) await (await import('./load-config.ts')).loadEffectiveConfig(terminal.dir, flags);
      paintFirst(terminal, version);
      const { screens } = await import('./screens.ts');
      return screens(terminal, flags, version);
    },
    true,
  );
  add(
    'build [images...]',
    'build images only: ccenv, peer, orderer, tools or all',
    (command) =>
      withExamples(
        offers(
          uses(withPreflight(withChoices(command, 'network', 'proof')), ...RUN_OPTIONS)
            .option('--binaries <DIR>', 'also write the host binaries that `make peer` builds')
            .option('--force', 'compile and build again, even what is up to date'),
          imageNames,
        ),
        ['fabric-wizard build', 'build all images'],
        ['fabric-wizard build ccenv peer', 'build two of them, and what they need'],
        ['fabric-wizard build peer --binaries bin', 'also copy the compiled programs to bin/'],
      ),
    async (terminal, flags, images) =>
      runPlan(version, terminal, flags, {
        command: 'build',
        images,
        binariesDir: text(flags, 'binaries'),
        force: flags.force === true,
        keepChaincode: false,
      }),
  );
}

function addChangeCommands(add: AddCommand, version: string): void {
  add(
    'rebuild',
    'compile changed source, then update images and running nodes',
    (command) =>
      withExamples(
        uses(withFresh(withHooks(withPreflight(withChoices(command)))), ...RUN_OPTIONS)
          .option('--smoke', 'run the smoke test afterwards')
          .option('--one-by-one', 'restart one node after another, so that the network keeps answering')
          .option('--force', 'compile and build again, even what is up to date')
          .option('-w, --watch', 'rebuild on every change until Ctrl-C'),
        ['fabric-wizard rebuild --smoke', 'update the nodes to the edited source, and prove them'],
        ['fabric-wizard rebuild --watch', 'do so after every change'],
      ),
    async (terminal, flags) => {
      const request = {
        command: 'rebuild',
        smoke: flags.smoke === true,
        oneByOne: flags.oneByOne === true,
        force: flags.force === true,
        keepChaincode: false,
      } as const;
      if (flags.watch !== true) return runPlan(version, terminal, flags, request);
      await greet(terminal, version);
      return (await import('./watch.ts')).watch(terminal, flags, request);
    },
  );
  add(
    'smoke',
    'prove the running network again with a new chaincode',
    (command) =>
      withExamples(
        uses(withFresh(withHooks(withPreflight(withChoices(command)))), ...RUN_OPTIONS).option(
          '--keep',
          'leave the new chaincode running instead of that of `up`',
        ),
        ['fabric-wizard smoke --chaincode ./mycc', 'prove the network with your own Go chaincode'],
      ),
    async (terminal, flags) =>
      runPlan(version, terminal, flags, { command: 'smoke', keepChaincode: flags.keep === true }),
  );
}

export function addRunCommands(add: AddCommand, version: string): void {
  addBuildCommands(add, version);
  addChangeCommands(add, version);
}
