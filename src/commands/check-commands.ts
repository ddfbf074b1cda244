/** The commands that check the images, the machine and the configuration, and that explain. */
import { uses, withExamples } from './command-help.ts';
import { type AddCommand, text, valued, withChoices } from './command-options.ts';

function addFindingCommands(add: AddCommand): void {
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
}

/** The commands that show what there is: the configuration, and everything at once. */
function addReportCommands(add: AddCommand, version: string): void {
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
  add(
    'diagnose',
    'write one archive for a bug report: versions, plan, events, logs, checks; no keys and no passwords',
    (command) =>
      withExamples(
        uses(command, 'json')
          .option(
            '--output <FILE>',
            'file to write; it must not exist (default: fabric-wizard-<time>.tar.gz)',
          )
          .option('--tail <N>', 'number of lines of each log', '500')
          .option('--project <NAME>', 'project name (default: that of this folder)'),
        ['fabric-wizard diagnose', 'write the archive, and list what is in it'],
        ['fabric-wizard diagnose --output report.tar.gz --tail 5000', 'with longer logs'],
      ),
    async (terminal, flags) =>
      (await import('./bundle/diagnose.ts')).diagnose(terminal, {
        output: text(flags, 'output'),
        tail: text(flags, 'tail') ?? '',
        project: text(flags, 'project'),
        version,
      }),
  );
}

export function addCheckCommands(add: AddCommand, version: string): void {
  addFindingCommands(add);
  addReportCommands(add, version);
}
