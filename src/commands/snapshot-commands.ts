/** The `snapshot` command with its actions. */
import { offers, uses, withExamples } from './command-help.ts';
import type { AddCommand, Flags } from './command-options.ts';
import type { Terminal } from './terminal.ts';

/** The actions. `snapshot.ts` is only loaded when one runs. */
const ACTIONS = ['save', 'restore', 'list', 'remove'] as const;

type Act = (terminal: Terminal, name: string | undefined, flags: Flags) => Promise<number>;

const ACTS: Readonly<Record<(typeof ACTIONS)[number], Act>> = {
  save: async (terminal, name) => (await import('./snapshot.ts')).save(terminal, name),
  restore: async (terminal, name, flags) =>
    (await import('./snapshot.ts')).restore(terminal, name, { discard: flags.discard === true }),
  list: async (terminal) => (await import('./snapshot.ts')).list(terminal),
  remove: async (terminal, name) => (await import('./snapshot.ts')).remove(terminal, name),
};

function isAction(word: string): word is keyof typeof ACTS {
  return ACTIONS.some((action) => action === word);
}

async function unknownAction(name: string): Promise<never> {
  const [{ WizardFailure }, { unknownName }] = await Promise.all([
    import('../pipeline/core/failure.ts'),
    import('./usage-errors.ts'),
  ]);
  const command = (each: string) => `fabric-wizard snapshot ${each}`;
  throw new WizardFailure(
    unknownName({ key: 'usage.unknown-action', name, actions: ACTIONS.join(', ') }, name, ACTIONS, {
      command,
      others: ['list', 'save NAME'].map(command),
    }),
  );
}

export function addSnapshotCommands(add: AddCommand): void {
  add(
    'snapshot <action> [name]',
    'save, restore, list or remove snapshots of the network: ledgers, certificates, chaincode',
    (command) =>
      withExamples(
        offers(
          uses(command, 'json', 'yes', 'dryRun').option(
            '--discard',
            'restore: remove the network that is replaced instead of keeping it',
          ),
          ACTIONS,
        ),
        [
          'fabric-wizard snapshot save before-upgrade',
          'save the network; its nodes pause while it is copied',
        ],
        ['fabric-wizard snapshot restore before-upgrade', 'return to it; the network in place is kept'],
        ['fabric-wizard snapshot list', 'what can be restored'],
      ),
    async (terminal, flags, [action = '', name]) =>
      isAction(action) ? ACTS[action](terminal, name, flags) : unknownAction(action),
  );
}
