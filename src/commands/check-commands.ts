/** The commands that check the images, the machine and the configuration, and that explain. */
import { type AddCommand, text, withChoices } from './command-options.ts';

export function addCheckCommands(add: AddCommand): void {
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
      (await import('./resolve.ts')).resolve(terminal, flags, {
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
    async (terminal, flags) => (await import('./doctor.ts')).doctor(terminal, flags, text(flags, 'fix')),
  );
  add(
    'explain [topic...]',
    'explain a stage, image, folder, linker flag, variable or term, with values from your own run',
    (command) => command,
    async (terminal, _flags, words) => (await import('./explain.ts')).explain(terminal, words),
  );
  add(
    'config',
    'show the effective configuration and the origin of each value',
    (command) => withChoices(command).option('--schema', 'print the JSON schema of fabric-wizard.yaml'),
    async (terminal, flags) => (await import('./config.ts')).config(terminal, flags, flags.schema === true),
  );
}
