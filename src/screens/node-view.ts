/** PURE: the facts about a node as lines, of which one is selected and shown in full. */
import type { NodeState } from '../pipeline/network/network-state.ts';
import type { NodeAction } from '../pipeline/network/node-actions.ts';
import type { NodeFact, NodeFactKey } from '../pipeline/network/node-facts.ts';
import { cleanLine, cutToWidth, foldToWidth, padToWidth, textWidth } from '../report/terminal-text.ts';
import { listWindow } from '../ui/list-window.ts';
import type { Size, Theme } from '../ui/theme.tsx';
import { markCell, stateCell, uptime } from './dashboard-view.ts';
import { ruleLine } from './run-view.ts';

export interface NodeViewOptions extends Size {
  readonly theme: Theme;
  /** Undefined after the network was stopped. */
  readonly node: NodeState | undefined;
  readonly action: NodeAction | undefined;
  /** Current time, in milliseconds since the epoch. */
  readonly at: number;
  /** Index of the selected fact. */
  readonly chosen: number;
  readonly copied: NodeFactKey | undefined;
}

/** Mark, state, height and uptime. */
function stateLine({ node, action, at, theme }: NodeViewOptions): string {
  const { t, style } = theme;
  if (!node) return style.dim(t('node.removed'));
  const time = uptime(node, at);
  const parts = [
    `${markCell(node, theme)} ${stateCell(node, action, theme)}`,
    node.role,
    ...(node.height === undefined ? [] : [t('node.height-now', { height: node.height })]),
    ...(time === '' ? [] : [t('node.up-now', { time })]),
  ];
  return parts.join(` ${style.symbol.dot} `);
}

/** The end of a path that is too long, because paths differ at their ends; the start of another value, such as an id. */
function shortValue(value: string, columns: number, ellipsis: string): string {
  if (textWidth(value) <= columns) return value;
  if (!value.startsWith('/')) return cutToWidth(value, columns, ellipsis);
  return ellipsis + value.slice(-Math.max(0, columns - textWidth(ellipsis)));
}

/** Label and value must both be readable. */
const MIN_VALUE = 16;

function factLines(facts: readonly NodeFact[], rows: number, options: NodeViewOptions): string[] {
  const { theme, columns, chosen } = options;
  const { t, style } = theme;
  const { ellipsis, pointer } = style.symbol;
  const labels = facts.map(({ key }) => t(`fact.${key}`));
  const width = Math.min(Math.max(0, ...labels.map(textWidth)), Math.max(0, columns - MIN_VALUE - 4));
  const { from, to } = listWindow(facts.length, chosen, rows);
  return facts.slice(from, to).map(({ value }, index) => {
    const isChosen = from + index === chosen;
    const label = padToWidth(cutToWidth(labels[from + index] ?? '', width, ellipsis), width);
    const text = shortValue(cleanLine(value), columns - width - 4, ellipsis);
    return `${isChosen ? style.strong(pointer) : ' '} ${style.dim(label)}  ${isChosen ? style.strong(text) : text}`;
  });
}

/** At most `rows` lines: the node's state, its facts, and the selected value in full. */
export function nodeView(facts: readonly NodeFact[], options: NodeViewOptions): readonly string[] {
  const { theme, columns, rows, chosen, copied } = options;
  const { t, style } = theme;
  const fact = facts[chosen];
  const label = fact ? t(`fact.${fact.key}`) : '';
  const value = fact ? foldToWidth(cleanLine(fact.value), columns) : [];
  const said =
    fact && copied === fact.key
      ? [style.good(`${style.symbol.good} ${t('node.copied', { what: label })}`)]
      : [];
  const whole = fact ? [ruleLine(label, columns, theme), ...value, ...said] : [];
  const room = rows - 1 - whole.length;
  const shown = factLines(facts, Math.max(1, room), options);
  // A small screen shows the list and what was copied.
  const below = room >= Math.min(3, facts.length) ? whole : said;
  const list = below === whole ? shown : factLines(facts, Math.max(1, rows - 1 - said.length), options);
  return [stateLine(options), ...list, ...below].slice(0, rows);
}
