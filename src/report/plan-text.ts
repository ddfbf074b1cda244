/** Pure text of a plan before it runs: what will be done and why, and which way through it takes longest. */
import type { RunStarted } from '../pipeline/core/events.ts';
import { formatSeconds } from './quantities.ts';
import type { Style } from './style.ts';
import { cleanLine, cutToWidth, padToWidth, textWidth, wrapToWidth } from './terminal-text.ts';

type Plan = RunStarted['plan'];

const MARK = '*';
/** A stage with a smaller share of the longest way is left out of its text. */
const WORTH_NAMING = 0.1;

function timeText({ seconds, guessed }: Plan, { t }: Style): string {
  if (!guessed) return t('plan.by-earlier-runs', { time: formatSeconds(seconds) });
  const time = seconds < 90 ? `${Math.ceil(seconds / 10)}0 s` : `${Math.round(seconds / 60)} min`;
  return t('plan.about', { time });
}

/** `base.builder -> compile -> ... -> smoke` */
function wayText({ stages, criticalPath }: Plan): string {
  const weights = new Map(stages.map(({ id, weight }) => [id, weight]));
  const way = criticalPath.map((id) => ({ id, weight: weights.get(id) ?? 0 }));
  const whole = way.reduce((sum, { weight }) => sum + weight, 0);
  const named = way.map(({ id, weight }, i) =>
    i === 0 || i === way.length - 1 || weight >= WORTH_NAMING * whole ? id : '...',
  );
  return named.filter((name, i) => name !== '...' || named[i - 1] !== '...').join(' -> ');
}

/** One line a stage: what is done, whether it is on the longest way, and why. */
export function renderStages(plan: Plan, style: Style, columns = Number.POSITIVE_INFINITY): string[] {
  const width = Math.max(0, ...plan.stages.map(({ id }) => id.length));
  const hasWay = plan.criticalPath.length > 1;
  const words = { run: style.t('plan.run'), cached: style.t('plan.cached') };
  const actionWidth = Math.max(...Object.values(words).map(textWidth));
  return plan.stages.map(({ id, action, cause }) => {
    const mark = plan.criticalPath.includes(id) ? MARK : ' ';
    const head = `${padToWidth(words[action], actionWidth)} ${hasWay ? `${mark} ` : ''}${id.padEnd(width)}  `;
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
 * Equivalent commands by stage, as earlier runs reported them. Nothing if there are none.
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

/** How long it takes, and which way through it takes longest; nothing where nothing takes time. */
export function renderTime(plan: Plan, style: Style, columns = Number.POSITIVE_INFINITY): string[] {
  if (plan.criticalPath.length === 0) return [];
  const time = timeText(plan, style);
  const hasWay = plan.criticalPath.length > 1;
  const text = hasWay ? style.t('plan.longest-way', { time, mark: MARK, way: wayText(plan) }) : time;
  return wrapToWidth(text, columns, '  ');
}

/**
 * The stages, then the time. No line break at the end.
 * @param columns width of the terminal; without it nothing is cut or wrapped
 */
export function renderPlan(plan: Plan, style: Style, columns = Number.POSITIVE_INFINITY): string {
  return [...renderStages(plan, style, columns), ...renderTime(plan, style, columns)].join('\n');
}
