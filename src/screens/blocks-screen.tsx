/** Blocks of a channel as they come, with the key that shows one decoded. */
import { useEffect } from 'react';
import { blockDetail, blockHeader, blockLines } from '../report/block-text.ts';
import { wrapToWidth } from '../report/terminal-text.ts';
import { minBodyRows } from '../ui/frame-size.ts';
import type { Binding } from '../ui/keys.ts';
import { Lines } from '../ui/lines.tsx';
import { MOVING_KEYS, moved } from '../ui/list-window.ts';
import { type Size, type Theme, useSize, useTheme } from '../ui/theme.tsx';
import { AppFrame } from './app-frame.tsx';
import type { BlocksState } from './blocks-state.ts';
import { unless } from './unavailable.ts';
import { useApp, useAppState, useNavigation } from './use-app.ts';

/** Index of the selected block: the newest one if the user follows. */
export function chosenBlock({ blocks, selected }: BlocksState): number {
  const index = blocks.findIndex(({ number }) => number === selected);
  return index >= 0 ? index : blocks.length - 1;
}

/** At most `rows` lines. The selected block is always among them, and the newest one if it is followed. */
export function blocksView(
  state: BlocksState | undefined,
  { columns, rows, theme }: Size & { readonly theme: Theme },
): readonly string[] {
  const { style, t } = theme;
  if (!state || state.blocks.length === 0) {
    const text = state?.problem ?? t(state === undefined || state.loading ? 'blocks.reading' : 'blocks.none');
    return wrapToWidth(text, columns, '').map(state?.problem === undefined ? style.dim : style.bad);
  }
  const problem = state.problem === undefined ? [] : wrapToWidth(state.problem, columns, '').map(style.bad);
  const chosen = chosenBlock(state);
  const lines = state.blocks.flatMap((block, index) =>
    blockLines(block, columns - 2, style).map((line, part) => ({
      line: index === chosen && part === 0 ? `${style.strong(style.symbol.pointer)} ${line}` : `  ${line}`,
      index,
    })),
  );
  const room = Math.max(1, rows - 1 - problem.length);
  const first = lines.findIndex(({ index }) => index === chosen);
  // As far down as possible while the selected block stays in view.
  const end =
    state.selected === undefined ? lines.length : Math.min(lines.length, first + Math.ceil(room / 2) + 1);
  const from = Math.max(0, Math.min(end, lines.length) - room);
  const shown = lines.slice(from, from + room).map(({ line }) => line);
  return [`  ${blockHeader(columns - 2, style)}`, ...shown, ...problem];
}

export function BlocksScreen() {
  const theme = useTheme();
  const { t, style } = theme;
  const size = useSize();
  const app = useApp();
  const { back, push } = useNavigation();
  const state = useAppState((all) => all.blocks);
  useEffect(() => {
    app.watchBlocks();
    return () => app.closeBlocks();
  }, [app]);

  const blocks = state?.blocks ?? [];
  const chosen = state ? chosenBlock(state) : -1;
  const block = blocks[chosen];
  const isFollowing = state?.selected === undefined;
  const select = (number: number | undefined) =>
    app.store.updateNow((all) => {
      if (!all.blocks) return all;
      const { selected: _, ...rest } = all.blocks;
      return { ...all, blocks: number === undefined ? rest : { ...rest, selected: number } };
    });
  const move: Binding['act'] = ({ name }) => {
    const next = moved(chosen, name, blocks.length, Math.max(1, minBodyRows(size) - 2));
    if (next === 0) app.loadOlderBlocks();
    select(next === blocks.length - 1 ? undefined : blocks[next]?.number);
  };
  const channels = state?.channels ?? [];
  const nextChannel = channels[(channels.indexOf(state?.channel ?? '') + 1) % channels.length];
  const unread = unless(block ? undefined : t('why.no-block'));
  const bindings: readonly Binding[] = [
    {
      keys: ['enter'],
      label: t('key.block'),
      ...unread,
      act: () =>
        block &&
        push({
          id: 'text',
          title: t('block.title', { number: block.number, channel: state?.channel ?? '' }),
          lines: (columns) => blockDetail(block, columns, style),
        }),
    },
    {
      keys: [' '],
      label: t(isFollowing ? 'key.hold' : 'key.follow'),
      ...unread,
      act: () => select(isFollowing ? block?.number : undefined),
    },
    { keys: MOVING_KEYS, listed: t('key.move'), act: move },
    {
      keys: ['tab'],
      label: t('key.next-channel'),
      ...unless(channels.length > 1 ? undefined : t('why.one-channel')),
      act: () => app.watchBlocks(nextChannel),
    },
    { keys: ['escape'], label: t('key.back'), act: back },
  ];
  return (
    <AppFrame title={t('blocks.title', { channel: state?.channel ?? '' }).trim()} bindings={bindings}>
      {(body) => <Lines lines={blocksView(state, { ...body, theme })} />}
    </AppFrame>
  );
}
