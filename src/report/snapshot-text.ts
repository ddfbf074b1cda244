/** Texts of the snapshot commands. */
import { formatBytes, formatSeconds } from './quantities.ts';
import type { Style } from './style.ts';
import { titled } from './tables.ts';

/** A snapshot or a replaced network, for `snapshot list`. What is not known is absent. */
export interface SnapshotRow {
  readonly name: string;
  readonly kind: 'snapshot' | 'replaced';
  readonly instance: string;
  /** Milliseconds since the epoch. */
  readonly at: number | undefined;
  readonly bytes: number | undefined;
  readonly version: string | undefined;
  readonly channels: readonly { readonly name: string; readonly height: number | undefined }[];
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** `2026-11-29 14:05`, in the time zone of this machine. */
function timeText(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

type Heights = Readonly<Record<string, number>>;

function heightsText(heights: Heights, { t }: Style): string {
  return Object.entries(heights)
    .map(([channel, height]) => t('snapshot.height', { channel, height }))
    .join(', ');
}

function channelsText(channels: SnapshotRow['channels'], { t }: Style): string {
  return channels
    .map(({ name, height }) =>
      height === undefined ? name : t('snapshot.height', { channel: name, height }),
    )
    .join(', ');
}

export function renderSaved(
  name: string,
  { bytes, heights }: { readonly bytes: number; readonly heights: Heights },
  pausedSeconds: number,
  style: Style,
): string {
  const { t, good, symbol, dim } = style;
  const done = t('snapshot.saved', { name, size: formatBytes(bytes), time: formatSeconds(pausedSeconds) });
  const channels = heightsText(heights, style);
  return `${good(symbol.good)} ${done}${channels === '' ? '' : dim(` ${symbol.dot} ${channels}`)}`;
}

export function renderRestored(
  restored: {
    readonly name: string;
    readonly heights: Heights;
    readonly seconds: number;
    readonly replaced: { readonly instance: string; readonly ledgers: number } | undefined;
    /** Folder of the replaced network; absent if it was removed. */
    readonly keptIn: string | undefined;
  },
  style: Style,
): string[] {
  const { name, heights, seconds, replaced, keptIn } = restored;
  const { t, good, symbol, dim } = style;
  const channels = heightsText(heights, style);
  const done = t('snapshot.restored', { name, time: formatSeconds(seconds) });
  const instance = replaced?.instance ?? '';
  return [
    `${good(symbol.good)} ${done}${channels === '' ? '' : dim(` ${symbol.dot} ${channels}`)}`,
    ...(replaced === undefined
      ? []
      : keptIn === undefined
        ? [t('snapshot.discarded', { instance })]
        : [t('snapshot.kept', { instance, count: replaced.ledgers, folder: keptIn })]),
  ];
}

export function renderSnapshots(
  rows: readonly SnapshotRow[],
  style: Style,
  columns: number | undefined,
): string {
  const { t, dim } = style;
  if (rows.length === 0) return t('snapshot.none');
  const header = (['name', 'saved', 'size', 'release', 'channels'] as const).map((key) =>
    t(`snapshot.column-${key}`),
  );
  const cells = rows.map((row) => [
    row.name,
    row.at === undefined ? dim(t('snapshot.replaced')) : timeText(row.at),
    row.bytes === undefined ? '' : formatBytes(row.bytes),
    row.version ?? '',
    channelsText(row.channels, style),
  ]);
  return titled(style, header, cells, columns);
}
