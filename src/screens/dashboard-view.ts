/** PURE: the running network as lines: nodes, the log of a node that is down, chaincode, and the last proof. */

import { isContainerOf } from '../pipeline/chaincode/chaincode-version.ts';
import type { CopyState } from '../pipeline/core/copy-state.ts';
import type { SmokeResult } from '../pipeline/core/events.ts';
import type { LastProof, ProofChange } from '../pipeline/core/last-proof.ts';
import { UNREACHABLE } from '../pipeline/core/machine-trouble.ts';
import { shortId } from '../pipeline/engine/short-id.ts';
import type { Connection } from '../pipeline/network/connection.ts';
import { SERVICE } from '../pipeline/network/network-events.ts';
import { lastEntries } from '../pipeline/network/network-log.ts';
import {
  isDown,
  isStopped,
  KILLED,
  type NetworkState,
  type NodeState,
} from '../pipeline/network/network-state.ts';
import type { NodeAction } from '../pipeline/network/node-actions.ts';
import { endpointsLine, renderEndpoints } from '../report/connect-text.ts';
import { renderMachines } from '../report/machines-text.ts';
import { formatBytes, formatSeconds } from '../report/quantities.ts';
import { renderSmoke } from '../report/smoke-text.ts';
import { renderCopy } from '../report/tables.ts';
import {
  cleanLine,
  cutToWidth,
  padToWidth,
  stripStyle,
  textWidth,
  wrapToWidth,
} from '../report/terminal-text.ts';
import { listWindow } from '../ui/list-window.ts';
import type { Size, Theme } from '../ui/theme.tsx';
import { fittingTable } from './fitting-table.ts';
import { shortLine } from './log-line.ts';
import { labelOf, placedName, shortNode } from './node-label.ts';
import { ruleLine } from './run-view.ts';

/** Cells that every table has: mark, name and state. */
const MIN_CELLS = 3;
/** Screens with fewer rows say of a machine that does not answer only what fits a line. */
const LOW_ROWS = 16;
/** Follows the image id of a node whose programs are newer than its image. */
const AHEAD = '+';
/** The short form of a proof of a small network has this many rows. */
const MIN_PROOF_ROWS = 5;
/** Fewer lines of the selected node's log are not shown. */
const MIN_LOG_ROWS = 3;
/** Limit for the log of a node that is down; the rest of the screen matters more. */
const MAX_LAST_LINES = 12;
/** Limit for a request that the gateway refused; its log has the whole. */
const MAX_REFUSAL_LINES = 3;
const MIN_LAST_LINES = 5;
/** Limits for the summary of a failed run, which matters more than all but the nodes. */
const MAX_FAILURE_LINES = 10;
const MIN_FAILURE_LINES = 6;

export interface DashboardOptions extends Size {
  readonly theme: Theme;
  /** Index of the selected node. */
  readonly chosen: number;
  /** Where the network can be reached, if it is known. */
  readonly connection?: Connection;
  /** Set while a command copies the network, and after one was killed. */
  readonly copy?: CopyState | undefined;
  /** Actions on nodes that are not done yet, by node. */
  readonly actions: Readonly<Record<string, NodeAction>>;
  /** Names of the chaincodes whose files have changed since they were deployed. */
  readonly changedChaincodes?: readonly string[];
  /** Returns what is known of the last failure in at most that many lines. */
  readonly failure?: (rows: number) => readonly string[];
}

/** What all rows of the table have in common. */
interface Shown {
  readonly at: number;
  /** Whether the nodes are on several machines. */
  readonly machines: boolean;
}

/** `down`: it failed; `stopped` and `paused`: as the user asked. */
export type NodeCondition = 'down' | 'stopped' | 'paused' | 'starting' | 'answers';

export function healthOf(node: NodeState): NodeCondition {
  if (node.state === 'paused') return 'paused';
  if (isStopped(node)) return 'stopped';
  if (isDown(node)) return 'down';
  return node.answers || (node.role === 'cli' && node.state === 'running') ? 'answers' : 'starting';
}

export function hasFailed(node: NodeState): boolean {
  return healthOf(node) === 'down';
}

/** Index of the node under the cursor: the selected one, else the first one that failed, else the first one. */
export function cursorOf({ nodes }: NetworkState, selected: string | undefined): number {
  const index = nodes.findIndex(({ node }) => node === selected);
  return Math.max(0, index >= 0 ? index : nodes.findIndex(hasFailed));
}

/** The node whose last lines are shown: the one under the cursor if it failed, else the first one that failed. */
function downNode({ nodes }: NetworkState, chosen: number): NodeState | undefined {
  // The lines of a node whose machine does not answer say nothing about that.
  const isDead = (node: NodeState) => hasFailed(node) && node.state !== UNREACHABLE;
  const selected = nodes[chosen];
  return selected && isDead(selected) ? selected : nodes.find(isDead);
}

