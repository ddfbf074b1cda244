/** PURE: what can be done on a screen, for the palette and for the list of its keys. */
import { padToWidth, textWidth, wrapToWidth } from '../report/terminal-text.ts';
import type { Option } from '../ui/choice.tsx';
import { allBindings, isNoText, keyName } from '../ui/footer-text.ts';
import type { Listener } from '../ui/input.tsx';
import { type Binding, bindingFor, isEnabled } from '../ui/keys.ts';
import type { Theme } from '../ui/theme.tsx';

/** Narrower terminals show two keys of an action, and reasons below a list. */
export const WIDE_COLUMNS = 60;
/** On a narrow terminal. */
const MAX_KEYS = 2;

export interface ScreenAction {
  /** Names of the presses that do it. */
  readonly keys: readonly [string, ...string[]];
  readonly label: string;
  /** Why it is not possible; undefined if it is. */
  readonly reason?: string | undefined;
}

/** Bindings in the order of the footer, also those that are disabled. */
function tableOf({ bindings, onText }: Listener, globals: readonly Binding[]): readonly Binding[] {
  const working = onText ? globals.filter(isNoText) : globals;
  return allBindings(bindings, working).filter(({ when }) => when !== false);
}

function isPossible({ reason }: ScreenAction): boolean {
  return reason === undefined;
}

/** One action for each label, with the keys of all that can be done now. */
function withoutTwins(actions: readonly ScreenAction[]): ScreenAction[] {
  const byLabel = new Map<string, ScreenAction>();
  for (const action of actions) {
    const twin = byLabel.get(action.label);
    if (!twin || (isPossible(action) && !isPossible(twin))) byLabel.set(action.label, action);
    else if (isPossible(action) === isPossible(twin))
      byLabel.set(action.label, { ...twin, keys: [...twin.keys, ...action.keys] });
  }
  return [...byLabel.values()];
}

function actionsOf(
  table: readonly Binding[],
  text: (binding: Binding) => string | undefined,
): ScreenAction[] {
  const all = table.flatMap((binding): ScreenAction[] => {
    const label = text(binding);
    // An earlier binding of a key handles it.
    const own = binding.keys.filter(
      (name) => !isEnabled(binding) || bindingFor(table, { name, text: '' }) === binding,
    );
    const [first, ...rest] = own;
    if (label === undefined || first === undefined) return [];
    return [{ keys: [first, ...rest], label, reason: binding.unavailable }];
  });
  // Of several meanings of a key, the one that it has now.
  const current = all.filter(
    (action) =>
      isPossible(action) || !all.some((each) => isPossible(each) && each.keys.includes(action.keys[0])),
  );
  return withoutTwins(current);
}

/** Actions that the footer could show; those that can be done now first. @param filter part of a label or key, in any case */
export function paletteActions(
  screen: Listener,
  globals: readonly Binding[],
  filter: string,
): readonly ScreenAction[] {
  const wanted = filter.trim().toLowerCase();
  const matching = actionsOf(tableOf(screen, globals), ({ label }) => label).filter(
    ({ keys: [key], label }) => key !== ':' && `${key} ${label}`.toLowerCase().includes(wanted),
  );
  return [...matching.filter(isPossible), ...matching.filter((action) => !isPossible(action))];
}

export function paletteOptions(actions: readonly ScreenAction[], { unicode }: Theme): readonly Option[] {
  const width = Math.max(0, ...actions.map(({ keys: [key] }) => textWidth(keyName(key, unicode))));
  return actions.map(({ keys: [key], label, reason }) => {
    const name = keyName(key, unicode);
    return { label, hint: reason === undefined ? name : `${padToWidth(name, width)}  ${reason}` };
  });
}

/** All keys of a screen, with those that work on every screen at the end and those that do nothing now before them. */
export function keyLines(
  screen: Listener,
  globals: readonly Binding[],
  { columns, theme }: { readonly columns: number; readonly theme: Theme },
): readonly string[] {
  const { t, style, unicode } = theme;
  const actions = actionsOf(tableOf(screen, globals), ({ label, listed }) => label ?? listed);
  const isGlobal = ({ keys: [key] }: ScreenAction) => globals.some(({ keys }) => keys[0] === key);
  const own = actions.filter((action) => !isGlobal(action));
  const groups: readonly (readonly [string, readonly ScreenAction[]])[] = [
    [t('help.here'), own.filter(isPossible)],
    [t('help.not-now'), own.filter((action) => !isPossible(action))],
    [t('help.everywhere'), actions.filter((action) => isGlobal(action) && isPossible(action))],
  ];
  const names = ({ keys }: ScreenAction) =>
    keys
      .slice(0, columns < WIDE_COLUMNS ? MAX_KEYS : undefined)
      .map((key) => keyName(key, unicode))
      .join(' ');
  const width = Math.max(0, ...actions.map((action) => textWidth(names(action))));
  // A form without a text field under its cursor has `:` in its table.
  const isField = screen.onText !== undefined && !bindingFor(screen.bindings, { name: ':', text: '' });
  const note = isField ? ['', ...wrapToWidth(t('help.in-field'), columns, '')] : [];
  const lines = groups.flatMap(([title, group]) => {
    if (group.length === 0) return [];
    const rows = group.flatMap((action) => {
      const reason = action.reason === undefined ? '' : ` ${style.symbol.dot} ${action.reason}`;
      const [first = '', ...rest] = wrapToWidth(action.label + reason, Math.max(8, columns - width - 4), '');
      const head = `  ${style.strong(padToWidth(names(action), width))}  ${first}`;
      return [head, ...rest.map((line) => ' '.repeat(width + 4) + line)];
    });
    return ['', style.dim(title), ...rows];
  });
  return [...lines, ...note].slice(1);
}
