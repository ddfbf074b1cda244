/** Runs a command: its failure is shown, and nothing that it leaves open keeps the process alive. */
import { CancelledError, toFailure } from '../pipeline/core/failure.ts';
import { orStalled } from '../pipeline/core/stall.ts';
import type { Terminal } from './terminal.ts';

/** Time limit for handles that are still open when a command has ended. */
const EXIT_MS = 1000;

/**
 * Keeps requests to the engine that were abandoned (a check that timed out, an engine that hangs) from keeping the
 * process alive. dockerode sends them through Node's global agents.
 */
async function unrefEngineSockets(): Promise<void> {
  const [http, https] = await Promise.all([import('node:http'), import('node:https')]);
  for (const { sockets } of [http.globalAgent, https.globalAgent])
    for (const socket of Object.values(sockets).flat()) socket?.unref();
}

/** Runs a command and shows the failure that it throws. @returns the exit code */
export async function guarded(terminal: Terminal, act: () => Promise<number>): Promise<number> {
  try {
    return await orStalled(act);
  } catch (error) {
    // Not loaded before: a command that ends well does not need the texts of failures.
    const { showCancelled, showFailure } = await import('./show-failure.ts');
    if (error instanceof CancelledError) return showCancelled(terminal);
    const { withNetworkAbove } = await import('./network-above.ts');
    const { withSameCommand } = await import('./same-command.ts');
    const words = process.argv.slice(2);
    const failure = await withNetworkAbove(terminal, toFailure(error), words);
    return showFailure(terminal, withSameCommand(failure, terminal.dir, words));
  } finally {
    await unrefEngineSockets();
    // The exit must stay: child processes of checks that timed out, and connections outside the global agents
    // (exec streams, ssh), cannot be closed from here and would delay the end by their own time limits.
    setTimeout(() => process.exit(), EXIT_MS).unref();
  }
}