/** Why a node is down. */
function downText({ state, exitCode, outOfMemory }: NodeState, { t }: Theme): string {
  if (state === UNREACHABLE) return t('node.unreachable');
  if (state === 'removed') return t('node.removed');
  if (state !== 'exited') return t('node.down');
  const code = String(exitCode);
  if (outOfMemory) return t('node.out-of-memory', { code });
  return t(exitCode === KILLED ? 'node.killed' : 'node.exited', { code });
}

/** @param action an action on the node that is not done yet */
export function stateCell(node: NodeState, action: NodeAction | undefined, theme: Theme): string {
  const { t, style } = theme;
  if (action !== undefined) return style.warn(t(`node.doing-${action}`));
  switch (healthOf(node)) {
    case 'answers':
      return style.good(t('node.answers'));
    case 'starting':
      return style.warn(t('node.starting'));
    case 'stopped':
      return style.dim(t('node.stopped'));
    case 'paused':
      return style.warn(t('node.paused'));
    case 'down':
      return style.bad(downText(node, theme));
  }
}

export function markCell(node: NodeState, { style }: Theme): string {
  const { good, bad, warn, dim, symbol } = style;
  const marks: Readonly<Record<NodeCondition, string>> = {
    answers: good(symbol.good),
    starting: warn(symbol.dot),
    paused: warn(symbol.dot),
    stopped: dim(symbol.dot),
    down: bad(symbol.bad),
  };
  return marks[healthOf(node)];
}

