/** The loop behind `rebuild --watch` and the dashboard's watch mode. */
import type { SourceTree } from '../pipeline/fabric/source-tree.ts';
import { type TreeChange, treeChange } from '../pipeline/fabric/tree-watch.ts';
import { isBuilt } from '../pipeline/images/fingerprint.ts';
import { folderFreed } from '../pipeline/journal/journal.ts';

/** How a rebuild ended. */
export type RebuildResult =
  /** Successful or not. `source` is the source as it was last read. */
  | { readonly kind: 'ended'; readonly source: SourceTree }
  /** Another process works in the folder. */
  | { readonly kind: 'locked' }
  /** It was cancelled, or there is no source to watch. */
  | { readonly kind: 'stopped' };

export interface RebuildOptions {
  readonly dir: string;
  readonly signal: AbortSignal;
  readonly rebuild: () => Promise<RebuildResult>;
  readonly onChange: (change: TreeChange) => void;
  /** Called each time the loop starts to wait for a change of the source. */
  readonly onWait?: (source: SourceTree) => void;
}

/**
 * Rebuilds now and after every change of the source. A failed rebuild waits for a change, so that it does not
 * fail again at once; a rebuild that found the folder locked waits for the lock instead.
 * @returns when a rebuild is `stopped`
 * @throws CancelledError when the signal fires while the loop waits
 */
export async function rebuildOnChange(options: RebuildOptions): Promise<void> {
  const { dir, signal, rebuild, onChange, onWait } = options;
  for (;;) {
    const result = await rebuild();
    if (result.kind === 'stopped') return;
    if (result.kind === 'locked') await folderFreed(dir, signal);
    else {
      const { source } = result;
      onChange(await treeChange(source, { keep: isBuilt, signal, onWait: () => onWait?.(source) }));
    }
  }
}
