/** PURE: a line of a node's log in as few columns as there are. */
import { cleanLine } from '../report/terminal-text.ts';

/** As Fabric 1.x writes it: day, time, zone, module, function, level, number, message. */
const FABRIC_LINE =
  /^\d{4}-\d\d-\d\d (?<time>[\d:]+)\S* UTC (?<module>\[[^\]]*\]) (?:\S+ )?-> (?<level>[A-Z]{4}) \w+ (?<message>.*)$/;

/** From this width on a line is shown as it came. */
const WHOLE_COLUMNS = 140;
const TIME_COLUMNS = 64;

/** What a person would leave out first is left out first: the day, the number; then time and level. */
export function shortLine(line: string, columns: number): string {
  const text = cleanLine(line);
  const found = columns < WHOLE_COLUMNS ? FABRIC_LINE.exec(text)?.groups : undefined;
  if (!found) return text;
  const { time, module, level, message } = found;
  return columns < TIME_COLUMNS ? `${module} ${message}` : `${time} ${level} ${module} ${message}`;
}
