/** The commands that show the running network. */
import { type AddCommand, text } from './command-options.ts';

export function addNetworkCommands(add: AddCommand): void {
  add(
    'status',
    "list the network's nodes: state, image and ports",
    (command) => command.option('--project <NAME>', 'project name (default: that of this folder)'),
    async (terminal, flags) => (await import('./inspect.ts')).status(terminal, text(flags, 'project')),
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
      (await import('./inspect.ts')).logs(terminal, {
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
    async (terminal, _flags, [org]) => (await import('./inspect.ts')).env(terminal, org),
  );
}
