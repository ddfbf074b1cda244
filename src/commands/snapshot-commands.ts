/** The `snapshot` command with its actions. `snapshot.ts` is only loaded when one runs. */
import { uses, withExamples } from './command-help.ts';
import type { AddActions } from './command-options.ts';

export function addSnapshotCommands(add: AddActions): void {
  add(
    'snapshot',
    'save, restore, list or remove snapshots of the network: ledgers, certificates, chaincode',
    [
      {
        usage: 'save <name>',
        about: 'save the network under a name; its nodes pause while it is copied',
        define: (command) =>
          withExamples(uses(command, 'json', 'dryRun'), [
            'fabric-wizard snapshot save before-upgrade',
            'save the network as it is now',
          ]),
        act: async (terminal, _flags, [name]) => (await import('./snapshot.ts')).save(terminal, name),
      },
      {
        usage: 'restore <name>',
        about: 'replace the network with a snapshot; the network that is replaced is kept',
        define: (command) =>
          withExamples(
            uses(command, 'json', 'yes', 'dryRun').option(
              '--discard',
              'remove the network that is replaced instead of keeping it',
            ),
            ['fabric-wizard snapshot restore before-upgrade', 'return to the snapshot'],
          ),
        act: async (terminal, flags, [name]) =>
          (await import('./snapshot.ts')).restore(terminal, name, { discard: flags.discard === true }),
      },
      {
        usage: 'list',
        about: 'list what can be restored: snapshots and replaced networks',
        define: (command) =>
          withExamples(uses(command, 'json'), ['fabric-wizard snapshot list', 'what can be restored']),
        act: async (terminal) => (await import('./snapshot.ts')).list(terminal),
      },
      {
        usage: 'remove <name>',
        about: 'remove a snapshot or a replaced network',
        define: (command) =>
          withExamples(uses(command, 'json', 'yes', 'dryRun'), [
            'fabric-wizard snapshot remove before-upgrade',
            'remove the snapshot for good',
          ]),
        act: async (terminal, _flags, [name]) => (await import('./snapshot.ts')).remove(terminal, name),
      },
    ],
  );
}
