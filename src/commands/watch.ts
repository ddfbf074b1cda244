/** `rebuild --watch`: rebuilds after every change of the source, until Ctrl-C. */

import { CancelledError, EXIT, type StageFailure, toFailure } from '../pipeline/core/failure.ts';
import type { SourceTree } from '../pipeline/fabric/source-tree.ts';
import { type RunCommandOptions, runCommand } from './run.ts';
import { showFailure } from './show-failure.ts';
import { cancelOnSignals, styleFor, type Terminal, writeToStderr } from './terminal.ts';
import { rebuildOnChange } from './watch-loop.ts';

interface Attempt {
  readonly exitCode: number;
  /** Why the run did not start. */
  readonly failure?: StageFailure;
}

/** Runs once and reports a failure instead of throwing it: the next attempt may succeed. */
async function attempt(run: () => Promise<number>, terminal: Terminal): Promise<Attempt> {
  try {
    return { exitCode: await run() };
  } catch (error) {
    if (error instanceof CancelledError) return { exitCode: EXIT.cancelled };
    const failure = toFailure(error);
    return { exitCode: showFailure(terminal, failure), failure };
  }
}

export async function watch(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  request: RunCommandOptions,
): Promise<number> {
  const { t } = styleFor(terminal, process.stderr);
  let exitCode: number = EXIT.done;
  let source: SourceTree | undefined;
  let force = request.force;
  let announced: SourceTree | undefined;
  const onSource = (tree: SourceTree) => {
    source = tree;
  };
  // Registered once for all runs: Ctrl-C between two runs must end the watching.
  const { signal, dispose } = cancelOnSignals();
  try {
    await rebuildOnChange({
      dir: terminal.dir,
      signal,
      rebuild: async () => {
        const run = () => runCommand(terminal, flags, { ...request, force, onSource });
        const result = await attempt(run, terminal);
        force = false;
        exitCode = result.exitCode;
        if (source === undefined || exitCode === EXIT.cancelled) return { kind: 'stopped' };
        return result.failure?.kind === 'locked' ? { kind: 'locked' } : { kind: 'ended', source };
      },
      onWait: (tree) => {
        if (announced !== tree) writeToStderr(t('notice.watching', { dir: tree.dir }));
        announced = tree;
      },
      onChange: ({ tree, paths }) => {
        source = tree;
        writeToStderr(`\n${t('notice.changed', { files: paths })}`);
      },
    });
    return exitCode;
  } catch (error) {
    // Ctrl-C is the normal end of watching.
    if (error instanceof CancelledError) return EXIT.done;
    throw error;
  } finally {
    dispose();
  }
}
