import type { CopyState } from '../pipeline/core/copy-state.ts';
import type { DoctorCheck, DoctorReport } from '../pipeline/core/doctor-report.ts';
import { UNREACHABLE } from '../pipeline/core/machine-trouble.ts';
import type { Text } from '../pipeline/core/phrase.ts';
import type { Style } from './style.ts';
import { cutToWidth, foldToWidth, padToWidth, textWidth, wrapToWidth } from './terminal-text.ts';

const GAP = 2;
/** A column is not narrowed below this width while a wider one remains. */
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
 * Returns aligned columns, one row per line, without a final line break. No line is wider than `columns`: the
 * widest columns are cut first. Cells may be coloured; wide characters count as two columns.
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

/** Returns one line for each value, after the title of its column. A value without a title is before the next one. */
function renderRecord(
  { dim }: Style,
  header: readonly string[],
  row: readonly string[],
  columns: number,
): string {
  const width = Math.max(...header.map(textWidth));
  const room = Math.max(1, columns - width - GAP);
  const lines: string[] = [];
  let mark = '';
  for (const [i, title] of header.entries()) {
    const value = row[i] ?? '';
    if (title === '') mark = `${value} `;
    else if (value !== '') {
      const wrapped = wrapToWidth(`${mark}${value}`, room, '').flatMap((line) => foldToWidth(line, room));
      lines.push(...wrapped.map((line, j) => `${dim(padToWidth(j === 0 ? title : '', width + GAP))}${line}`));
      mark = '';
    }
  }
  return lines.join('\n');
}

/** A column that is cut to fewer characters does not say what is in it. */
const READABLE = 10;

/** Returns a table with a header; where its columns would be too narrow to be read, one record for each row. */
export function titled(
  style: Style,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  columns = Number.POSITIVE_INFINITY,
): string {
  const all = [header, ...rows];
  const whole = columnWidths(all, Number.POSITIVE_INFINITY);
  const isReadable = columnWidths(all, columns).every(
    (width, i) => width >= Math.min(whole[i] ?? 0, READABLE),
  );
  if (isReadable) return renderTable([header.map(style.dim), ...rows], columns, style.symbol.ellipsis);
  return rows.map((row) => renderRecord(style, header, row, columns)).join('\n\n');
}

/** Minimum number of rows with the same status and detail, e.g. after a timeout, that are merged into one. */
const MERGE_FROM = 3;

/** A check, or several that are merged. */
type Row = Omit<DoctorCheck, 'id' | 'detail'> & { readonly id: string; readonly detail: string };

function mergeEqualRows(checks: readonly Row[], { t }: Style): readonly Row[] {
  const equalRows = (row: Row) =>
    checks.filter(({ status, detail, fix }) => !fix && status === row.status && detail === row.detail);
  return checks.flatMap((row) => {
    const group = equalRows(row);
    if (group.length < MERGE_FROM) return [row];
    const ids = group.map(({ id }) => id).join(', ');
    return group[0] === row
      ? [
          {
            ...row,
            id: t('doctor.checks', { count: group.length }),
            detail: t('plain.because', { what: row.detail, why: ids }),
          },
        ]
      : [];
  });
}

function verdictLines({ checks }: DoctorReport, { t, good, warn, bad }: Style): string[] {
  const countOf = (wanted: DoctorCheck['status']) => checks.filter(({ status }) => status === wanted).length;
  const [failed, unknown, warned] = [countOf('fail'), countOf('unknown'), countOf('warn')];
  const verdicts = [
    ...(failed > 0 ? [bad(t('doctor.failed', { failed, all: checks.length }))] : []),
    ...(unknown > 0 ? [warn(t('doctor.unknown', { unknown, all: checks.length }))] : []),
  ];
  if (verdicts.length > 0) return verdicts;
  return [good(warned > 0 ? t('doctor.warned', { count: warned }) : t('doctor.ready'))];
}

/** Returns the fix, with each command below it in a line of its own. */
function fixLines(fix: Text, status: DoctorCheck['status'], style: Style): string[] {
  const isOptional = status === 'ok';
  const [first = '', ...commands] = style
    .t(isOptional ? 'doctor.by-hand' : 'doctor.fix', { fix })
    .split('\n');
  const lines = [first, ...commands.map((command) => `  ${command}`)];
  return isOptional ? lines.map(style.dim) : lines;
}

/** Details are wrapped to the terminal's width. Commands are not, so that they can be copied. */
export function renderDoctor(report: DoctorReport, style: Style, columns = Number.POSITIVE_INFINITY): string {
  const symbols = {
    ok: style.good(style.symbol.good),
    warn: style.warn(style.symbol.warn),
    fail: style.bad(style.symbol.bad),
    unknown: style.warn('?'),
  };
  const translated = report.checks.map((row) => ({ ...row, detail: style.translate(row.detail) }));
  const checks = mergeEqualRows(translated, style);
  const idWidth = Math.max(0, ...checks.map(({ id }) => textWidth(id)));
  const indent = ' '.repeat(idWidth + 5);
  const wrapped = (detail: string) => wrapToWidth(detail, columns - indent.length, '');
  const lines = checks.flatMap(({ id, status, detail, fix }) => [
    ...wrapped(detail).map((line, index) =>
      index === 0 ? `${symbols[status]}  ${padToWidth(id, idWidth)}  ${line}` : `${indent}${line}`,
    ),
    ...(fix ? fixLines(fix, status, style).map((line) => indent + line) : []),
  ]);
  return [...lines, '', ...verdictLines(report, style)].join('\n');
}

