/** The topology of a network as a drawing of boxes that fits a terminal. */
import type {
  Topology,
  TopologyChannel,
  TopologyNode,
  TopologyOrganisation,
} from '../pipeline/core/topology.ts';
import type { Style } from './style.ts';
import { cleanLine, cutToWidth, padToWidth, textWidth, wrapToWidth } from './terminal-text.ts';

interface Corners {
  readonly top: readonly [string, string];
  readonly bottom: readonly [string, string];
  readonly side: string;
}

/** A box has a border and a blank at each side. */
const BORDER = 4;
/** Columns between two boxes. */
const GAP = 2;

function cornersOf({ symbol }: Style): Corners {
  return symbol.rule === '─'
    ? { top: ['┌', '┐'], bottom: ['└', '┘'], side: '│' }
    : { top: ['+', '+'], bottom: ['+', '+'], side: '|' };
}

/** A title and lines, which are not in a frame yet. */
interface Content {
  readonly title: string;
  readonly lines: readonly string[];
}

function widthOf({ title, lines }: Content): number {
  return Math.max(textWidth(title) + 2, ...lines.map(textWidth)) + BORDER;
}

/** Draws a box of this width around a content, with empty lines up to a height. */
function boxed({ title, lines }: Content, width: number, height: number, style: Style): readonly string[] {
  const { top, bottom, side } = cornersOf(style);
  const { rule, ellipsis } = style.symbol;
  const inner = width - BORDER;
  const name = cutToWidth(title, width - BORDER, ellipsis);
  const rest = rule.repeat(Math.max(0, width - textWidth(name) - 5));
  const head = `${top[0]}${rule} ${style.strong(name)} ${rest}${top[1]}`;
  const empty = Array.from({ length: Math.max(0, height - lines.length) }, () => '');
  const body = [...lines, ...empty].map(
    (line) => `${side} ${padToWidth(cutToWidth(line, inner, ellipsis), inner)} ${side}`,
  );
  return [head, ...body, `${bottom[0]}${rule.repeat(width - 2)}${bottom[1]}`];
}

/** Puts boxes side by side, as many as the columns have room for. */
function flowed(contents: readonly Content[], columns: number, style: Style): readonly string[] {
  const rows: Content[][] = [];
  let used = 0;
  for (const content of contents) {
    const width = Math.min(columns, widthOf(content));
    const row = rows.at(-1);
    if (row && used + GAP + width <= columns) {
      row.push(content);
      used += GAP + width;
    } else {
      rows.push([content]);
      used = width;
    }
  }
  return rows.flatMap((row) => {
    const height = Math.max(...row.map(({ lines }) => lines.length));
    const boxes = row.map((content) => boxed(content, Math.min(columns, widthOf(content)), height, style));
    return Array.from({ length: height + 2 }, (_, line) =>
      boxes.map((box) => box[line] ?? '').join(' '.repeat(GAP)),
    );
  });
}

function nodeText({ name, runs }: TopologyNode, { good, bad, symbol }: Style): string {
  return `${runs ? good(symbol.good) : bad(symbol.bad)} ${name.split('.')[0]}`;
}

function titleOf({ name, mspId }: TopologyOrganisation): string {
  return cleanLine(`${name} (${mspId})`);
}

function nodesOf({ orderers, peers }: TopologyOrganisation): readonly TopologyNode[] {
  return [...orderers, ...peers];
}

/** The members of a channel: each organisation with its peers there. */
function membersOf(channel: TopologyChannel, { organisations }: Topology): readonly string[] {
  return organisations.flatMap(({ name, peers }) => {
    const on = peers.filter((peer) => channel.peers.includes(peer.name));
    return on.length === 0 ? [] : [`${name}: ${on.map((peer) => peer.name.split('.')[0]).join(' ')}`];
  });
}

interface Options {
  readonly columns: number;
  /** Rows that the drawing should not exceed. */
  readonly rows: number;
}

/** One line for each node, and for each member of a channel. */
function whole(topology: Topology, { columns }: Options, style: Style): readonly string[] {
  const { t } = style;
  const organisations = topology.organisations.map((org) => ({
    title: titleOf(org),
    lines: nodesOf(org).map((node) => nodeText(node, style)),
  }));
  const channels = topology.channels.map((channel) => ({
    title: t('topology.channel', { name: channel.name }),
    lines: [
      ...membersOf(channel, topology),
      ...channel.chaincodes.map((chaincode) => cleanLine(t('topology.chaincode', { chaincode }))),
    ],
  }));
  return [...flowed(organisations, columns, style), ...flowed(channels, columns, style)];
}

/** The nodes of an organisation, and what a channel has, on as few lines as possible. */
function dense(topology: Topology, { columns }: Options, style: Style): readonly string[] {
  const { t } = style;
  const room = columns - BORDER;
  const organisations = topology.organisations.map((org) => ({
    title: titleOf(org),
    lines: wrapToWidth(
      nodesOf(org)
        .map((node) => nodeText(node, style))
        .join('  '),
      room,
      '',
    ),
  }));
  const channels = topology.channels.map((channel) => ({
    title: t('topology.channel', { name: channel.name }),
    lines: [
      ...wrapToWidth(membersOf(channel, topology).join(', '), room, ''),
      ...wrapToWidth(channel.chaincodes.join(', '), room, ''),
    ].filter((line) => line !== ''),
  }));
  return [...flowed(organisations, columns, style), ...flowed(channels, columns, style)];
}

/** One line for each organisation and channel; what does not fit is counted. */
function shortest(topology: Topology, { columns, rows }: Options, style: Style): readonly string[] {
  const { t, strong, symbol } = style;
  const lines = [
    ...topology.organisations.map(
      (org) =>
        `${strong(cleanLine(org.name))}  ${nodesOf(org)
          .map((node) => nodeText(node, style))
          .join(' ')}`,
    ),
    ...topology.channels.map(
      (channel) =>
        `${strong(channel.name)}  ${cleanLine([...membersOf(channel, topology), ...channel.chaincodes].join(', '))}`,
    ),
  ];
  const shown = lines.length <= rows ? lines : lines.slice(0, Math.max(0, rows - 1));
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [t('topology.more', { count: more })] : [])].map((line) =>
    cutToWidth(line, columns, symbol.ellipsis),
  );
}

/** Returns the most detailed drawing that fits. No line is wider than the columns. */
export function renderTopology(topology: Topology, style: Style, options: Options): readonly string[] {
  for (const draw of [whole, dense]) {
    const lines = draw(topology, options, style);
    const fits = lines.length <= options.rows && lines.every((line) => textWidth(line) <= options.columns);
    if (fits) return lines;
  }
  return shortest(topology, options, style);
}
