/** PURE: a plan that waits for its start, as lines. */
import { renderPlan } from '../report/plan-text.ts';
import { renderWarnings } from '../report/tables.ts';
import type { Theme } from '../ui/theme.tsx';
import type { PlanWarning, Work } from './app-state.ts';

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

export function planLines(
  { plan, warnings }: Extract<Work, { kind: 'planned' }>,
  theme: Theme,
  columns: number,
): readonly string[] {
  return [...warningLines(warnings, theme, columns), ...renderPlan(plan, theme.style, columns).split('\n')];
}
