/** `rebuild --watch`: a rebuild after every change of the source, until Ctrl-C. */

import { CancelledError, EXIT, type StageFailure, toFailure } from '../pipeline/core/failure.ts';
import type { SourceTree } from '../pipeline/fabric/source-tree.ts';
import { treeChange } from '../pipeline/fabric/tree-watch.ts';
import { isBuilt } from '../pipeline/images/fingerprint.ts';
import { folderFreed } from '../pipeline/journal/journal.ts';
import { type RunRequest, runCommand } from './run.ts';
import { cancelOnSignals, showFailure, styleFor, type Terminal, writeToStderr } from './terminal.ts';

interface Attempt {
  readonly exitCode: number;
  /** What kept the run from beginning. */
  readonly hindrance?: StageFailure;
}

/** A run that failed before it knew its source is worth trying again. */
async function attempt(run: () => Promise<number>, terminal: Terminal): Promise<Attempt> {
  try {
    return { exitCode: await run() };
  } catch (error) {
    if (error instanceof CancelledError) return { exitCode: EXIT.cancelled };
    const hindrance = toFailure(error);
    return { exitCode: showFailure(terminal, hindrance), hindrance };
  }
}

/** Says so once, and gives back what the source has become. @throws CancelledError */
async function nextTree(known: SourceTree, terminal: Terminal, signal: AbortSignal): Promise<SourceTree> {
  const { t } = styleFor(terminal, process.stderr);
  let said = false;
  const onWait = () => {
    if (!said) writeToStderr(t('notice.watching', { dir: known.dir }));
    said = true;
  };
  const { tree, paths } = await treeChange(known, { keep: isBuilt, signal, onWait });
  writeToStderr(`\n${t('notice.changed', { files: paths })}`);
  return tree;
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
  // From first to last: a Ctrl-C that comes as a run ends is meant for the watching.
  const { signal, dispose } = cancelOnSignals();
  try {
    for (let force = request.force; ; force = false) {
      const { exitCode, hindrance } = await attempt(
        () => runCommand(terminal, flags, { ...request, force, onSource }),
        terminal,
      );
      // Nothing to watch, or nobody who wants it.
      if (tree === undefined || exitCode === EXIT.cancelled) return exitCode;
      // The change is still to be built: `smoke` or `up` in another terminal has its turn first.
      if (hindrance?.kind === 'locked') await folderFreed(terminal.dir, signal);
      // What kept this run from beginning must not begin the next one: that would go on for ever.
      else tree = await nextTree(tree, terminal, signal);
    }
  } catch (error) {
    // How watching ends well.
    if (error instanceof CancelledError) return EXIT.done;
    throw error;
  } finally {
    dispose();
  }
}
