/** Pure text for what is a list: tables, `doctor`, `status`, `config`, and what `down` and `clean` will remove. */

import { count } from '../pipeline/run/wording.ts';
import type { Style } from './style.ts';
import { cutToWidth, padToWidth, textWidth, wrapToWidth } from './terminal-text.ts';

const GAP = 2;
/** A column is not narrowed below this while another can still give way. */
const NARROWEST = 6;

function columnWidths(rows: readonly (readonly string[])[], columns: number): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) =>
    Math.max(0, ...rows.map((row) => textWidth(row[i] ?? ''))),
  );
  const room = columns - GAP * (count - 1);
  for (let excess = widths.reduce((sum, w) => sum + w, 0) - room; excess > 0; excess -= 1) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

/**
 * Aligned columns, one row a line, no line break at the end. With `columns`, no line is wider than that:
 * the widest columns are cut first. Cells may be coloured; wide characters count two.
 */
export function renderTable(
  rows: readonly (readonly string[])[],
  columns = Number.POSITIVE_INFINITY,
  ellipsis = '…',
): string {
  const widths = columnWidths(rows, columns);
  return rows
    .map((row) => {
      const cells = row.map((cell, i) => {
        const width = widths[i] ?? 0;
        return padToWidth(cutToWidth(cell, width, ellipsis), width);
      });
      return cutToWidth(cells.join(' '.repeat(GAP)).trimEnd(), columns, ellipsis);
    })
    .join('\n');
}

function titled(
  style: Style,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  columns?: number,
): string {
  return renderTable([header.map(style.dim), ...rows], columns, style.symbol.ellipsis);
}

export interface DoctorReport {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly id: string;
    readonly status: 'ok' | 'warn' | 'fail';
    readonly detail: string;
    /** What repairs it, as a command or a sentence. */
    readonly fix?: string;
  }[];
}

/** What so many rows say alike, e.g. that nobody answered in time, is said once. */
const ALIKE = 3;

function saidOnce(checks: DoctorReport['checks']): DoctorReport['checks'] {
  const like = (one: DoctorReport['checks'][number]) =>
    checks.filter(({ status, detail, fix }) => !fix && status === one.status && detail === one.detail);
  return checks.flatMap((one) => {
    const group = like(one);
    if (group.length < ALIKE) return [one];
    const ids = group.map(({ id }) => id).join(', ');
    return group[0] === one
      ? [{ ...one, id: `${group.length} checks`, detail: `${one.detail}: ${ids}` }]
      : [];
  });
}

/** Details are broken at the terminal's width; a command never is, so that it can be copied whole. */
export function renderDoctor(report: DoctorReport, style: Style, columns = Number.POSITIVE_INFINITY): string {
  const symbols = {
    ok: style.good(style.symbol.good),
    warn: style.warn(style.symbol.warn),
    fail: style.bad(style.symbol.bad),
  };
  const checks = saidOnce(report.checks);
  const idWidth = Math.max(0, ...checks.map(({ id }) => textWidth(id)));
  const indent = ' '.repeat(idWidth + 5);
  const wrapped = (detail: string) => wrapToWidth(detail, columns - indent.length, '');
  const lines = checks.flatMap(({ id, status, detail, fix }) => [
    ...wrapped(detail).map((line, index) =>
      index === 0 ? `${symbols[status]}  ${padToWidth(id, idWidth)}  ${line}` : `${indent}${line}`,
    ),
    ...(fix ? [`${indent}${status === 'ok' ? style.dim(`by hand: ${fix}`) : `fix: ${fix}`}`] : []),
  ]);
  const failed = report.checks.filter(({ status }) => status === 'fail').length;
  const warned = report.checks.filter(({ status }) => status === 'warn').length;
  const verdict = report.ok
    ? style.good(warned ? `ready, with ${count(warned, 'warning')}` : 'ready')
    : style.bad(`${failed} of ${report.checks.length} checks failed`);
  return [...lines, '', verdict].join('\n');
}

const MOST_WARNINGS = 3;

/** What a run is warned of, a line each; the whole story is `doctor`'s. */
export function renderWarnings(
  warnings: DoctorReport['checks'],
  style: Style,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const more = warnings.length - MOST_WARNINGS;
  const lines = warnings
    .slice(0, MOST_WARNINGS)
    .map(({ id, detail }) =>
      cutToWidth(`${style.symbol.warn} ${id}: ${detail}`, columns, style.symbol.ellipsis),
    );
  if (lines.length === 0) return [];
  return [
    ...lines.map(style.warn),
    style.dim(`${more > 0 ? `and ${more} more; ` : ''}fabric-wizard doctor says what helps`),
  ];
}

export interface StatusRow {
  readonly node: string;
  /** running, exited, … */
  readonly state: string;
  /** The engine's phrase, e.g. "Up 3 minutes". */
  readonly status: string;
  readonly image: string;
  /** Whether the node is what its image's name stands for now; undefined where nobody can tell. */
  readonly current: boolean | undefined;
  /** `127.0.0.1:7051`, … */
  readonly ports: readonly string[];
}

export function renderStatus(rows: readonly StatusRow[], style: Style, columns?: number): string {
  if (rows.length === 0) return 'Nothing of this project runs here.';
  return titled(
    style,
    ['', 'NODE', 'STATE', 'IMAGE', 'PORTS'],
    rows.map(({ node, state, status, image, current, ports }) => [
      state === 'running' ? style.good(style.symbol.good) : style.bad(style.symbol.bad),
      node,
      status || state,
      current === false ? `${image} ${style.warn('(an older one)')}` : image,
      ports.join(' '),
    ]),
    columns,
  );
}

/** @param names of chaincode images; in 1.x they end with a hash that tells a person nothing */
export function renderStaleChaincode(names: readonly string[], style: Style): string[] {
  if (names.length === 0) return [];
  return [
    '',
    `${style.warn(style.symbol.warn)} chaincode built with an older ccenv; a peer uses it until its image is removed:`,
    ...names.map((name) => `  ${name.replace(/-[0-9a-f]{64}$/, '')}`),
  ];
}

export interface ConfigRow {
  readonly key: string;
  readonly value: string;
  /** Where the value comes from: `default`, `--docker-ns`, `fabric-wizard.yaml:3:12`, … */
  readonly origin: string;
}

export function renderConfig(rows: readonly ConfigRow[], style: Style, columns?: number): string {
  return titled(
    style,
    ['KEY', 'VALUE', 'FROM'],
    rows.map(({ key, value, origin }) => [key, value, origin === 'default' ? style.dim(origin) : origin]),
    columns,
  );
}

export interface RemovalItem {
  readonly kind: 'container' | 'volume' | 'network' | 'image' | 'folder';
  readonly name: string;
  readonly detail?: string;
}

/** Never cut: who is asked for leave to remove something must see its whole name. */
export function renderRemovals(items: readonly RemovalItem[], style: Style): string {
  if (items.length === 0) return 'There is nothing of ours to remove.';
  return titled(
    style,
    ['KIND', 'NAME', ''],
    items.map(({ kind, name, detail }) => [kind, name, style.dim(detail ?? '')]),
  );
}
