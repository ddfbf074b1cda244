/** PURE: names files that are missing or damaged. */
import type { Phrase } from '../core/phrase.ts';

/** @param paths of at least one file */
export function filesLost(paths: readonly string[]): Phrase {
  const [path = '', ...others] = paths;
  if (others.length === 0) return { key: 'change.file-lost', path };
  return { key: 'change.files-lost', path, count: others.length };
}
