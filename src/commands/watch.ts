/** `rebuild --watch`: a rebuild after every change of the source, until Ctrl-C. */
import type { SourceTree } from '../pipeline/fabric/source-tree.ts';
import { changedPaths } from '../pipeline/host/tree-watch.ts';
import { isBuilt } from '../pipeline/images/fingerprint.ts';
import { CancelledError, EXIT, toFailure } from '../pipeline/run/failure.ts';
import { type RunRequest, runCommand } from './run.ts';
import { cancelOnSignals, sayToStderr, showFailure, type Terminal } from './terminal.ts';

/** What a run that failed before it knew its source is worth trying again for. */
async function rebuilt(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  request: RunRequest,
  onSource: (tree: SourceTree) => void,
): Promise<number> {
  try {
    return await runCommand(terminal, flags, { ...request, onSource });
  } catch (error) {
    if (error instanceof CancelledError) return EXIT.cancelled;
    return showFailure(terminal, toFailure(error));
  }
}

export async function watch(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  request: RunRequest,
): Promise<number> {
  let tree: SourceTree | undefined;
  const onSource = (seen: SourceTree) => {
    tree = seen;
  };
  for (let force = request.force; ; force = false) {
    const exitCode = await rebuilt(terminal, flags, { ...request, force }, onSource);
    // Nothing to watch, or nobody who wants it.
    if (tree === undefined || exitCode === EXIT.cancelled) return exitCode;
    sayToStderr(`watching ${tree.dir}; Ctrl-C ends`);
    const cancel = cancelOnSignals();
    try {
      const paths = await changedPaths(tree, isBuilt, cancel.signal);
      const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
      sayToStderr(`\nchanged: ${paths.slice(0, 3).join(', ')}${more}`);
    } catch (error) {
      // How watching ends well.
      if (error instanceof CancelledError) return EXIT.done;
      throw error;
    } finally {
      cancel.dispose();
    }
  }
}
