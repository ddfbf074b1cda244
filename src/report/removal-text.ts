/** What `down` and `clean` remove, what stays, and who uses it. */
import type { RemovalItem, User } from '../pipeline/core/removal-item.ts';
import { unreachable } from '../pipeline/core/unreachable.ts';
import type { Translator } from './language/translator.ts';
import type { Style } from './style.ts';
import { titled } from './tables.ts';

export interface KeptItem {
  readonly item: RemovalItem;
  /** Why the engine refused to remove it; undefined if others use it. */
  readonly refusal?: string;
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

/** Names are never cut, because the user confirms the removal. */
export function renderRemovals(items: readonly RemovalItem[], style: Style): string {
  if (items.length === 0) return style.t('removal.none');
  return titled(
    style,
    [style.t('removal.kind'), style.t('removal.name'), ''],
    items.map((item) => [
      style.t(`removal.${item.kind}`),
      item.name,
      style.dim(aboutText(item, style) ?? ''),
    ]),
  );
}

/** Returns the items that stay, each with its reason; nothing if all are removed. */
export function renderKept(kept: readonly KeptItem[], style: Style): string[] {
  if (kept.length === 0) return [];
  const isForceable = kept.some(({ item, refusal }) => item.kind === 'image' && refusal === undefined);
  return [
    '',
    style.t('removal.kept'),
    titled(
      style,
      [style.t('removal.kind'), style.t('removal.name'), style.t('removal.reason')],
      kept.map((each) => [style.t(`removal.${each.item.kind}`), each.item.name, reasonText(each, style)]),
    ),
    ...(isForceable ? [style.dim(style.t('removal.force'))] : []),
    '',
  ];
}
