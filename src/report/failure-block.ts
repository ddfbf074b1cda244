/** A failure in full: its last log lines between rules, then what was wrong, where, and what to type next. */
import type { StageFailure } from '../pipeline/run/failure.ts';
import { describeFailure } from '../pipeline/run/failure-text.ts';
import type { LineTail } from '../pipeline/run/line-tail.ts';
import type { Style } from './style.ts';
import { cleanLine, cleanLines, textWidth } from './terminal-text.ts';

interface BlockOptions {
  readonly style: Style;
  /** Length of the rules; 80 where it is not known. */
  readonly columns?: number;
  /** The stage that failed, and the last lines that it wrote. */
  readonly stage?: { readonly id: string; readonly tail: LineTail };
}

function between(title: string, lines: readonly string[], { style, columns = 80 }: BlockOptions): string[] {
  const length = Math.min(columns, 100);
  const head = `${style.symbol.rule.repeat(2)} ${title} `;
  const rule = (text: string) =>
    style.dim(text + style.symbol.rule.repeat(Math.max(0, length - textWidth(text))));
  return [rule(head), ...lines.flatMap(cleanLines), rule('')];
}

function logsOf(failure: StageFailure, options: BlockOptions): string[] {
  const { id, tail } = options.stage ?? { id: 'output', tail: undefined };
  const logged = tail?.lines ?? [];
  // A command's own output is often in the stage's log already.
  const own = 'tail' in failure && !failure.tail.every((line) => logged.includes(line)) ? failure.tail : [];
  const whole = (tail?.dropped ?? 0) + logged.length;
  const title = whole > logged.length ? `${id}: last ${logged.length} of ${whole} lines` : `${id}: log`;
  const nodes = 'nodes' in failure ? (failure.nodes ?? []) : [];
  return [
    ...(logged.length > 0 ? between(title, logged, options) : []),
    ...(own.length > 0 ? between(`${id}: last output`, own, options) : []),
    ...nodes.flatMap(({ name, lines }) => between(`${name}: last ${lines.length} lines`, lines, options)),
  ];
}

/** Lines without line breaks. Also used by commands that fail outside a run. */
export function renderFailure(failure: StageFailure, options: BlockOptions): string[] {
  const { style, stage } = options;
  const { title, detail, hint, next } = describeFailure(failure);
  const where = stage ? `${stage.id}: ` : '';
  return [
    ...logsOf(failure, options),
    style.bad(`${style.symbol.bad} ${where}${cleanLine(title.replaceAll('\n', ' '))}`),
    ...detail.flatMap(cleanLines).map((line) => `  ${line}`),
    ...(hint ? [`  ${hint}`] : []),
    ...(next.length > 0
      ? ['  Next:', ...next.map((command) => `    ${style.strong(cleanLine(command))}`)]
      : []),
  ];
}
