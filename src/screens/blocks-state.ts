/** State of the screen with the blocks of a channel. */
import type { DecodedBlock } from '../pipeline/network/block-summary.ts';

export interface BlocksState {
  /** Empty until it is known. */
  readonly channel: string;
  readonly channels: readonly string[];
  /** In order, without gaps; the newest last. */
  readonly blocks: readonly DecodedBlock[];
  /** The first blocks are being read. */
  readonly loading: boolean;
  /** Why no block can be read at the moment. */
  readonly problem?: string;
  /** Number of the selected block; the newest one is selected without it. */
  readonly selected?: number;
}
