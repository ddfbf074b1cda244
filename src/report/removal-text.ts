/** What `down` and `clean` remove, what stays, and who uses it. */
import type { RemovalItem, User } from '../pipeline/core/removal-item.ts';
import { unreachable } from '../pipeline/core/unreachable.ts';
import type { Translator } from './language/translator.ts';
import type { Style } from './style.ts';
import { titled } from './tables.ts';
import { textWidth, wrapToWidth } from './terminal-text.ts';

export interface KeptItem {
  readonly item: RemovalItem;
  /** Why the engine refused to remove it; undefined if others use it. */
  readonly refusal?: string;
  /** Commands that disconnect what is connected to a network that the engine refused to remove. */
  readonly disconnect?: readonly string[];
}

export function aboutText(
  { about, detail }: Pick<RemovalItem, 'about' | 'detail'>,
  { t }: Pick<Style, 't'>,
): string | undefined {
  return about === undefined ? detail : t(`removal.${about}`);
}

function userText(user: User, { t }: Pick<Translator, 't'>): string {
  switch (user.kind) {
    case 'project':
      return t(user.running ? 'user.running' : 'user.stopped', { project: user.name });
    case 'run':
      return t('user.run', { project: user.project });
    case 'container':
      return user.composeProject
        ? t('user.composed', { name: user.name, project: user.composeProject })
        : t('user.container', { name: user.name });
    default:
      return unreachable(user);
  }
}

/** Returns who uses an item, or why the engine refused to remove it. */
export function reasonText(
  { item: { usedBy }, refusal }: KeptItem,
  translator: Pick<Translator, 't'>,
): string {
  return refusal ?? usedBy.map((user) => userText(user, translator)).join(translator.t('list.sentences'));
}

function fits(text: string, columns: number): boolean {
  return text.split('\n').every((line) => textWidth(line) <= columns);
}

/** Groups in the order of their first members. */
function grouped<T>(all: readonly T[], keyOf: (each: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, readonly T[]>();
  for (const each of all) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return groups;
}

/** `9 containers`. */
function countText(kind: RemovalItem['kind'], count: number, { t }: Pick<Style, 't'>): string {
  return t(`removal.${kind}-count`, { count });
}

/** `9 containers, 1 network`. */
export function renderCounts(items: readonly RemovalItem[], style: Pick<Style, 't'>): string {
  const kinds = [...grouped(items, ({ kind }) => kind).values()];
  return kinds
    .flatMap(([first, ...more]) => (first ? [countText(first.kind, more.length + 1, style)] : []))
    .join(style.t('list.between'));
}

/** The name as on a narrow terminal: only the first digits of a hash are shown, as Docker shows ids. */
function shortName({ name }: RemovalItem, { symbol }: Style): string {
  return name.replace(/([0-9a-f]{12})[0-9a-f]{52}\b/, `$1${symbol.ellipsis}`);
}

/** One line for each name, below its kind and what it is. */
function renderGroups(items: readonly RemovalItem[], style: Style): string {
  const groups = grouped(items, ({ kind, about }) => `${kind} ${about}`);
  return [...groups.values()]
    .flatMap((members) => {
      const [first] = members;
      if (!first) return [];
      const what = first.about === undefined ? '' : ` (${aboutText(first, style)})`;
      return [
        style.dim(`${countText(first.kind, members.length, style)}${what}`),
        ...members.map((item) => `  ${shortName(item, style)}`),
      ];
    })
    .join('\n');
}

/**
 * A table, or groups where the table is too wide. Names are not cut, because the user confirms the removal.
 * @param columns width of the terminal; undefined for other streams
 */
export function renderRemovals(
  items: readonly RemovalItem[],
  style: Style,
  columns = Number.POSITIVE_INFINITY,
): string {
  if (items.length === 0) return style.t('removal.none');
  const table = titled(
    style,
    [style.t('removal.kind'), style.t('removal.name'), ''],
    items.map((item) => [
      style.t(`removal.${item.kind}`),
      item.name,
      style.dim(aboutText(item, style) ?? ''),
    ]),
  );
  return fits(table, columns) ? table : renderGroups(items, style);
}

/** One paragraph for each reason, above the items that stay because of it. */
function renderReasons(kept: readonly KeptItem[], style: Style, columns: number): string {
  const groups = grouped(kept, (each) => reasonText(each, style));
  return [...groups]
    .flatMap(([reason, members]) => [
      ...wrapToWidth(reason, columns, '  ').map(style.dim),
      ...members.map(({ item }) => `  ${style.t(`removal.${item.kind}`)} ${shortName(item, style)}`),
    ])
    .join('\n');
}

/** Says what helps against a network that the engine refused to remove. */
function networkHelp({ item: { name }, disconnect }: KeptItem, { t }: Pick<Style, 't'>): string[] {
  if (disconnect === undefined) return [];
  if (disconnect.length === 0) return [t('removal.endpoint', { name })];
  return [t('removal.disconnect'), ...disconnect.map((command) => `  ${command}`)];
}

/** Returns the items that stay, each with its reason; nothing if all are removed. */
export function renderKept(
  kept: readonly KeptItem[],
  style: Style,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  if (kept.length === 0) return [];
  const isRefused = kept.every(({ refusal }) => refusal !== undefined);
  const isForceable = kept.some(({ item, refusal }) => item.kind === 'image' && refusal === undefined);
  const table = titled(
    style,
    [
      style.t('removal.kind'),
      style.t('removal.name'),
      style.t(isRefused ? 'removal.refusal' : 'removal.reason'),
    ],
    kept.map((each) => [style.t(`removal.${each.item.kind}`), each.item.name, reasonText(each, style)]),
  );
  return [
    '',
    style.t(isRefused ? 'removal.refused' : 'removal.kept'),
    fits(table, columns) ? table : renderReasons(kept, style, columns),
    ...(isForceable ? [style.dim(style.t('removal.force'))] : []),
    ...kept.flatMap((each) => networkHelp(each, style)),
    '',
  ];
}
