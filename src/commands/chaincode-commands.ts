/** The `chaincode` command with its actions. */
import type { Command } from 'commander';
import { offers, uses, withExamples } from './command-help.ts';
import { type AddCommand, type Flags, text, valued } from './command-options.ts';
import type { Terminal } from './terminal.ts';

/** The actions. `chaincode.ts` is only loaded when one runs. */
const ACTIONS = ['deploy', 'invoke', 'query', 'list', 'logs', 'remove'] as const;

type Act = (terminal: Terminal, flags: Flags, words: readonly string[]) => Promise<number>;

const deploy: Act = async (terminal, flags, words) => {
  // The choice `channel` is about the network. Here the flag is about the chaincode.
  const { channel: _, ...choices } = flags;
  return (await import('./chaincode-deploy.ts')).deploy(terminal, choices, words, {
    name: text(flags, 'name'),
    language: text(flags, 'language'),
    channel: text(flags, 'channel'),
    init: text(flags, 'init'),
    policy: text(flags, 'policy'),
    collections: text(flags, 'collections'),
    service: flags.service === true ? true : text(flags, 'service'),
    watch: flags.watch === true,
  });
};

function callFlags(flags: Flags) {
  return {
    channel: text(flags, 'channel'),
    peer: text(flags, 'peer'),
    org: text(flags, 'org'),
    transient: text(flags, 'transient'),
  };
}

const ACTS: Readonly<Record<(typeof ACTIONS)[number], Act>> = {
  deploy,
  invoke: async (terminal, flags, words) =>
    (await import('./chaincode.ts')).invoke(terminal, words, callFlags(flags)),
  query: async (terminal, flags, words) =>
    (await import('./chaincode.ts')).query(terminal, words, callFlags(flags)),
  list: async (terminal) => (await import('./chaincode.ts')).list(terminal),
  logs: async (terminal, flags, [name]) =>
    (await import('./chaincode.ts')).logs(terminal, name, {
      node: undefined,
      follow: flags.follow === true,
      tail: text(flags, 'tail'),
      since: text(flags, 'since'),
      level: undefined,
      grep: undefined,
      exclude: undefined,
      output: undefined,
      project: undefined,
    }),
  remove: async (terminal, _flags, [name]) => (await import('./chaincode.ts')).remove(terminal, name),
};

function isAction(word: string): word is keyof typeof ACTS {
  return ACTIONS.some((action) => action === word);
}

const act: Act = async (terminal, flags, words) => {
  const [action = '', ...rest] = words;
  if (isAction(action)) return ACTS[action](terminal, flags, rest);
  const [{ WizardFailure }, { unknownName }] = await Promise.all([
    import('../pipeline/core/failure.ts'),
    import('./usage-errors.ts'),
  ]);
  const command = (each: string) => `fabric-wizard chaincode ${each}`;
  throw new WizardFailure(
    unknownName({ key: 'usage.unknown-action', name: action, actions: ACTIONS.join(', ') }, action, ACTIONS, {
      command,
      others: ['list', 'deploy'].map(command),
    }),
  );
};

function withOptions(command: Command): Command {
  return command
    .optionsGroup('Deploy:')
    .option('--name <NAME>', "name of the chaincode in a folder (default: the folder's)")
    .addOption(valued('--language <go|node|java>', 'language (default: by the files of the folder)'))
    .option('--init <JSON>', 'arguments of Init, as a JSON array of strings: \'["init","a","100"]\'')
    .option('--policy <POLICY>', "endorsement policy: an expression such as OR('Org1MSP.member')")
    .option('--collections <FILE>', 'JSON file with private data collections')
    .option(
      '--service [HOST:PORT]',
      'run it as a service (2.0 and later): in a container, or in your own process at an address',
    )
    .option('-w, --watch', 'with --service: restart the process on every change of its files until Ctrl-C')
    .option('--no-preflight', 'deploy even if this machine is not ready for it')
    .optionsGroup('Deploy, invoke and query:')
    .option('--channel <NAME>', 'channel (default: all for deploy, the first one for calls)')
    .optionsGroup('Invoke and query:')
    .option('--peer <NAME,…>', 'peers to call (default: the first one; for invoke, one of each organisation)')
    .option('--org <NAME>', 'organisation whose admin calls (default: the first one)')
    .option('--transient <JSON>', 'private data for the call, as a JSON object of strings')
    .optionsGroup('Logs:')
    .option('-f, --follow', 'follow the output')
    .option('-n, --tail <N|all>', 'number of lines of each peer (default: 100)')
    .option('--since <TIME>', 'only newer lines: a duration such as 10m, or a date and time');
}

export function addChaincodeCommands(add: AddCommand): void {
  add(
    'chaincode <action> [arguments...]',
    'deploy, invoke, query, list or remove chaincodes, or show their logs',
    (command) =>
      withExamples(
        offers(withOptions(uses(command, 'json', 'yes', 'dryRun', 'verbose')), ACTIONS),
        ['fabric-wizard chaincode deploy ./basic', 'deploy a folder, or upgrade to what has changed in it'],
        ['fabric-wizard chaincode deploy', 'deploy all chaincodes of fabric-wizard.yaml'],
        [
          'fabric-wizard chaincode invoke basic transfer a b 10',
          'send a transaction, and wait for its block',
        ],
        ['fabric-wizard chaincode query basic get a', 'ask one peer'],
        ['fabric-wizard chaincode logs basic -f', 'follow what it prints on all peers'],
      ),
    (terminal, flags, words) => act(terminal, flags, words),
  );
}
