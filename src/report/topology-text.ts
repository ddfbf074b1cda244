/** The topology of a network as a drawing of boxes, as wide as a terminal. */
import type {
  Topology,
  TopologyChannel,
  TopologyNode,
  TopologyOrganisation,
} from '../pipeline/core/topology.ts';
import type { Style } from './style.ts';
import { cleanLine, cutToWidth, foldToWidth, padToWidth, textWidth } from './terminal-text.ts';

interface Corners {
  readonly top: readonly [string, string];
  readonly bottom: readonly [string, string];
  readonly side: string;
}

/** A box has a border and a blank at each side. */
const BORDER = 4;
/** Columns between two boxes. */
const GAP = 2;
/** Columns before the further lines of a paragraph. */
const INDENT = 2;

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

/** Breaks what is too wide for a box; a title that is too wide is repeated in the box. */
function folded({ title, lines }: Content, columns: number): Content {
  const room = columns - BORDER;
  const cut = textWidth(title) + 2 > room ? [title] : [];
  return { title, lines: [...cut, ...lines].flatMap((line) => foldToWidth(line, room)) };
}

/** Puts parts on as few lines as possible. Only a part that is wider than a line is broken. */
function packed(parts: readonly string[], columns: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1)}  ${part}`;
    if (lines.length > 0 && textWidth(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(...foldToWidth(part, columns));
  }
  return lines;
}

/** Draws a box of this width around a content, with empty lines up to a height. */
function boxed({ title, lines }: Content, width: number, height: number, style: Style): readonly string[] {
  const { top, bottom, side } = cornersOf(style);
  const { rule, ellipsis } = style.symbol;
  const inner = width - BORDER;
  const name = cutToWidth(title, width - BORDER - 1, ellipsis);
  const rest = rule.repeat(Math.max(0, width - textWidth(name) - 5));
  const head = `${top[0]}${rule} ${style.strong(name)} ${rest}${top[1]}`;
  const empty = Array.from({ length: Math.max(0, height - lines.length) }, () => '');
  const body = [...lines, ...empty].map((line) => `${side} ${padToWidth(line, inner)} ${side}`);
  return [head, ...body, `${bottom[0]}${rule.repeat(width - 2)}${bottom[1]}`];
}

/** Puts boxes side by side, as many as the columns have room for. */
function flowed(contents: readonly Content[], columns: number, style: Style): readonly string[] {
  const rows: Content[][] = [];
  let used = 0;
  for (const content of contents.map((each) => folded(each, columns))) {
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

/** Each peer is followed by its CouchDB. */
function nodesOf({ orderers, peers, ca }: TopologyOrganisation): readonly (readonly TopologyNode[])[] {
  return [
    ...[...orderers, ...(ca ? [ca] : [])].map((node) => [node]),
    ...peers.map((peer) => (peer.couchdb ? [peer, peer.couchdb] : [peer])),
  ];
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
  /** Rows for which the drawing is chosen. */
  readonly rows: number;
}

/** What one box has, or one paragraph. */
interface Group {
  readonly title: string;
  readonly name: string;
  readonly parts: readonly string[];
}

interface Groups {
  /** With a part for each node, or peer with its CouchDB. */
  readonly nodes: readonly Group[];
  /** With a part for each member and chaincode. */
  readonly channels: readonly Group[];
}

function groupsOf(topology: Topology, style: Style): Groups {
  const { t } = style;
  const textOf = (nodes: readonly TopologyNode[]) => nodes.map((node) => nodeText(node, style)).join('  ');
  const shared = {
    title: t('topology.shared'),
    name: t('topology.shared'),
    parts: topology.shared.map((node) => textOf([node])),
  };
  return {
    nodes: [
      ...topology.organisations.map((org) => ({
        ...{ title: titleOf(org), name: cleanLine(org.name) },
        parts: nodesOf(org).map(textOf),
      })),
      ...(topology.shared.length > 0 ? [shared] : []),
    ],
    channels: topology.channels.map((channel) => ({
      ...{ title: t('topology.channel', { name: channel.name }), name: channel.name },
      parts: [
        ...membersOf(channel, topology),
        ...channel.chaincodes.map((chaincode) => cleanLine(t('topology.chaincode', { chaincode }))),
      ],
    })),
  };
}

/** Boxes with a line for each part. */
function whole({ nodes, channels }: Groups, columns: number, style: Style): readonly string[] {
  const contentOf = ({ title, parts }: Group) => ({ title, lines: parts });
  return [nodes, channels].flatMap((groups) => flowed(groups.map(contentOf), columns, style));
}

/** Boxes with as few lines as possible. */
function dense({ nodes, channels }: Groups, columns: number, style: Style): readonly string[] {
  const contentOf = ({ title, parts }: Group) => ({ title, lines: packed(parts, columns - BORDER) });
  return [nodes, channels].flatMap((groups) => flowed(groups.map(contentOf), columns, style));
}

/** Paragraphs without boxes. */
function shortest({ nodes, channels }: Groups, columns: number, { strong }: Style): readonly string[] {
  return [...nodes, ...channels].flatMap(({ name, parts }) =>
    packed([strong(name), ...parts], columns - INDENT).map((line, index) =>
      index === 0 ? line : ' '.repeat(INDENT) + line,
    ),
  );
}

/**
 * Returns the most detailed drawing that fits. If none does, it is the shortest one, which has everything too.
 * No line is wider than the columns.
 */
export function renderTopology(
  topology: Topology,
  style: Style,
  { columns, rows }: Options,
): readonly string[] {
  const groups = groupsOf(topology, style);
  for (const draw of [whole, dense]) {
    const lines = draw(groups, columns, style);
    if (lines.length <= rows) return lines;
  }
  return shortest(groups, columns, style);
}
