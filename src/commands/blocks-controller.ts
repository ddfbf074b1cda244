/** Keeps the blocks of one channel in the app's state while their screen is open. */
import { toFailure } from '../pipeline/core/failure.ts';
import { readBlocks } from '../pipeline/network/block-reader.ts';
import type { DecodedBlock } from '../pipeline/network/block-summary.ts';
import { describeFailure } from '../report/failure-text.ts';
import type { BlocksState } from '../screens/blocks-state.ts';
import type { Theme } from '../ui/theme.tsx';
import type { AppStore } from './app-store.ts';
import { followBlocks, type OpenChannel } from './block-feed.ts';

/** Blocks to begin with, and to read at once when the user goes further back. */
const PAGE = 20;
/** Limit for the blocks in memory. */
const MAX_BLOCKS = 400;

/** Adds blocks to those before them; blocks of another ledger replace them. */
function withNewer(known: readonly DecodedBlock[], newer: readonly DecodedBlock[]): readonly DecodedBlock[] {
  const last = known.at(-1)?.number;
  const follows = last !== undefined && newer[0]?.number === last + 1;
  return (follows ? [...known, ...newer] : newer).slice(-MAX_BLOCKS);
}

export class BlocksController {
  readonly #open: (channel: string | undefined) => Promise<OpenChannel>;
  readonly #app: AppStore;
  readonly #theme: Theme;
  #watch: AbortController | undefined;
  #opened: OpenChannel | undefined;
  #isLoadingOlder = false;

  /** @param options `open` finds a channel; see `openChannel` */
  constructor(options: {
    readonly open: (channel: string | undefined) => Promise<OpenChannel>;
    readonly app: AppStore;
    readonly theme: Theme;
  }) {
    this.#open = options.open;
    this.#app = options.app;
    this.#theme = options.theme;
  }

  /** Follows a channel, by default the one that was followed last. Replaces the channel that is followed. */
  watch(name: string | undefined): void {
    this.close();
    const known = this.#app.state.blocks;
    const channel = name ?? known?.channel;
    const same = known !== undefined && known.channel === channel ? known : undefined;
    const blocks = same?.blocks ?? [];
    this.#update({
      channel: channel ?? '',
      channels: known?.channels ?? [],
      blocks,
      loading: true,
      ...(same?.selected === undefined ? {} : { selected: same.selected }),
    });
    const abort = new AbortController();
    this.#watch = abort;
    void this.#follow(channel, blocks.at(-1)?.number, abort.signal);
  }

  close(): void {
    this.#watch?.abort();
    this.#watch = undefined;
    this.#opened = undefined;
  }

  /** Reads the blocks before the first one that is known. */
  loadOlder(): void {
    const { blocks } = this.#app.state.blocks ?? {};
    const to = blocks?.[0]?.number ?? 0;
    const [watch, opened] = [this.#watch, this.#opened];
    if (to === 0 || !watch || !opened || this.#isLoadingOlder) return;
    this.#isLoadingOlder = true;
    const range = { from: Math.max(0, to - PAGE), to };
    void this.#app
      .attempt(async () => {
        const older = await readBlocks(opened.network, opened.place, range, watch.signal);
        this.#change((state) =>
          state.blocks[0]?.number === to ? { ...state, blocks: [...older, ...state.blocks] } : state,
        );
      })
      .finally(() => {
        this.#isLoadingOlder = false;
      });
  }

  async #follow(channel: string | undefined, last: number | undefined, signal: AbortSignal): Promise<void> {
    const open = async () => {
      const opened = await this.#open(channel);
      if (!signal.aborted) this.#opened = opened;
      const { place, channels } = opened;
      this.#change((state) => ({ ...state, channel: place.channel, channels }), signal);
      return opened;
    };
    const onFailure = (error: unknown) => {
      const problem = describeFailure(toFailure(error), this.#theme).title;
      this.#change((state) => ({ ...state, loading: false, problem }), signal);
    };
    const from = last === undefined ? undefined : last + 1;
    for await (const found of followBlocks({ open, last: PAGE, from, onFailure, signal }))
      this.#change(
        ({ problem: _, ...state }) => ({
          ...state,
          loading: false,
          blocks: withNewer(state.blocks, found),
        }),
        signal,
      );
  }

  #update(blocks: BlocksState): void {
    this.#app.update((state) => ({ ...state, blocks }));
  }

  #change(change: (state: BlocksState) => BlocksState, signal?: AbortSignal): void {
    if (signal?.aborted) return;
    this.#app.update((state) => (state.blocks ? { ...state, blocks: change(state.blocks) } : state));
  }
}
