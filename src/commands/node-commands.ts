/** The commands that look into the network: nodes, shells and blocks. */
import { NODE_ACTIONS } from '../pipeline/network/node-actions.ts';
import { offers, uses, withExamples } from './command-help.ts';
import { type AddCommand, text } from './command-options.ts';

const PROJECT = ['--project <NAME>', 'project name (default: that of this folder)'] as const;

export function addNodeCommands(add: AddCommand): void {
  add(
    'node <action> [nodes...]',
    'start, stop, restart, pause or unpause nodes; show: addresses, MSP, TLS files, image and container',
    (command) =>
      withExamples(
        offers(uses(command, 'json', 'dryRun').option(...PROJECT), ['show', ...NODE_ACTIONS]),
        ['fabric-wizard node show peer0.org1', 'its addresses, MSP and TLS files'],
        ['fabric-wizard node stop orderer', 'stop a node; `node start` starts it again'],
      ),
    async (terminal, _flags, [action = '', ...names]) =>
      (await import('./node.ts')).node(terminal, action, names),
  );
  add(
    'shell <node> [command...]',
    'open a shell in a node, or run a command there',
    (command) =>
      withExamples(
        uses(command)
          .option('--admin', "use the CLI container, as the admin of the peer's organisation")
          .option(...PROJECT),
        ['fabric-wizard shell peer0.org1', 'a shell with the variables of the node'],
        ['fabric-wizard shell peer0.org1 -- peer node status', 'one command'],
      ),
    async (terminal, flags, [node = '', ...command]) =>
      (await import('./node.ts')).shell(terminal, { node, command, admin: flags.admin === true }),
  );
  add(
    'blocks [count]',
    'list the last blocks of a channel with their transactions (default: 10)',
    (command) =>
      withExamples(
        uses(command, 'json')
          .option('--channel <NAME>', 'channel (default: the first one)')
          .option('-f, --follow', 'also list the blocks that come, until Ctrl-C'),
        ['fabric-wizard blocks', 'the last ten blocks'],
        ['fabric-wizard blocks 3 --json', 'three of them, decoded'],
      ),
    async (terminal, flags, [count]) =>
      (await import('./blocks.ts')).blocks(terminal, {
        count,
        channel: text(flags, 'channel'),
        follow: flags.follow === true,
      }),
  );
}
