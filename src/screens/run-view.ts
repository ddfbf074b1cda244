/** PURE: a run as lines. What does not fit is dropped in a fixed order, least important first. */
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
import { outcomeWord } from '../report/outcome-text.ts';
import { formatClock, formatSeconds } from '../report/quantities.ts';
import { renderAhead } from '../report/result-text.ts';
import {
  cleanLine,
  cutToWidth,
  padToWidth,
  stripStyle,
  textWidth,
  wrapToWidth,
} from '../report/terminal-text.ts';
import { timeLeftText } from '../report/time-left.ts';
import { barText } from '../ui/bar-text.ts';
import type { Size, Theme } from '../ui/theme.tsx';

/** Minimum height of the log window. */
const LOG_ROWS = 5;
const STAGE_BAR = 10;
/** Narrower terminals show a stage's progress without a bar. */
const WIDE_COLUMNS = 60;

/** The stage whose log is shown: the selected one, else the one with most output, else the last one with output. */
export function loggedStage(run: RunState, chosen: string | undefined): StageState | undefined {
  const byId = run.stages.find(({ id }) => id === chosen);
  const withOutput = run.stages.filter(({ tail }) => tail.lines.length > 0);
  return byId ?? busiestStage(run) ?? withOutput.at(-1);
}

/** The started stage after the shown one; wraps around. */
export function nextLoggedStage(run: RunState, shown: string | undefined): string | undefined {
  const started = run.stages.filter(({ status, tail }) => status === 'running' || tail.lines.length > 0);
  const index = started.findIndex(({ id }) => id === shown);
  return started[(index + 1) % Math.max(1, started.length)]?.id;
}

/** Selects stages that fit: running, failed and cancelled ones first, then some pending ones, then the newest ended ones. */
function stagesInView(stages: readonly StageState[], rows: number): readonly StageState[] {
  if (stages.length <= rows) return stages;
  const urgent = stages.filter(({ status }) => ['running', 'failed', 'cancelled'].includes(status));
  const pending = stages.filter(({ status }) => status === 'pending');
  const ended = stages.filter((stage) => !urgent.includes(stage) && !pending.includes(stage)).reverse();
  const upcoming = pending.slice(0, Math.max(1, Math.floor(rows / 4)));
  const byPriority = [...urgent, ...upcoming, ...ended, ...pending.slice(upcoming.length)];
  const kept = new Set(byPriority.slice(0, rows));
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

/** A bar, if there is room, and a percentage; empty while the total is unknown. */
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
      const item = theme.translate(stage.progress?.item ?? '');
      return [progress, clock, dim(cleanLine(item || (progress === '' ? theme.translate(stage.cause) : '')))]
        .filter((part) => part !== '')
        .join('  ');
    }
    case 'done': {
      const word = theme.t(outcomeWord(stage));
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
  const { style, unicode } = theme;
  const share = overallProgress(run);
  const percent = `${Math.floor(100 * share)} %`.padStart(5);
  const elapsed = run.seconds === undefined ? now - (run.startedAt ?? now) : run.seconds * 1000;
  const left = timeLeftText(secondsLeft(run, now), theme);
  const text = `${percent}  ${formatClock(elapsed)}${left === '' ? '' : style.dim(`  ${left}`)}`;
  const room = columns - textWidth(text) - 1;
  return room < 4 ? text : `${barText(share, Math.min(40, room), unicode)} ${text}`;
}

/** A horizontal rule with a title, as wide as the terminal. */
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

/** The full report of all failed stages; may be longer than the screen. */
export function failureLines(run: RunState, theme: Theme, columns: number): readonly string[] {
  const common = { style: theme.style, columns, wrapsCommands: true };
  return [
    ...failedStages(run).flatMap((stage) =>
      stage.failure ? renderFailure(stage.failure, { ...common, stage }) : [],
    ),
    ...(run.failure ? renderFailure(run.failure, common) : []),
    ...renderAhead(run, common),
  ];
}

/** Whether this is the title line of a failure, which follows the log and precedes the reasons. */
export function isTitle(line: string, { style }: Theme): boolean {
  return stripStyle(line).startsWith(`${style.symbol.bad} `);
}

export interface RunViewOptions extends Size {
  readonly theme: Theme;
  /** Id of the stage whose log to show. */
  readonly chosen?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const MAX_WARNING_LINES = 2;

/** The last warning of a stage that runs or has failed; the record has those of all stages. */
function warningLines(run: RunState, theme: Theme, columns: number): readonly string[] {
  const stages = run.stages.filter(({ status }) => status === 'running' || status === 'failed');
  const [id, warning] =
    stages.flatMap(({ id, warnings }) => warnings.map((each) => [id, each] as const)).at(-1) ?? [];
  if (!warning) return [];
  const { style } = theme;
  const text = `${style.symbol.warn} ${id}: ${cleanLine(theme.translate(warning.message))}`;
  return wrapToWidth(text, columns, '  ').slice(0, MAX_WARNING_LINES).map(style.warn);
}

/** Overall progress, stages, the last warning, and the log of one stage: at most `rows` lines. */
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
  const warning = warningLines(run, theme, columns).slice(0, Math.max(0, room - stages.length - gap));
  const log = logLines(logged, room - stages.length - warning.length - gap, theme, columns);
  const blank = gap === 1 ? [''] : [];
  return [
    overallLine(run, theme, columns, now),
    ...blank,
    ...stages,
    ...warning,
    ...(log.length > 0 ? blank : []),
    ...log,
  ];
}
