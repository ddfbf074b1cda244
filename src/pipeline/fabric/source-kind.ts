/** Distinguishes kinds of sources by their release, for measured times. */
import type { BuildSettings } from './build-settings.ts';
import type { FabricSource } from './source.ts';

/**
 * Returns the key that separates ledgers, certificates and timings: the release, or the practice source of its shape.
 */
export function sourceKind({
  settings,
  source,
}: {
  readonly settings: BuildSettings;
  readonly source: Pick<FabricSource, 'practice'>;
}): string {
  return `${settings.release.id}${source.practice ? '-practice' : ''}`;
}
