/** PURE: a plan that waits for its start, as lines. */
import { renderPlan } from '../report/plan-text.ts';
import { renderWarnings } from '../report/tables.ts';
import type { Binding } from '../ui/keys.ts';
import type { Theme } from '../ui/theme.tsx';
import type { PlanWarning, Work } from './app-state.ts';

type Planned = Extract<Work, { kind: 'planned' }>;

/** Warnings of the preflight checks, with a blank line after them. */
export function warningLines(
  warnings: readonly PlanWarning[],
  { style }: Theme,
  columns: number,
): readonly string[] {
  const lines = renderWarnings(
    warnings.map((warning) => ({ ...warning, status: 'warn' })),
    style,
    columns,
  );
  return lines.length === 0 ? [] : [...lines, ''];
}

/** The key that starts a plan. What replaces a network has a key of its own, so that Enter does not do it by habit. */
export function startBinding({ plan }: Pick<Planned, 'plan'>, t: Theme['t'], act: () => void): Binding {
  return plan.replaces
    ? { keys: ['y'], label: t('key.replace'), act }
    : { keys: ['enter'], label: t('key.start'), act };
}

export function planLines({ plan, warnings }: Planned, theme: Theme, columns: number): readonly string[] {
  return [...warningLines(warnings, theme, columns), ...renderPlan(plan, theme.style, columns).split('\n')];
}
