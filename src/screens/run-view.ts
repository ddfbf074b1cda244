/** PURE: a run as lines. What matters now comes first; what does not fit gives way in an order that is the same everywhere. */
import { secondsLeft } from '../pipeline/core/run-outlook.ts';
import {
  busiestStage,
  failedStages,
  overallProgress,
  type RunState,
  runningStages,
  type StageState,
  shareOf,
} from '../pipeline/core/run-state.ts';
import { renderFailure } from '../report/failure-block.ts';
import { formatClock, formatSeconds } from '../report/quantities.ts';
import { cleanLine, cutToWidth, padToWidth, stripStyle, textWidth } from '../report/terminal-text.ts';
import { barText } from '../ui/bar-text.ts';
import type { Size, Theme } from '../ui/theme.tsx';

/** A log window of fewer rows says nothing. */
const LOG_ROWS = 5;
const STAGE_BAR = 10;
/** Below this width a stage has its share as a number only. */
const WIDE_COLUMNS = 60;

/** The stage whose log is shown: the chosen one, else the one that says most, else the last that said anything. */
export function loggedStage(run: RunState, chosen: string | undefined): StageState | undefined {
  const byId = run.stages.find(({ id }) => id === chosen);
  const spoken = run.stages.filter(({ tail }) => tail.lines.length > 0);
  return byId ?? busiestStage(run) ?? spoken.at(-1);
}

/** The next stage that has begun, after the shown one; the first one again after the last. */
export function nextLogged(run: RunState, shown: string | undefined): string | undefined {
  const begun = run.stages.filter(({ status, tail }) => status === 'running' || tail.lines.length > 0);
  const at = begun.findIndex(({ id }) => id === shown);
  return begun[(at + 1) % Math.max(1, begun.length)]?.id;
}

/** Of more stages than rows: those that run, failed or were cancelled, then the newest ended ones, then the next ones. */
function stagesInView(stages: readonly StageState[], rows: number): readonly StageState[] {
  if (stages.length <= rows) return stages;
  const urgent = stages.filter(({ status }) => ['running', 'failed', 'cancelled'].includes(status));
  const next = stages.filter(({ status }) => status === 'pending');
  const ended = stages.filter((stage) => !urgent.includes(stage) && !next.includes(stage)).reverse();
  const upcoming = next.slice(0, Math.max(1, Math.floor(rows / 4)));
  const wanted = [...urgent, ...upcoming, ...ended, ...next.slice(upcoming.length)];
  const kept = new Set(wanted.slice(0, rows));
  return stages.filter((stage) => kept.has(stage));
}

interface Cells {
  readonly theme: Theme;
  readonly columns: number;
  readonly now: number;
  readonly idWidth: number;
}

function markOf({ status, outcome }: StageState, { style }: Theme): string {
  const { good, bad, warn, dim, symbol } = style;
  switch (status) {
    case 'pending':
    case 'not-reached':
      return dim(symbol.dot);
    case 'running':
      return warn(symbol.pointer);
    case 'done':
      return outcome === 'built' ? good(symbol.good) : dim(symbol.good);
    case 'failed':
      return bad(symbol.bad);
    case 'cancelled':
      return warn(symbol.warn);
  }
}

/** `  4/120   3 %` with a bar where there is room; empty while nothing can be counted. */
function progressCell(stage: StageState, { theme, columns }: Cells): string {
  const { done = 0, total = 0, unit } = stage.progress ?? {};
  if (total <= 0) return done > 0 && unit !== 'bytes' ? `${done}` : '';
  const share = shareOf(stage);
  const percent = `${Math.floor(100 * share)} %`.padStart(5);
  return columns < WIDE_COLUMNS ? percent : `${barText(share, STAGE_BAR, theme.unicode)} ${percent}`;
}

function stageText(stage: StageState, cells: Cells): string {
  const { theme, now } = cells;
  const { dim } = theme.style;
  switch (stage.status) {
    case 'pending':
      return dim(cleanLine(theme.translate(stage.cause)));
    case 'not-reached':
      return dim(theme.t('stage.not-reached'));
    case 'cancelled':
      return theme.t('stage.cancelled');
    case 'failed':
      return theme.style.bad(`${theme.t('stage.failed')} ${formatSeconds(stage.seconds ?? 0)}`);
    case 'running': {
      const clock = formatClock(now - (stage.startedAt ?? now));
      const progress = progressCell(stage, cells);
      const item = stage.progress?.item ?? '';
      return [progress, clock, dim(cleanLine(item || (progress === '' ? theme.translate(stage.cause) : '')))]
        .filter((part) => part !== '')
        .join('  ');
    }
    case 'done': {
      const word = theme.t(`stage.${stage.outcome ?? 'built'}`);
      const time = stage.outcome === 'built' ? ` ${formatSeconds(stage.seconds ?? 0)}` : '';
      const detail = cleanLine(theme.translate(stage.detail ?? ''));
      return `${stage.outcome === 'built' ? word : dim(word)}${time}${detail ? `  ${dim(detail)}` : ''}`;
    }
  }
}

