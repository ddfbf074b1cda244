/** Texts of the snapshot commands. */
import { localMinute } from './local-time.ts';
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

type Heights = Readonly<Record<string, number>>;

function channelsText(channels: SnapshotRow['channels'], { t }: Style): string {
  return channels
    .map(({ name, height }) =>
      height === undefined ? name : t('snapshot.height', { channel: name, height }),
    )
    .join(', ');
}

function withHeights(heights: Heights, style: Style): string {
  const channels = Object.entries(heights).map(([name, height]) => ({ name, height }));
  if (channels.length === 0) return '';
  return style.dim(` ${style.symbol.dot} ${channelsText(channels, style)}`);
}

export function renderSaved(
  name: string,
  { bytes, heights }: { readonly bytes: number; readonly heights: Heights },
  pausedSeconds: number,
  style: Style,
): string {
  const { t, good, symbol } = style;
  const done = t('snapshot.saved', { name, size: formatBytes(bytes), time: formatSeconds(pausedSeconds) });
  return `${good(symbol.good)} ${done}${withHeights(heights, style)}`;
}

/** @param keptIn folder of its files; undefined if it will be removed */
export function renderReplaced(
  { instance, ledgers }: { readonly instance: string; readonly ledgers: number },
  keptIn: string | undefined,
  { t, command }: Style,
): string[] {
  if (keptIn === undefined) return [t('snapshot.discarding', { instance })];
  return [
    t('snapshot.kept', { instance, count: ledgers, folder: keptIn }),
    `  ${command(`fabric-wizard snapshot restore ${instance}`)}`,
    `  ${command(`fabric-wizard snapshot remove ${instance}`)}`,
  ];
}

/** A service whose process does not run. */
export interface StoppedService {
  readonly chaincode: string;
  readonly path: string;
  /** Starts the process; absent if the folder of the chaincode does not exist. */
  readonly command?: string;
}

function renderStopped({ chaincode, path, command }: StoppedService, style: Style): string[] {
  const { t, warn, symbol } = style;
  const sign = warn(symbol.warn);
  if (command === undefined) return [`${sign} ${t('snapshot.service-folder', { chaincode, path })}`];
  return [`${sign} ${t('snapshot.service-stopped', { chaincode })}`, `  ${style.command(command)}`];
}

export function renderRestored(
  name: string,
  {
    heights,
    seconds,
    services,
  }: {
    readonly heights: Heights;
    readonly seconds: number;
    readonly services: readonly StoppedService[];
  },
  style: Style,
): string {
  const { t, good, symbol } = style;
  const done = t('snapshot.restored', { name, time: formatSeconds(seconds) });
  return [
    `${good(symbol.good)} ${done}${withHeights(heights, style)}`,
    ...services.flatMap((each) => renderStopped(each, style)),
  ].join('\n');
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
    row.at === undefined ? dim(t('snapshot.replaced')) : localMinute(row.at),
    row.bytes === undefined ? '' : formatBytes(row.bytes),
    row.version ?? '',
    channelsText(row.channels, style),
  ]);
  return titled(style, header, cells, columns);
}
