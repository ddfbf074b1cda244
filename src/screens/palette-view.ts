/** PURE: the actions of a screen as a list: those that can be done now first. */
import { padToWidth, textWidth } from '../report/terminal-text.ts';
import type { Option } from '../ui/choice.tsx';
import { allBindings, keyName } from '../ui/footer-text.ts';
import type { Binding } from '../ui/keys.ts';
import type { Theme } from '../ui/theme.tsx';

export interface PaletteAction {
  /** Name of the press that does it. */
  readonly key: string;
  readonly label: string;
  readonly possible: boolean;
}

/** @param filter part of a label or key, in any case */
export function paletteActions(
  table: readonly Binding[],
  globals: readonly Binding[],
  filter: string,
): readonly PaletteAction[] {
  const wanted = filter.trim().toLowerCase();
  const all = allBindings(table, globals).flatMap(({ keys: [key = ''], label, when }) =>
    label === undefined || key === ':' ? [] : [{ key, label, possible: when !== false }],
  );
  // Of several meanings of a key, the one that it has now.
  const current = all.filter(
    (action) => action.possible || !all.some(({ key, possible }) => possible && key === action.key),
  );
  const matching = current.filter(({ key, label }) => `${key} ${label}`.toLowerCase().includes(wanted));
  return [...matching.filter(({ possible }) => possible), ...matching.filter(({ possible }) => !possible)];
}

export function paletteOptions(actions: readonly PaletteAction[], { t, unicode }: Theme): readonly Option[] {
  const names = actions.map(({ key }) => keyName(key, unicode));
  const width = Math.max(0, ...names.map(textWidth));
  return actions.map(({ label, possible }, index) => {
    const name = names[index] ?? '';
    return { label, hint: possible ? name : `${padToWidth(name, width)}  ${t('palette.not-now')}` };
  });
}