function stageLine(stage: StageState, cells: Cells): string {
  const id = padToWidth(stage.id, cells.idWidth);
  const name = stage.status === 'running' ? cells.theme.style.strong(id) : id;
  const line = `${markOf(stage, cells.theme)} ${name}  ${stageText(stage, cells)}`;
  return cutToWidth(line, cells.columns, cells.theme.style.symbol.ellipsis);
}

export function overallLine(run: RunState, theme: Theme, columns: number, now: number): string {
  const { t, style, unicode } = theme;
  const share = overallProgress(run);
  const percent = `${Math.floor(100 * share)} %`.padStart(5);
  const elapsed = run.seconds === undefined ? now - (run.startedAt ?? now) : run.seconds * 1000;
  const left = secondsLeft(run, now);
  const leftText =
    left === undefined
      ? ''
      : `  ${t(left < 1 ? 'run.longer' : 'run.left', { time: formatClock(1000 * Math.ceil(left)) })}`;
  const text = `${percent}  ${formatClock(elapsed)}${style.dim(leftText)}`;
  const room = columns - textWidth(text) - 1;
  return room < 4 ? text : `${barText(share, Math.min(40, room), unicode)} ${text}`;
}

/** A rule with a name in it, as wide as the terminal. */
export function ruleLine(name: string, columns: number, { style }: Theme): string {
  const rule = style.symbol.rule;
  const head = cutToWidth(`${rule}${rule} ${name} `, columns, style.symbol.ellipsis);
  return style.dim(head + rule.repeat(Math.max(0, columns - textWidth(head))));
}

function logLines(
  stage: StageState | undefined,
  rows: number,
  theme: Theme,
  columns: number,
): readonly string[] {
  if (!stage || rows < 2) return [];
  const { lines, dropped } = stage.tail;
  const count = lines.length + dropped;
  const last = lines.slice(-(rows - 1)).map((line) => cleanLine(line));
  const name = count === 0 ? stage.id : `${stage.id}: ${theme.t('run.lines', { count: String(count) })}`;
  return [ruleLine(name, columns, theme), ...last];
}

/** The failed stages in full; longer than any window may be. */
export function failureLines(run: RunState, theme: Theme, columns: number): readonly string[] {
  const common = { style: theme.style, columns };
  return [
    ...failedStages(run).flatMap((stage) =>
      stage.failure ? renderFailure(stage.failure, { ...common, stage }) : [],
    ),
    ...(run.failure ? renderFailure(run.failure, common) : []),
  ];
}

/** The line of a failure that says what went wrong, behind the log and before the reasons. */
export function isTitle(line: string, { style }: Theme): boolean {
  return stripStyle(line).startsWith(`${style.symbol.bad} `);
}

export interface RunViewOptions extends Size {
  readonly theme: Theme;
  /** Id of the stage whose log is wanted. */
  readonly chosen?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Overall bar, stages, log of one stage: at most `rows` lines. */
export function runView(run: RunState, options: RunViewOptions): readonly string[] {
  const { theme, columns, rows, now, chosen } = options;
  const idWidth = Math.min(
    Math.max(0, ...run.stages.map(({ id }) => id.length)),
    Math.max(8, Math.floor(columns / 3)),
  );
  const cells: Cells = { theme, columns, now, idWidth };
  const logged = loggedStage(run, chosen);
  const gap = rows >= run.stages.length + LOG_ROWS + 3 ? 1 : 0;
  const logRows = logged ? LOG_ROWS + gap : 0;
  const room = rows - 1 - gap;
  const cancelled = run.stages.filter(({ status }) => status === 'cancelled');
  const urgent = runningStages(run).length + failedStages(run).length + cancelled.length + 1;
  const stageRows = Math.min(run.stages.length, Math.max(Math.min(urgent, room), room - logRows));
  const stages = stagesInView(run.stages, stageRows).map((stage) => stageLine(stage, cells));
  const log = logLines(logged, room - stages.length - gap, theme, columns);
  const blank = gap === 1 ? [''] : [];
  return [
    overallLine(run, theme, columns, now),
    ...blank,
    ...stages,
    ...(log.length > 0 ? blank : []),
    ...log,
  ];
}
