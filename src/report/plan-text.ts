/** Text of a plan before it runs: stages, causes, expected time and critical path. */
import type { RunStarted } from '../pipeline/core/events.ts';
import { idleWord } from './outcome-text.ts';
import { formatSeconds } from './quantities.ts';
import type { Style } from './style.ts';
import { cleanLine, cutToWidth, padToWidth, textWidth, wrapToWidth } from './terminal-text.ts';

type Plan = RunStarted['plan'];

const MARK = '*';
/** Stages with a smaller share of the critical path's time are shown as `...`. */
const LEAST_SHARE = 0.1;

function timeText({ seconds, guessed }: Plan, { t }: Style): string {
  if (!guessed) return t('plan.by-earlier-runs', { time: formatSeconds(seconds) });
  const time = seconds < 90 ? `${Math.ceil(seconds / 10)}0 s` : `${Math.round(seconds / 60)} min`;
  return t('plan.about', { time });
}

/** `base.builder -> compile -> ... -> smoke` */
function pathText({ stages, criticalPath }: Plan): string {
  const weights = new Map(stages.map(({ id, weight }) => [id, weight]));
  const path = criticalPath.map((id) => ({ id, weight: weights.get(id) ?? 0 }));
  const total = path.reduce((sum, { weight }) => sum + weight, 0);
  const names = path.map(({ id, weight }, i) =>
    i === 0 || i === path.length - 1 || weight >= LEAST_SHARE * total ? id : '...',
  );
  return names.filter((name, i) => name !== '...' || names[i - 1] !== '...').join(' -> ');
}

/**
 * Returns one line per stage: action, mark of the critical path, id and cause.
 * @param order `run-first`: for screens that may not show all lines
 */
export function renderStages(
  plan: Plan,
  style: Style,
  columns = Number.POSITIVE_INFINITY,
  order: 'plan' | 'run-first' = 'plan',
): string[] {
  const width = Math.max(0, ...plan.stages.map(({ id }) => id.length));
  const hasPath = plan.criticalPath.length > 1;
  const wordOf = ({ action, cause }: Plan['stages'][number]) =>
    style.t(action === 'run' ? 'plan.run' : idleWord(cause));
  const actionWidth = Math.max(0, ...plan.stages.map((stage) => textWidth(wordOf(stage))));
  const rank = ({ action }: Plan['stages'][number]) => (action === 'run' ? 0 : 1);
  const stages = order === 'plan' ? plan.stages : plan.stages.toSorted((a, b) => rank(a) - rank(b));
  return stages.map((stage) => {
    const { id, action, cause } = stage;
    const mark = plan.criticalPath.includes(id) ? MARK : ' ';
    const head = `${padToWidth(wordOf(stage), actionWidth)} ${hasPath ? `${mark} ` : ''}${id.padEnd(width)}  `;
    const why = cutToWidth(
      cleanLine(style.translate(cause)),
      columns - textWidth(head),
      style.symbol.ellipsis,
    );
    if (action === 'cached') return style.dim(head + why);
    return mark === MARK ? style.strong(head) + why : head + why;
  });
}

/**
 * Equivalent commands by stage, as earlier runs reported them; empty if there are none.
 * @param commands by stage id
 */
export function renderCommands(
  commands: Readonly<Record<string, readonly string[]>>,
  style: Style,
): string[] {
  const stages = Object.entries(commands);
  if (stages.length === 0) return [];
  return [
    '',
    style.t('plan.commands'),
    ...stages.flatMap(([stage, lines]) => [style.strong(stage), ...lines.map((line) => `  ${line}`)]),
  ];
}

/** Returns the expected time and the critical path; empty if no stage takes time. */
export function renderTime(plan: Plan, style: Style, columns = Number.POSITIVE_INFINITY): string[] {
  if (plan.criticalPath.length === 0) return [];
  const time = timeText(plan, style);
  const hasPath = plan.criticalPath.length > 1;
  const text = hasPath ? style.t('plan.critical-path', { time, mark: MARK, path: pathText(plan) }) : time;
  return wrapToWidth(text, columns, '  ');
}

/** Returns what a plan takes away, what is kept of it, and how it comes back; empty if the plan replaces no network. */
export function renderReplacement(
  { replaces }: Plan,
  { t, warn, symbol }: Style,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  if (!replaces) return [];
  const { instance, changes, ledgers, keptIn, by } = replaces;
  const title =
    changes.length > 0 ? t('plan.replaces', { instance, changes }) : t('plan.replaces-unknown', { instance });
  const next = by === undefined ? t('plan.new-network') : t('plan.used-again', { instance: by });
  return [
    ...wrapToWidth(`${symbol.warn} ${title}`, columns, '  ').map(warn),
    ...[t('plan.kept', { folder: keptIn, count: ledgers }), next].flatMap((text) =>
      wrapToWidth(`  ${text}`, columns, '  '),
    ),
  ];
}

/**
 * Returns the stages, what is replaced, then the time, without a final line break.
 * @param columns width of the terminal; by default nothing is cut or wrapped
 */
export function renderPlan(plan: Plan, style: Style, columns = Number.POSITIVE_INFINITY): string {
  return [
    ...renderStages(plan, style, columns),
    ...renderReplacement(plan, style, columns),
    ...renderTime(plan, style, columns),
  ].join('\n');
}
