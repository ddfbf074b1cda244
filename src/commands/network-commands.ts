/** The commands that show the running network. */
import { uses, withExamples } from './command-help.ts';
import { type AddCommand, text } from './command-options.ts';

export function addNetworkCommands(add: AddCommand): void {
  add(
    'status',
    "list the network's nodes: state, image and ports",
    (command) =>
      withExamples(
        uses(command, 'json').option('--project <NAME>', 'project name (default: that of this folder)'),
        ['fabric-wizard status', 'which nodes run, and whether they have the current programs'],
        ['fabric-wizard status --json | jq .ok', 'whether all of them run'],
      ),
    async (terminal, flags) => (await import('./inspect.ts')).status(terminal, text(flags, 'project')),
  );
  add(
    'logs [node]',
    'show node logs',
    (command) =>
      withExamples(
        uses(command, 'json')
          .option('-f, --follow', 'follow the log output')
          .option('--tail <N>', 'number of lines to show from the end of the logs', '100')
          .option('--project <NAME>', 'project name (default: that of this folder)'),
        ['fabric-wizard logs', 'the last lines of all nodes'],
        ['fabric-wizard logs peer0 -f', 'follow the nodes whose name begins with peer0'],
      ),
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
    'print shell variables that connect a `peer` on this host to the network',
    (command) =>
      withExamples(uses(command, 'json'), [
        'eval "$(fabric-wizard env org1)"',
        'set them in this shell; then use `peer`',
      ]),
    async (terminal, _flags, [org]) => (await import('./inspect.ts')).env(terminal, org),
  );
}
