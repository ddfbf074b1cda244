/** PURE: the progress of a runtime image build as lines. */
import { formatClock } from '../report/quantities.ts';
import { cleanLine, cutToWidth, textWidth } from '../report/terminal-text.ts';
import { barText } from '../ui/bar-text.ts';
import type { Size, Theme } from '../ui/theme.tsx';
import type { Repairing } from './app-state.ts';
import { ruleLine } from './run-view.ts';

const MAX_BAR = 40;

/** At most `rows` lines. @param now milliseconds since the epoch */
export function repairView(
  { ref, startedAt, progress, lines }: Repairing,
  { theme, columns, rows, now }: Size & { readonly theme: Theme; readonly now: number },
): readonly string[] {
  const { t, style, unicode } = theme;
  const { done = 0, total = 0, item } = progress ?? {};
  const share = total > 0 ? done / total : 0;
  const percent = total > 0 ? `${Math.floor(100 * share)} %`.padStart(5) : '';
  const text = `${percent}  ${formatClock(now - startedAt)}`;
  const bar = barText(share, Math.min(MAX_BAR, columns - textWidth(text) - 1), unicode);
  const head = [
    cutToWidth(t('repair.building', { ref }), columns, style.symbol.ellipsis),
    `${bar} ${text}`,
    '',
    ruleLine(cleanLine(theme.translate(item ?? ref)).trim(), columns, theme),
  ];
  const room = rows - head.length;
  return [...head, ...(room > 0 ? lines.slice(-room).map(cleanLine) : [])].slice(0, rows);
}
