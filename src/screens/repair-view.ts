/** PURE: an image that is being made, as lines. */
import { formatClock } from '../report/quantities.ts';
import { cleanLine, cutToWidth, textWidth } from '../report/terminal-text.ts';
import { barText } from '../ui/bar-text.ts';
import type { Face, Size } from '../ui/face.tsx';
import type { Repairing } from './app-state.ts';
import { ruleLine } from './run-view.ts';

const WIDEST_BAR = 40;

/** At most `rows` lines. @param now milliseconds since the epoch */
export function repairView(
  { ref, startedAt, progress, said }: Repairing,
  { face, columns, rows, now }: Size & { readonly face: Face; readonly now: number },
): readonly string[] {
  const { say, style, unicode } = face;
  const { done = 0, total = 0, item } = progress ?? {};
  const share = total > 0 ? done / total : 0;
  const percent = total > 0 ? `${Math.floor(100 * share)} %`.padStart(5) : '';
  const text = `${percent}  ${formatClock(now - startedAt)}`;
  const bar = barText(share, Math.min(WIDEST_BAR, columns - textWidth(text) - 1), unicode);
  const head = [
    cutToWidth(say('repair.building', { ref }), columns, style.symbol.ellipsis),
    `${bar} ${text}`,
    '',
    ruleLine(cleanLine(item ?? ref).trim(), columns, face),
  ];
  const room = rows - head.length;
  return [...head, ...(room > 0 ? said.slice(-room).map(cleanLine) : [])].slice(0, rows);
}
