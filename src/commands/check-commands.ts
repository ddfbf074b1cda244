/** The commands that check the images, the machine and the configuration, and that explain. */
import { uses, withExamples } from './command-help.ts';
import { type AddCommand, text, valued, withChoices } from './command-options.ts';

export function addCheckCommands(add: AddCommand): void {
  add(
    'resolve',
    'show which builder and runtime image a peer requests, why, and whether the engine has them',
    (command) =>
      withExamples(
        uses(withChoices(command), 'json', 'dryRun', 'verbose')
          .option('--image <REF>', 'peer image to inspect')
          .option('--container <NAME>', 'peer container to inspect: any, running or stopped')
          .option('--fix <CODE>', 'repair one of the problems found')
          .addOption(valued('--by <tag|override|build>', 'repair method (default: the most likely one)')),
        ['fabric-wizard resolve', 'the images that the peers of this folder will request'],
        ['fabric-wizard resolve --container peer0.org1.example.com', 'those of any peer'],
      ),
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
      withExamples(
        uses(withChoices(command), 'json').addOption(
          valued('--fix <engine|compose|git|work|base>', 'first repair one problem'),
        ),
        ['fabric-wizard doctor', 'whether this machine is ready for `up`'],
        ['fabric-wizard doctor --fix engine', 'install and start a Docker Engine first'],
      ),
    async (terminal, flags) => (await import('./doctor.ts')).doctor(terminal, flags, text(flags, 'fix')),
  );
  add(
    'explain [topic...]',
    'explain a stage, image, folder, linker flag, variable or term, with values from your own run',
    (command) =>
      withExamples(
        uses(command, 'json'),
        ['fabric-wizard explain', 'all topics'],
        ['fabric-wizard explain ccenv', 'one of them'],
      ),
    async (terminal, _flags, words) => (await import('./explain.ts')).explain(terminal, words),
  );
  add(
    'config',
    'show the effective configuration and the origin of each value',
    (command) =>
      withExamples(
        uses(withChoices(command), 'json').option('--schema', 'print the JSON schema of fabric-wizard.yaml'),
        ['fabric-wizard config', 'all values, and where each comes from'],
        ['fabric-wizard config --preset bft', 'what a preset would change'],
      ),
    async (terminal, flags) => (await import('./config.ts')).config(terminal, flags, flags.schema === true),
  );
}
