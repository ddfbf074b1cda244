/** The `add` command. `add.ts` is only loaded when it runs. */
import { ADDITIONS } from '../pipeline/network/members.ts';
import { offers, uses, withExamples } from './command-help.ts';
import { type AddCommand, text, withPreflight } from './command-options.ts';

export function addAddCommand(add: AddCommand): void {
  add(
    'add <what> [name]',
    'add a peer, an organisation or a channel to the running network, and prove it; ledgers and certificates stay',
    (command) =>
      withExamples(
        offers(
          uses(withPreflight(command), 'json', 'yes', 'dryRun', 'verbose').option(
            '--peers <N>',
            'org: number of its peers (default: 1)',
          ),
          ADDITIONS,
        ),
        ['fabric-wizard add peer org2', 'one more peer of Org2; without a name, of the first organisation'],
        ['fabric-wizard add org --peers 2', 'the next organisation, in every channel'],
        ['fabric-wizard add channel orders', 'a channel that all peers join'],
      ),
    async (terminal, flags, [what = '', name]) =>
      (await import('./add.ts')).add(terminal, flags, { what, name, peers: text(flags, 'peers') }),
  );
}
