/** PURE: shortens a line of a node's log for narrow terminals. */
import { cleanLine } from '../report/terminal-text.ts';

/** Fabric 1.x log line: day, time, zone, module, function, level, number, message. */
const FABRIC_LINE =
  /^\d{4}-\d\d-\d\d (?<time>[\d:]+)\S* UTC (?<module>\[[^\]]*\]) (?:\S+ )?-> (?<level>[A-Z]{4}) \w+ (?<message>.*)$/;

/** Terminals of at least this width show the whole line. */
const WHOLE_COLUMNS = 140;
const TIME_COLUMNS = 64;
const MODULE_COLUMNS = 56;

/** Drops day and number first, then time and level, then the module. */
export function shortLine(line: string, columns: number): string {
  const text = cleanLine(line);
  const found = columns < WHOLE_COLUMNS ? FABRIC_LINE.exec(text)?.groups : undefined;
  if (!found) return text;
  const { time, module, level, message = '' } = found;
  if (columns < MODULE_COLUMNS) return message;
  return columns < TIME_COLUMNS ? `${module} ${message}` : `${time} ${level} ${module} ${message}`;
}
