/** Text of a failure: its last log lines between rules, then the cause, the place and the next commands. */
import { type Diagnosis, diagnosedNode, type LogTail, type StageFailure } from '../pipeline/core/failure.ts';
import type { LineTail } from '../pipeline/core/line-tail.ts';
import { describeFailure } from './failure-text.ts';
import type { Style } from './style.ts';
import { cleanLine, cleanLines, textWidth, wrapCommand, wrapToWidth } from './terminal-text.ts';

interface BlockOptions {
  readonly style: Style;
  /** Length of the rules, 80 by default. */
  readonly columns?: number;
  /** Break long commands so that a shell accepts the lines: on screens, whose rows end with line breaks. */
  readonly wrapsCommands?: boolean;
  /** The stage that failed, and the end of its log. */
  readonly stage?: { readonly id: string; readonly tail: LineTail; readonly diagnosis?: Diagnosis };
}

/** Number of log lines shown with a diagnosis, which already quotes the relevant line. */
const LINES_BESIDE_DIAGNOSIS = 8;

function framed(title: string, lines: readonly string[], { style, columns = 80 }: BlockOptions): string[] {
  const length = Math.min(columns, 100);
  const head = `${style.symbol.rule.repeat(2)} ${title} `;
  const rule = (text: string) =>
    style.dim(text + style.symbol.rule.repeat(Math.max(0, length - textWidth(text))));
  return [rule(head), ...lines.flatMap(cleanLines), rule('')];
}

/** @param quoted what is said below the logs */
function logsOf(failure: StageFailure, quoted: readonly string[], options: BlockOptions): string[] {
  const { t } = options.style;
  // Each failed test has its own lines below.
  if (failure.kind === 'tests') return [];
  const { id: name, tail, diagnosis } = options.stage ?? { id: t('failure.output'), tail: undefined };
  const logged = tail?.lines ?? [];
  // The output of a command is often part of the stage's log.
  const isShown = (line: string) =>
    logged.includes(line) || (line.trim() !== '' && quoted.some((each) => each.includes(line.trim())));
  const own = 'tail' in failure && !failure.tail.every(isShown) ? failure.tail : [];
  const total = (tail?.dropped ?? 0) + logged.length;
  // The name of a log's owner may be followed by its state.
  const isOfCause = ({ name }: LogTail) => !diagnosis || name.split(' ')[0] === diagnosedNode(diagnosis);
  const tails = 'nodes' in failure ? (failure.nodes ?? []) : [];
  const nodes = tails.filter(isOfCause).flatMap((node) => {
    const title = t('failure.node-tail', { name: node.name, count: node.lines.length });
    return framed(title, node.lines, options);
  });
  if (diagnosis) {
    const all = [...logged, ...own];
    const rest = all.filter((line) => line.trim() !== diagnosis.proof.line);
    // A short log is shown whole: without the quoted line, the others would say little.
    const isShort = rest.length > 0 && all.length <= LINES_BESIDE_DIAGNOSIS;
    const last = isShort ? all : rest.slice(-LINES_BESIDE_DIAGNOSIS);
    const title = t('failure.tail', { name, count: last.length, all: total + own.length });
    return [...(last.length > 0 ? framed(title, last, options) : []), ...nodes];
  }
  const title =
    total > logged.length
      ? t('failure.tail', { name, count: logged.length, all: total })
      : t('failure.log', { name });
  return [
    ...(logged.length > 0 ? framed(title, logged, options) : []),
    ...(own.length > 0 ? framed(t('failure.own-output', { name }), own, options) : []),
    ...nodes,
  ];
}

/** Returns a paragraph wrapped to the width of the terminal, or one line if there is no width (a pipe). */
function paragraph(text: string, indent: string, columns: number | undefined): string[] {
  const line = indent + cleanLine(text);
  return columns === undefined ? [line] : wrapToWidth(line, columns, `${indent}  `);
}

/** Returns the lines of a command. */
function commandLines(command: string, { style, columns, wrapsCommands = false }: BlockOptions): string[] {
  const indent = '    ';
  const line = cleanLine(style.command(command));
  const isLong = columns !== undefined && textWidth(line) > columns - indent.length;
  const lines = wrapsCommands && isLong ? wrapCommand(line, columns - indent.length, '  ') : [line];
  return lines.map((each) => indent + style.strong(each));
}

/** Returns lines without line breaks. Commands are not wrapped, except on screens. Also used for failures outside a run. */
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
            ? t('failure.evidence-from', { name: proof.from, line: proof.line })
            : t('failure.evidence', { line: proof.line }),
        ]
      : []),
    ...(why ? [t('failure.why', { why })] : []),
    ...detail.flatMap(cleanLines),
    ...(hint ? [hint] : []),
  ];
  return [
    ...logsOf(failure, [title, ...detail], options),
    ...paragraph(head, '', columns).map(style.bad),
    ...body.flatMap((line) => paragraph(line, '  ', columns)),
    ...(next.length > 0
      ? [`  ${t('failure.next')}`, ...next.flatMap((command) => commandLines(command, options))]
      : []),
  ];
}
