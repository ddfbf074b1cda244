/** The command `completion`: prints a script for a shell. */
import type { Command } from 'commander';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import { offers, uses, withExamples } from './command-help.ts';
import type { AddCommand } from './command-options.ts';
import { SHELLS, type Shell } from './completion/completion-model.ts';

export function addCompletionCommand(add: AddCommand, root: Command): void {
  add(
    'completion <shell>',
    'print a completion script for bash, zsh or fish',
    (command) =>
      withExamples(
        offers(uses(command), SHELLS),
        ['source <(fabric-wizard completion bash)', 'in ~/.bashrc'],
        ['fabric-wizard completion zsh > "$fpath[1]/_fabric-wizard"', 'once, for zsh'],
        ['fabric-wizard completion fish > ~/.config/fish/completions/fabric-wizard.fish', 'once, for fish'],
      ),
    async (_terminal, _flags, [name = '']) => {
      const shell = SHELLS.find((each) => each === name);
      if (shell === undefined) throw await unknownShell(name);
      const { writeToStdout } = await import('./terminal.ts');
      writeToStdout(await scriptFor(shell, root));
      return EXIT.done;
    },
  );
}

async function scriptFor(shell: Shell, root: Command): Promise<string> {
  const [{ completionModel }, { completionScript }] = await Promise.all([
    import('./completion/completion-model.ts'),
    import('./completion/completion-script.ts'),
  ]);
  return completionScript(shell, completionModel(root));
}

async function unknownShell(name: string): Promise<WizardFailure> {
  const { unknownName } = await import('./usage-errors.ts');
  const command = (shell: string) => `fabric-wizard completion ${shell}`;
  const message = { key: 'usage.unknown-shell', name, shells: SHELLS.join(', ') } as const;
  return new WizardFailure(unknownName(message, name, SHELLS, { command, others: SHELLS.map(command) }));
}
