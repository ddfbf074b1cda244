/** The `add` command with its actions. `add.ts` is only loaded when one runs. */
import { uses, withExamples } from './command-help.ts';
import { type Action, type AddActions, text, withHooks, withPreflight } from './command-options.ts';

interface Addition extends Pick<Action, 'usage' | 'about'> {
  readonly what: 'peer' | 'org' | 'channel';
  readonly examples: readonly (readonly [command: string, about: string])[];
}

function addition({ what, examples, ...words }: Addition): Action {
  return {
    ...words,
    define: (command) => {
      uses(withHooks(withPreflight(command)), 'json', 'yes', 'dryRun', 'verbose');
      if (what === 'org') command.option('--peers <N>', 'number of its peers (default: 1)');
      return withExamples(command, ...examples);
    },
    act: async (terminal, flags, [name]) =>
      (await import('./add.ts')).add(terminal, flags, { what, name, peers: text(flags, 'peers') }),
  };
}

export function addAddCommand(add: AddActions): void {
  add(
    'add',
    'add a peer, an organisation or a channel to the running network, and prove it; ledgers and certificates stay',
    [
      addition({
        what: 'peer',
        usage: 'peer [org]',
        about: 'add a peer to an organisation (default: the first one); it joins every channel',
        examples: [
          ['fabric-wizard add peer', 'one more peer of the first organisation'],
          ['fabric-wizard add peer org2', 'one more peer of Org2'],
        ],
      }),
      addition({
        what: 'org',
        usage: 'org [name]',
        about: 'add the next organisation to every channel, with its peers',
        examples: [['fabric-wizard add org --peers 2', 'the next organisation, with two peers']],
      }),
      addition({
        what: 'channel',
        usage: 'channel <name>',
        about: 'create a channel that all peers join',
        examples: [['fabric-wizard add channel orders', 'a channel named orders']],
      }),
    ],
  );
}
