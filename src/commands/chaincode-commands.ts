/** The `chaincode` command with its actions. `chaincode.ts` is only loaded when one runs. */
import type { Command } from 'commander';
import { uses, withExamples } from './command-help.ts';
import { type Action, type AddActions, type Flags, text, valued } from './command-options.ts';

/** Returns the value of an option; false for its opposite, `--no-NAME`. */
function textOrOff(flags: Flags, name: string): string | false | undefined {
  return flags[name] === false ? false : text(flags, name);
}

/** `--dev` is another name for `--service`. */
function serviceOf(flags: Flags): string | boolean | undefined {
  const name = flags.service === undefined ? 'dev' : 'service';
  return flags[name] === true ? true : textOrOff(flags, name);
}

const runDeploy: Action['act'] = async (terminal, flags, words) => {
  // The choice `channel` is about the network. Here the flag is about the chaincode.
  const { channel: _, ...choices } = flags;
  return (await import('./chaincode-deploy.ts')).deploy(terminal, choices, words, {
    name: text(flags, 'name'),
    language: text(flags, 'language'),
    channel: text(flags, 'channel'),
    init: textOrOff(flags, 'init'),
    policy: textOrOff(flags, 'policy'),
    collections: textOrOff(flags, 'collections'),
    service: serviceOf(flags),
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

const deploy: Action = {
  usage: 'deploy [path]',
  about:
    'deploy the chaincode of a folder, or upgrade it with the options of its last deployment; without a folder, all of fabric-wizard.yaml',
  define: (command) =>
    withExamples(
      uses(command, 'json', 'yes', 'dryRun', 'verbose')
        .option('--name <NAME>', "name of the chaincode (default: the folder's)")
        .addOption(valued('--language <go|node|java>', 'language (default: by the files of the folder)'))
        .option('--channel <NAME,…>', 'channels (default: all)')
        .option('--init <JSON>', 'arguments of Init, as a JSON array of strings: \'["init","a","100"]\'')
        .option('--no-init', 'opposite of --init')
        .option('--policy <POLICY>', "endorsement policy: an expression such as OR('Org1MSP.member')")
        .option('--no-policy', 'opposite of --policy: the default policy')
        .option('--collections <FILE>', 'JSON file with private data collections')
        .option('--no-collections', 'opposite of --collections')
        .option(
          '--service [HOST:PORT]',
          'run it as a service: in a container, or in your own process at an address',
        )
        .option('--dev [HOST:PORT]', 'the same as --service; for 1.x, which has no chaincode as a service')
        .option('--no-service', 'opposite of --service: peers build and run it')
        .option(
          '-w, --watch',
          'with --service: restart the process on every change of its files until Ctrl-C',
        )
        .option('--fresh', 'let peers compile it even if the same builder image has compiled it earlier')
        .option('--no-preflight', 'deploy even if this machine is not ready for it'),
      ['fabric-wizard chaincode deploy ./basic', 'deploy a folder, or upgrade to what has changed in it'],
      ['fabric-wizard chaincode deploy', 'deploy all chaincodes of fabric-wizard.yaml'],
      [
        'fabric-wizard chaincode deploy ./basic --service --watch',
        'run it as a service, and restart it when a file changes',
      ],
      ['fabric-wizard chaincode deploy ./basic --dev --watch', 'the same on Fabric 1.x'],
    ),
  act: runDeploy,
};

/** Options of both kinds of calls. */
function withCallOptions(command: Command, ...peer: readonly [flag: string, about: string]): Command {
  return command
    .option('--channel <NAME>', 'channel (default: the first one that has the chaincode)')
    .option(...peer)
    .option('--org <NAME>', 'organisation whose admin calls (default: the first one)')
    .option('--transient <JSON>', 'private data for the call, as a JSON object of strings');
}

const invoke: Action = {
  usage: 'invoke <name> <function> [arguments...]',
  about: 'send a transaction, and wait for its block',
  define: (command) =>
    withExamples(
      withCallOptions(
        uses(command, 'json', 'dryRun'),
        '--peer <NAME,…>',
        'peers that endorse (default: the first one of each organisation)',
      ),
      ['fabric-wizard chaincode invoke basic transfer a b 10', 'call transfer with three arguments'],
    ),
  act: async (terminal, flags, words) =>
    (await import('./chaincode.ts')).invoke(terminal, words, callFlags(flags)),
};

const query: Action = {
  usage: 'query <name> <function> [arguments...]',
  about: 'ask one peer; nothing is written to the ledger',
  define: (command) =>
    withExamples(
      withCallOptions(uses(command, 'json'), '--peer <NAME>', 'peer to ask (default: the first one)'),
      ['fabric-wizard chaincode query basic get a', 'call get with one argument'],
    ),
  act: async (terminal, flags, words) =>
    (await import('./chaincode.ts')).query(terminal, words, callFlags(flags)),
};

const list: Action = {
  usage: 'list',
  about: 'list the chaincodes of the network, and those of fabric-wizard.yaml',
  define: (command) =>
    withExamples(uses(command, 'json'), [
      'fabric-wizard chaincode list',
      'names, versions, channels and states',
    ]),
  act: async (terminal) => (await import('./chaincode-list.ts')).list(terminal),
};

const logs: Action = {
  usage: 'logs <name>',
  about: 'show what a chaincode prints on all peers',
  define: (command) =>
    withExamples(
      uses(command, 'json')
        .option('-f, --follow', 'follow the output')
        .option('-n, --tail <N|all>', 'number of lines of each peer (default: 100)')
        .option('--since <TIME>', 'only newer lines: a duration such as 10m, or a date and time'),
      ['fabric-wizard chaincode logs basic -f', 'follow what it prints on all peers'],
    ),
  act: async (terminal, flags, [name]) =>
    (await import('./chaincode.ts')).logs(terminal, name, {
      command: ['fabric-wizard chaincode logs', name ?? 'NAME'].join(' '),
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
};

const remove: Action = {
  usage: 'remove <name>',
  about: 'remove the containers and images of a chaincode; its definition stays on the channel',
  define: (command) =>
    withExamples(uses(command, 'json', 'yes', 'dryRun'), [
      'fabric-wizard chaincode remove basic --dry-run',
      'list what would be removed',
    ]),
  act: async (terminal, _flags, [name]) => (await import('./chaincode.ts')).remove(terminal, name),
};

export function addChaincodeCommands(add: AddActions): void {
  add('chaincode', 'deploy, invoke, query, list or remove chaincodes, or show their logs', [
    deploy,
    invoke,
    query,
    list,
    logs,
    remove,
  ]);
}