const MOST_WARNINGS = 3;

/** Returns the warnings before a run, one line each, and a pointer to `doctor`. */
export function renderWarnings(
  warnings: readonly DoctorCheck[],
  style: Style,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const more = warnings.length - MOST_WARNINGS;
  const lines = warnings
    .slice(0, MOST_WARNINGS)
    .map(({ id, status, detail }) =>
      cutToWidth(
        `${status === 'unknown' ? '?' : style.symbol.warn} ${style.t('plain.because', { what: id, why: detail })}`,
        columns,
        style.symbol.ellipsis,
      ),
    );
  if (lines.length === 0) return [];
  return [
    ...lines.map(style.warn),
    style.dim(more > 0 ? style.t('doctor.more', { count: more }) : style.t('doctor.helps')),
  ];
}

export interface StatusRow {
  readonly node: string;
  /** Absent if the network has only one engine. */
  readonly machine?: string;
  /** running, exited, …; `missing` without a container, `unreachable` with its machine. */
  readonly state: string;
  /** The engine's phrase, e.g. "Up 3 minutes". */
  readonly status: string;
  readonly image: string;
  /** Whether the node runs the image that its reference now points to; undefined if unknown. */
  readonly current: boolean | undefined;
  /** Project that built the image that the reference now points to, if it is another project. */
  readonly builtBy?: string;
  /** `127.0.0.1:7051`, … */
  readonly ports: readonly string[];
  /** Where the node serves `/healthz` and `/metrics`, or its page if it is a Prometheus. */
  readonly url?: string;
}

/** What is said of a node without a container. */
function stateText(state: string, { t, bad }: Style): string {
  if (state === UNREACHABLE) return bad(t('node.unreachable'));
  return state === 'missing' ? t('status.missing') : state;
}

export function renderStatus(rows: readonly StatusRow[], style: Style, columns?: number): string {
  if (rows.length === 0) return style.t('status.nothing');
  const onMachines = rows.some(({ machine }) => machine !== undefined);
  const { t } = style;
  const header = onMachines ? [t('node.node'), t('node.machine')] : [t('node.node')];
  return titled(
    style,
    ['', ...header, t('node.state'), t('node.image'), t('status.ports')],
    rows.map(({ node, machine, state, status, image, current, ports, url }) => [
      state === 'running' ? style.good(style.symbol.good) : style.bad(style.symbol.bad),
      node,
      ...(onMachines ? [machine ?? ''] : []),
      status || stateText(state, style),
      current === false ? `${image} ${style.warn(style.t('status.older'))}` : image,
      ports.map((port) => (url?.startsWith(`http://${port}`) ? url : port)).join(' '),
    ]),
    columns,
  );
}

/** How to start the nodes that are down. */
export function renderDown(rows: readonly StatusRow[], style: Style, columns?: number): string[] {
  if (rows.every(({ state }) => state === 'running' || state === UNREACHABLE)) return [];
  const line = style.t('status.start', { command: style.command('fabric-wizard up --yes') });
  return ['', ...wrapToWidth(line, columns ?? Number.POSITIVE_INFINITY, '  ')];
}

/** Why nodes are paused: a command copies the network, or was killed while it did. */
export function renderCopy(copy: CopyState, style: Style, columns?: number): string[] {
  const line = style.t(`status.copy-${copy}`, { command: style.command('fabric-wizard up --yes') });
  return ['', ...wrapToWidth(line, columns ?? Number.POSITIVE_INFINITY, '  ').map(style.warn)];
}

/** Why nodes are outdated: their image's name stands for another image now. */
export function renderOutdated(rows: readonly StatusRow[], style: Style, columns?: number): string[] {
  const reasons = rows.flatMap(({ image, current, builtBy }) =>
    current === false
      ? [
          builtBy === undefined
            ? style.t('status.built-again', { image })
            : style.t('status.built-by', { image, project: builtBy }),
        ]
      : [],
  );
  if (reasons.length === 0) return [];
  const lines = [
    ...new Set(reasons),
    style.t('status.recreate', { command: style.command('fabric-wizard up --yes') }),
  ];
  return ['', ...lines.flatMap((line) => wrapToWidth(line, columns ?? Number.POSITIVE_INFINITY, '  '))];
}

/** @param names names of chaincode images; the hash at the end of 1.x names is not shown */
export function renderStaleChaincode(names: readonly string[], style: Style): string[] {
  if (names.length === 0) return [];
  return [
    '',
    `${style.warn(style.symbol.warn)} ${style.t('status.stale')}`,
    ...names.map((name) => `  ${name.replace(/-[0-9a-f]{64}$/, '')}`),
  ];
}

export interface ConfigRow {
  readonly key: string;
  readonly value: string;
  /** Where the value comes from, translated. */
  readonly origin: string;
  readonly isDefault: boolean;
}

export function renderConfig(rows: readonly ConfigRow[], style: Style, columns?: number): string {
  return titled(
    style,
    [style.t('config.key'), style.t('config.value'), style.t('config.from')],
    rows.map(({ key, value, origin, isDefault }) => [key, value, isDefault ? style.dim(origin) : origin]),
    columns,
  );
}
