/** The commands that look into the network: nodes, shells and blocks. */
import { NODE_ACTIONS, type NodeAction } from '../pipeline/network/node-actions.ts';
import { uses, withExamples } from './command-help.ts';
import { type Action, type AddActions, type AddCommand, text } from './command-options.ts';

const PROJECT = ['--project <NAME>', 'project name (default: that of this folder)'] as const;

const ABOUT: Readonly<Record<NodeAction, string>> = {
  start: 'start nodes that are stopped or paused',
  stop: 'stop nodes; they keep their ledgers',
  restart: 'stop nodes and start them again',
  pause: 'pause all processes of nodes',
  unpause: 'continue paused nodes',
};

function nodeAction(action: NodeAction): Action {
  return {
    usage: `${action} <nodes...>`,
    about: ABOUT[action],
    define: (command) =>
      withExamples(uses(command, 'json', 'dryRun').option(...PROJECT), [
        `fabric-wizard node ${action} peer0.org1`,
        'one node; its name can be shortened',
      ]),
    act: async (terminal, _flags, names) => (await import('./node.ts')).act(terminal, action, names),
  };
}

/** The actions of `node`. */
export function addNodeActions(add: AddActions): void {
  add(
    'node',
    'start, stop, restart, pause or unpause nodes; show: addresses, MSP, TLS files, image and container',
    [
      {
        usage: 'show [nodes...]',
        about: 'show addresses, MSP, TLS files, image and container of nodes (default: all)',
        define: (command) =>
          withExamples(uses(command, 'json').option(...PROJECT), [
            'fabric-wizard node show peer0.org1',
            'its addresses, MSP and TLS files',
          ]),
        act: async (terminal, _flags, names) => (await import('./node.ts')).show(terminal, names),
      },
      ...NODE_ACTIONS.map(nodeAction),
    ],
  );
}

export function addNodeCommands(add: AddCommand): void {
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
