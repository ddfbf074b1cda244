/** A failure in full: its last log lines between rules, then what was wrong, where, and what to type next. */
import type { Diagnosis, StageFailure } from '../pipeline/core/failure.ts';
import type { LineTail } from '../pipeline/core/line-tail.ts';
import { describeFailure } from './failure-text.ts';
import type { Style } from './style.ts';
import { cleanLine, cleanLines, textWidth, wrapToWidth } from './terminal-text.ts';

interface BlockOptions {
  readonly style: Style;
  /** Length of the rules; 80 where it is not known. */
  readonly columns?: number;
  /** The stage that failed, and the last lines that it wrote. */
  readonly stage?: { readonly id: string; readonly tail: LineTail; readonly diagnosis?: Diagnosis };
}

/** Beside a diagnosis, which quotes the line that counts; the nodes' logs are left to `fabric-wizard logs`. */
const LINES_BESIDE_DIAGNOSIS = 8;

function between(title: string, lines: readonly string[], { style, columns = 80 }: BlockOptions): string[] {
  const length = Math.min(columns, 100);
  const head = `${style.symbol.rule.repeat(2)} ${title} `;
  const rule = (text: string) =>
    style.dim(text + style.symbol.rule.repeat(Math.max(0, length - textWidth(text))));
  return [rule(head), ...lines.flatMap(cleanLines), rule('')];
}

function logsOf(failure: StageFailure, options: BlockOptions): string[] {
  const { t } = options.style;
  const { id: name, tail, diagnosis } = options.stage ?? { id: t('failure.output'), tail: undefined };
  const logged = tail?.lines ?? [];
  // A command's own output is often in the stage's log already.
  const own = 'tail' in failure && !failure.tail.every((line) => logged.includes(line)) ? failure.tail : [];
  const whole = (tail?.dropped ?? 0) + logged.length;
  if (diagnosis) {
    const rest = [...logged, ...own].filter((line) => line.trim() !== diagnosis.proof.line);
    const last = rest.slice(-LINES_BESIDE_DIAGNOSIS);
    const title = t('failure.tail', { name, count: last.length, all: whole + own.length });
    return last.length > 0 ? between(title, last, options) : [];
  }
  const title =
    whole > logged.length
      ? t('failure.tail', { name, count: logged.length, all: whole })
      : t('failure.log', { name });
  const nodes = 'nodes' in failure ? (failure.nodes ?? []) : [];
  return [
    ...(logged.length > 0 ? between(title, logged, options) : []),
    ...(own.length > 0 ? between(t('failure.own-output', { name }), own, options) : []),
    ...nodes.flatMap((node) => {
      const title = t('failure.node-tail', { name: node.name, count: node.lines.length });
      return between(title, node.lines, options);
    }),
  ];
}

/** One paragraph in the width of the terminal; a pipe has no width. */
function paragraph(text: string, indent: string, columns: number | undefined): string[] {
  const line = indent + cleanLine(text);
  return columns === undefined ? [line] : wrapToWidth(line, columns, `${indent}  `);
}

/** Lines without line breaks; commands are never broken. Also used by commands that fail outside a run. */
export function renderFailure(failure: StageFailure, options: BlockOptions): string[] {
  const { style, stage, columns } = options;
  const { t } = style;
  const { title, proof, why, detail, hint, next } = describeFailure(failure, style, stage?.diagnosis);
  const what = title.replaceAll('\n', ' ');
  const head = `${style.symbol.bad} ${stage ? t('plain.because', { what: stage.id, why: what }) : what}`;
  const body = [
    ...(proof
      ? [
          proof.from
            ? t('failure.says', { name: proof.from, line: proof.line })
            : t('failure.proof', { line: proof.line }),
        ]
      : []),
    ...(why ? [t('failure.why', { why })] : []),
    ...detail.flatMap(cleanLines),
    ...(hint ? [hint] : []),
  ];
  return [
    ...logsOf(failure, options),
    ...paragraph(head, '', columns).map(style.bad),
    ...body.flatMap((line) => paragraph(line, '  ', columns)),
    ...(next.length > 0
      ? [`  ${t('failure.next')}`, ...next.map((command) => `    ${style.strong(cleanLine(command))}`)]
      : []),
  ];
}
