/** The commands that remove what was created. */
import { uses, withExamples } from './command-help.ts';
import { type AddCommand, text, withHooks } from './command-options.ts';

export function addRemoveCommands(add: AddCommand): void {
  add(
    'down',
    'stop and remove containers and network; keep ledgers and snapshots',
    (command) =>
      withExamples(
        withHooks(uses(command, 'json', 'yes', 'dryRun'))
          .option('--volumes', 'also remove the ledgers')
          .option('--force', 'remove even if the network was started on another engine')
          .option('--project <NAME>', 'project name (default: that of this folder)'),
        ['fabric-wizard down', 'stop the network; `up` starts it again with its ledgers'],
      ),
    async (terminal, flags) =>
      (await import('./remove.ts')).remove(terminal, {
        command: 'down',
        project: text(flags, 'project'),
        scope: {
          volumes: flags.volumes === true,
          snapshots: false,
          chaincodeImages: false,
          images: false,
          all: false,
        },
        force: flags.force === true,
        hooks: flags.hooks !== false,
      }),
  );
  add(
    'clean',
    'remove containers, network, ledgers, snapshots and chaincode images',
    (command) =>
      withExamples(
        withHooks(uses(command, 'json', 'yes', 'dryRun'))
          .option('--images', 'also remove the images built here')
          .option('--all', 'also remove images, shared build caches, base images and .fabric-wizard/')
          .option(
            '--force',
            'also remove images that other networks need, even if the network was started on another engine',
          )
          .option('--project <NAME>', 'project name (default: that of this folder)'),
        ['fabric-wizard clean --dry-run', 'list what would be removed'],
        ['fabric-wizard clean --all', 'remove everything that was made for this folder'],
      ),
    async (terminal, flags) =>
      (await import('./remove.ts')).remove(terminal, {
        command: 'clean',
        project: text(flags, 'project'),
        scope: {
          volumes: true,
          snapshots: true,
          chaincodeImages: true,
          images: flags.images === true || flags.all === true,
          all: flags.all === true,
        },
        force: flags.force === true,
        hooks: flags.hooks !== false,
      }),
  );
}
