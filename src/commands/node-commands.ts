/** The commands that act on single nodes. */
import type { AddCommand } from './command-options.ts';

const PROJECT = ['--project <NAME>', 'project name (default: that of this folder)'] as const;

export function addNodeCommands(add: AddCommand): void {
  add(
    'node <action> [nodes...]',
    'start, stop, restart, pause or unpause nodes; show: addresses, MSP, TLS files, image and container',
    (command) => command.option(...PROJECT),
    async (terminal, _flags, [action = '', ...names]) =>
      (await import('./node.ts')).node(terminal, action, names),
  );
  add(
    'shell <node> [command...]',
    'open a shell in a node, or run a command there: fabric-wizard shell peer0.org1 -- peer node status',
    (command) =>
      command
        .option('--admin', "use the CLI container, as the admin of the peer's organisation")
        .option(...PROJECT),
    async (terminal, flags, [node = '', ...command]) =>
      (await import('./node.ts')).shell(terminal, { node, command, admin: flags.admin === true }),
  );
}
