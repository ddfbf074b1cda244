/** The commands that show the running network. */
import { uses, withExamples } from './command-help.ts';
import { type AddCommand, text, valued } from './command-options.ts';

function addEnvCommand(add: AddCommand): void {
  add(
    'env [org]',
    'print shell variables that connect `peer` and other programs on this host to the network',
    (command) =>
      withExamples(
        uses(command, 'json').option(
          '--identity <NAME>',
          "identity that the organisation's CA has enrolled (default: the administrator)",
        ),
        ['eval "$(fabric-wizard env org1)"', 'set them in this shell; then use `peer`'],
      ),
    async (terminal, flags, [org]) =>
      (await import('./connect.ts')).env(terminal, org, { identity: text(flags, 'identity') }),
  );
}

function addNodeLists(add: AddCommand): void {
  add(
    'status',
    "list the network's nodes: state, image and ports",
    (command) =>
      withExamples(
        uses(command, 'json')
          .option('--project <NAME>', 'project name (default: that of this folder)')
          .addOption(
            valued(
              '--format <drawing|mermaid|dot>',
              'print organisations, nodes, channels and chaincodes as a picture instead',
            ),
          ),
        ['fabric-wizard status', 'which nodes run, and whether they have the current programs'],
        ['fabric-wizard status --json | jq .ok', 'whether all of them run'],
        ['fabric-wizard status --format dot | dot -Tsvg > network.svg', 'a picture of the network'],
      ),
    async (terminal, flags) => {
      const [project, format] = [text(flags, 'project'), text(flags, 'format')];
      if (format !== undefined) return (await import('./topology.ts')).topology(terminal, project, format);
      return (await import('./inspect.ts')).status(terminal, project);
    },
  );
  add(
    'logs [node]',
    'show node logs',
    (command) =>
      withExamples(
        uses(command, 'json')
          .option('-f, --follow', 'follow the log output')
          .option(
            '-n, --tail <N|all>',
            'number of matching lines of each node (default: 100; all with --since or --output)',
          )
          .option('--since <TIME>', 'only newer lines: a duration such as 10m or 1h30m, or a date and time')
          .addOption(valued('--level <debug|info|warning|error>', 'only lines of at least this level'))
          .option(
            '--grep <REGEXP>',
            'only lines that match; ignores case unless the expression has a capital letter',
          )
          .option('--exclude <REGEXP>', 'leave out lines that match')
          .option('-o, --output <FILE>', 'write the lines to a new file')
          .option('--project <NAME>', 'project name (default: that of this folder)'),
        ['fabric-wizard logs', 'the last lines of all nodes'],
        ['fabric-wizard logs peer0 -f', 'follow the nodes whose name begins with peer0'],
        ['fabric-wizard logs --since 10m --level warning', 'what went wrong lately'],
      ),
    async (terminal, flags, [node]) =>
      (await import('./logs.ts')).logs(terminal, {
        command: 'fabric-wizard logs',
        node,
        follow: flags.follow === true,
        tail: text(flags, 'tail'),
        since: text(flags, 'since'),
        level: text(flags, 'level'),
        grep: text(flags, 'grep'),
        exclude: text(flags, 'exclude'),
        output: text(flags, 'output'),
        project: text(flags, 'project'),
      }),
  );
}

function addClientCommands(add: AddCommand): void {
  add(
    'connect [org]',
    'write and show what programs need: connection profiles, a file for the Fabric Gateway, and a wallet',
    (command) =>
      withExamples(
        uses(command, 'json').addOption(
          valued(
            '--format <env|json|yaml>',
            'print shell variables, or the connection profile (default: all files, and examples)',
          ),
        ),
        ['fabric-wizard connect', 'the files of all organisations, and examples in Node.js and Go'],
        ['fabric-wizard connect org2 --format yaml > connection.yaml', 'the connection profile of Org2'],
        ['eval "$(fabric-wizard connect org1 --format env)"', 'set the variables of Org1 in this shell'],
      ),
    async (terminal, flags, [org]) =>
      (await import('./connect.ts')).connect(terminal, org, text(flags, 'format')),
  );
  addEnvCommand(add);
}

export function addNetworkCommands(add: AddCommand): void {
  addNodeLists(add);
  addClientCommands(add);
}