/** `12 s`, `5 min` or `3 h 12 min`. */
export function uptime(node: NodeState, at: number): string {
  if (isDown(node)) return '';
  const seconds = Math.max(0, (at - node.startedAt) / 1000);
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min` : formatSeconds(seconds);
}

/** Padded to a fixed width, so that columns do not move. */
function figure(node: NodeState, value: number | undefined, text: (value: number) => string): string {
  return (value === undefined || isDown(node) ? '' : text(value)).padStart(8);
}

function nodeCells(
  node: NodeState,
  options: DashboardOptions,
  { at, machines }: Shown,
  isChosen: boolean,
): string[] {
  const { theme, columns } = options;
  const { style } = theme;
  const label = labelOf(node, columns);
  const name = isChosen ? style.strong(label) : label;
  return [
    `${isChosen ? style.strong(style.symbol.pointer) : ' '}${markCell(node, theme)}`,
    name,
    ...(machines ? [node.machine ?? ''] : []),
    stateCell(node, options.actions[node.node], theme),
    node.height === undefined ? '' : String(node.height),
    uptime(node, at),
    `${shortId(node.imageId)}${node.isAhead ? AHEAD : ''}`,
    figure(node, node.memory, formatBytes),
    figure(node, node.cpu, (cores) => `${(100 * cores).toFixed(1)} %`),
  ];
}

function nodeTable(network: NetworkState, rows: number, options: DashboardOptions): readonly string[] {
  const { theme, chosen } = options;
  const { t, style } = theme;
  const { from, to } = listWindow(network.nodes.length, chosen, rows - 1);
  const figures = [t('node.memory'), t('node.cpu')].map(
    (name) => ' '.repeat(Math.max(0, 8 - textWidth(name))) + name,
  );
  const machines = network.nodes.some(({ machine }) => machine !== undefined);
  const where = machines ? (['machine'] as const) : [];
  const names = (['node', ...where, 'state', 'height', 'up', 'image'] as const).map((name) =>
    t(`node.${name}`),
  );
  const header = ['', ...names, ...figures].map(style.dim);
  const cells = network.nodes
    .slice(from, to)
    .map((node, i) => nodeCells(node, options, { at: network.at, machines }, from + i === chosen));
  return fittingTable([header, ...cells], MIN_CELLS + where.length, options);
}

/** What the mark at an image id means; nothing if no node has one. */
function aheadLines({ nodes }: NetworkState, { theme, columns }: DashboardOptions): readonly string[] {
  const ahead = nodes.filter(({ isAhead }) => isAhead).map(({ node }) => shortNode(node));
  if (ahead.length === 0) return [];
  const { t, style } = theme;
  const text = t('dashboard.ahead', { mark: AHEAD, nodes: ahead.join(', '), count: String(ahead.length) });
  return wrapToWidth(text, columns, '  ').map(style.warn);
}

/**
 * One line for each chaincode: the peers that have its container, or whether the process of a service runs. A peer that stops,
 * also in a rebuild, ends its chaincode and starts it at the next call, so this is no failure. A process is not started by calls.
 */
function chaincodeLines(
  { chaincodes, nodes }: NetworkState,
  { theme, columns, changedChaincodes = [] }: DashboardOptions,
): readonly string[] {
  const { t, style } = theme;
  const { good, warn, bad, dim, symbol } = style;
  const peers = nodes.filter(({ role }) => role === 'peer').map(({ node }) => node);
  const names = [...new Set(chaincodes.map(({ chaincode }) => chaincode))];
  const isChanged = (container: string) =>
    changedChaincodes.some((name) => container === name || isContainerOf(container, name));
  return names.map((name) => {
    const containers = peers.flatMap((peer) =>
      chaincodes.filter((each) => each.peer === peer && each.chaincode === name).slice(0, 1),
    );
    const process = chaincodes.find((each) => each.peer === SERVICE && each.chaincode === name);
    const processMark = process?.running ? good(symbol.good) : bad(symbol.bad);
    const marks = [
      ...(process ? [`${processMark} ${t('dashboard.chaincode-process')}`] : []),
      ...containers.map(
        ({ peer, running }) => `${running ? good(symbol.good) : dim(symbol.dot)} ${shortNode(peer)}`,
      ),
    ];
    const isIdle = containers.some(({ running }) => !running);
    // Before the peers, because that is what the user can do something about.
    const mark = isChanged(name) ? [warn(`${symbol.warn} ${t('dashboard.chaincode-changed')}`)] : [];
    const line = [name, ...mark, ...marks].join('  ');
    const said = isIdle ? `${line}  ${dim(t('dashboard.chaincode-idle'))}` : line;
    return textWidth(said) <= columns ? said : cutToWidth(line, columns, symbol.ellipsis);
  });
}

function lastLines(
  network: NetworkState,
  node: NodeState,
  rows: number,
  options: DashboardOptions,
): readonly string[] {
  const { theme, columns } = options;
  const entries = lastEntries(network.log, { node: node.node }, rows - 1);
  const title = theme.t('dashboard.last-lines', { node: node.node });
  return [ruleLine(title, columns, theme), ...entries.map(({ line }) => shortLine(line, columns).text)];
}

/**
 * The proof in at most `rows` lines: images and values, each with the peers that share it. Values matter most, and
 * references are never cut.
 */
function shortProof(proof: SmokeResult, rows: number, { theme }: DashboardOptions): readonly string[] {
  const { t } = theme;
  const { dim, good, bad, symbol } = theme.style;
  const labelWidth = Math.max(textWidth(t('role.builder')), textWidth(t('role.runtime')));
  const image = (role: 'builder' | 'runtime') => {
    const used = proof.peers.map((peer) => `${peer[role].ref} ${shortId(peer[role].id)}`.trim());
    return [...new Set(used)].map(
      (each) => `  ${dim(padToWidth(t(`role.${role}`), labelWidth))}  ${cleanLine(each)}`,
    );
  };
  const peersByValue = new Map<string, string[]>();
  for (const { peer, machine, before, after, ok } of proof.peers) {
    const value = `${ok ? good(symbol.good) : bad(symbol.bad)} ${cleanLine(`${before} -> ${after}`)}`;
    peersByValue.set(value, [...(peersByValue.get(value) ?? []), placedName(peer, machine)]);
  }
  const values = [...peersByValue].map(([value, peers]) => `  ${value}  ${dim(peers.join(' '))}`);
  const images = [...image('builder'), ...image('runtime')];
  return [...images.slice(0, Math.max(0, rows - values.length)), ...values].slice(0, rows);
}

function changeText(change: ProofChange, { t }: Theme): string {
  if (change.startsWith('image.')) return t('changed.image', { image: change.replace('image.', '') });
  if (change.startsWith('base.')) return t('changed.base', { role: change.replace('base.', '') });
  return t(`changed.${change as Exclude<ProofChange, `${string}.${string}`>}`);
}

export function proofTitle(proof: LastProof | undefined, { t }: Theme): string {
  return t(proof && proof.changed.length > 0 ? 'dashboard.proof-outdated' : 'dashboard.proof');
}

/** Why a proof is outdated; nothing if it holds. */
export function changeLines({ changed }: LastProof, columns: number, theme: Theme): readonly string[] {
  if (changed.length === 0) return [];
  const { t, style } = theme;
  // New certificates always mean new nodes, and new programs are followed by a restart.
  const isImplied = changed.includes('network') || changed.includes('programs');
  const told = changed.filter((change) => change !== 'nodes' || !isImplied);
  const changes = told.map((change) => changeText(change, theme)).join(t('list.between'));
  return wrapToWidth(t('dashboard.changed', { changes }), columns, '  ').map(style.warn);
}

function proofLines(
  proof: LastProof | undefined,
  rows: number,
  options: DashboardOptions,
): readonly string[] {
  const { theme, columns } = options;
  if (!proof) return [theme.style.dim(theme.t('dashboard.no-proof'))];
  const changes = changeLines(proof, columns, theme);
  const room = Math.max(1, rows - changes.length);
  const whole = renderSmoke(proof.result, theme.style, columns);
  const short = () => [...whole.slice(0, 1), ...shortProof(proof.result, room - 1, options)];
  const lines = whole.length <= room ? whole : short();
  if (changes.length === 0) return lines;
  return [...changes, ...lines.map((line) => theme.style.dim(stripStyle(line)))];
}

function titled(
  title: string,
  lines: readonly string[],
  { theme, columns }: DashboardOptions,
): readonly string[] {
  return lines.length === 0 ? [] : [ruleLine(title, columns, theme), ...lines];
}

/** The last request that the gateway refused, with its time of day. */
function refusalLines({ refusal }: NetworkState, { theme, columns }: DashboardOptions): readonly string[] {
  if (!refusal) return [];
  const { t, style } = theme;
  const time = refusal.time.slice('2026-11-29T'.length, '2026-11-29T11:34:12'.length);
  const text = t('dashboard.refused', { ...refusal, peer: shortNode(refusal.peer), time });
  return wrapToWidth(`${style.symbol.warn} ${cleanLine(text)}`, columns, '  ')
    .slice(0, MAX_REFUSAL_LINES)
    .map(style.warn);
}

/** Why nodes are paused. */
function copyLines({ copy, theme, columns }: DashboardOptions): readonly string[] {
  return copy ? renderCopy(copy, theme.style, columns).slice(1) : [];
}

/** At most `rows` lines: nodes first, then the log of a node that is down, then chaincode and proof. */
export function dashboardView(
  network: NetworkState,
  proof: LastProof | undefined,
  options: DashboardOptions,
): readonly string[] {
  const { theme, rows, chosen } = options;
  const { t, style } = theme;
  if (!network.known) return [style.dim(t(network.lost ? 'dashboard.lost' : 'dashboard.looking'))];
  if (network.nodes.length === 0) {
    const failure = options.failure?.(rows - 2) ?? [];
    return [t('dashboard.nothing'), ...(failure.length > 0 ? [''] : []), ...failure];
  }
  const lost = network.lost ? [style.bad(`${style.symbol.bad} ${t('dashboard.lost')}`)] : [];
  const copy = copyLines(options);
  const down = downNode(network, chosen);
  const failed = (options.failure?.(rows).length ?? 0) > 0;
  const reserved = failed ? MIN_FAILURE_LINES : down ? MIN_LAST_LINES : 2;
  const machines = renderMachines(network.machines, style, options.columns, rows < LOW_ROWS);
  const above = [...lost, ...machines, ...copy];
  const tableRows = Math.min(network.nodes.length + 1, Math.max(3, rows - reserved - above.length));
  const lines: string[] = [...above, ...nodeTable(network, tableRows, options)];
  const refused = refusalLines(network, options);
  if (lines.length + refused.length + (failed ? MIN_FAILURE_LINES : 0) <= rows) lines.push(...refused);
  const gap = rows >= lines.length + 8 ? [''] : [];
  const add = (more: readonly string[]) => {
    if (more.length > 0 && lines.length + gap.length + more.length <= rows) lines.push(...gap, ...more);
  };
  add(options.failure?.(Math.min(MAX_FAILURE_LINES, rows - lines.length - gap.length)) ?? []);
  add(aheadLines(network, options));
  if (down)
    add(lastLines(network, down, Math.min(MAX_LAST_LINES, rows - lines.length - gap.length), options));
  add(titled(t('dashboard.chaincode'), chaincodeLines(network, options), options));
  const left = () => rows - lines.length - gap.length - 1;
  const endpoints = options.connection ? renderEndpoints(options.connection, style) : [];
  const endpointRows = endpoints.length + gap.length + 1;
  // A long proof leaves room for the endpoints: a key shows all of it.
  const proofRoom = left() - endpointRows >= MIN_PROOF_ROWS ? left() - endpointRows : left();
  add(titled(proofTitle(proof, theme), proofLines(proof, proofRoom, options), options));
  const before = lines.length;
  add(titled(t('connect.title'), endpoints, options));
  const line = options.connection && endpointsLine(options.connection, style);
  if (line !== undefined && lines.length === before && textWidth(line) <= options.columns) add([line]);
  // What is left shows what the selected node does; its log is the one above if it is down.
  const node = network.nodes[chosen];
  const log = node && !isDown(node) ? lastLines(network, node, left() + 1, options) : [];
  if (log.length > MIN_LOG_ROWS) add(log);
  return lines;
}
