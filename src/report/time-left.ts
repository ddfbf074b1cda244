import type { TimeLeft } from '../pipeline/core/run-outlook.ts';
import { formatClock } from './quantities.ts';
import type { Style } from './style.ts';

/** Returns the expected remaining time of a run in words; empty if there is none. */
export function timeLeftText(left: TimeLeft, { t }: Pick<Style, 't'>): string {
  if (left === undefined) return '';
  if (left === 'unknown') return t('run.left-unknown');
  return t('run.left', { time: formatClock(1000 * Math.max(1, Math.ceil(left))) });
}
