/** One line per change of state: for pipes, CI, screen readers and whoever asks for `--plain`. */
import type { RunEvent, RunStarted, StageProgress } from '../pipeline/run/events.ts';
import { describeFailure } from '../pipeline/run/failure-text.ts';
import { initialRunState, type RunState, reduceRun, type StageState } from '../pipeline/run/run-state.ts';
import { unreachable } from '../pipeline/run/unreachable.ts';
import { count } from '../pipeline/run/wording.ts';
import { formatBytes, formatClock, formatSeconds } from './quantities.ts';
import type { Reporter } from './reporter.ts';
import { practiceMark, renderResult } from './result-text.ts';
import { renderSmoke } from './smoke-text.ts';
import { createStyle, isUtf8Locale, type Style } from './style.ts';
import { cleanLine } from './terminal-text.ts';

export interface PlainOptions {
  /** Gets whole lines, line breaks included. */
  readonly write: (text: string) => void;
  readonly colour: boolean;
  /** Also every log line, prefixed with its stage. */
  readonly verbose: boolean;
  /** Width of the terminal; without it nothing is fitted to a width. */
  readonly columns?: number;
  /** Symbols beyond ASCII; by default where the locale is UTF-8. */
  readonly unicode?: boolean;
}

const PROGRESS_EVERY_MS = 5000;

function progressText({
  done,
  total,
  unit,
  item,
}: Pick<StageProgress, 'done' | 'total' | 'unit' | 'item'>): string {
  const of = (n: number) => (unit === 'bytes' ? formatBytes(n) : String(n));
  const noun = unit === 'bytes' ? '' : ` ${unit}`;
  const amount =
    total > 0
      ? `${of(done)} of ${of(total)}${noun} (${Math.min(100, Math.floor((100 * done) / total))} %)`
      : `${of(done)}${noun}`;
  return item ? `${amount}: ${cleanLine(item)}` : amount;
}

class PlainReporter implements Reporter {
  readonly #options: PlainOptions;
  readonly #style: Style;
  #state: RunState = initialRunState;
  #closed = false;
  /** Per running stage: when a progress line was last written, and which. */
  readonly #shown = new Map<string, { readonly at: number; readonly text: string }>();

  constructor(options: PlainOptions) {
    this.#options = options;
    this.#style = createStyle({
      colour: options.colour,
      unicode: options.unicode ?? isUtf8Locale(process.env),
    });
  }

  onEvent(event: RunEvent): void {
    if (this.#closed) return;
    const before = this.#state;
    this.#state = reduceRun(before, event);
    for (const line of this.#linesOf(event, before)) this.#options.write(`${line}\n`);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #linesOf(event: RunEvent, before: RunState): readonly string[] {
    const { good, bad, warn, dim, symbol } = this.#style;
    switch (event.type) {
      case 'run-started':
        return this.#started(event);
      case 'stage-started': {
        const stage = this.#stage(event.stage);
        this.#shown.set(event.stage, { at: event.at, text: '' });
        // What is known to be cached ends in the same moment: its cause goes with its end.
        if (stage?.action === 'cached') return [];
        const cause = stage?.cause ? `: ${cleanLine(stage.cause)}` : '';
        return this.#timed(event.at, `${dim(symbol.dot)} ${event.stage} started${cause}`);
      }
      case 'stage-progress':
        return this.#progress(event);
      case 'stage-log':
        if (!this.#options.verbose) return [];
        return this.#timed(event.at, dim(`  ${event.stage} | ${cleanLine(event.line)}`));
      case 'stage-warning':
        return this.#timed(event.at, warn(`${symbol.warn} ${event.stage}: ${cleanLine(event.message)}`));
      case 'stage-finished': {
        this.#shown.delete(event.stage);
        const reason = event.detail || (event.outcome === 'built' ? '' : this.#stage(event.stage)?.cause);
        const mark = event.outcome === 'skipped' ? dim(symbol.dot) : good(symbol.good);
        const time = event.seconds < 0.05 ? '' : `, ${formatSeconds(event.seconds)}`;
        const end = `${event.outcome}${time}${reason ? `: ${cleanLine(reason)}` : ''}`;
        return this.#timed(event.at, `${mark} ${event.stage} ${end}`);
      }
      case 'stage-failed': {
        this.#shown.delete(event.stage);
        const title = cleanLine(describeFailure(event.failure, event.diagnosis).title.replaceAll('\n', ' '));
        const end = `failed, ${formatSeconds(event.seconds)}: ${title}`;
        return this.#timed(event.at, bad(`${symbol.bad} ${event.stage} ${end}`));
      }
      case 'stage-cancelled':
        this.#shown.delete(event.stage);
        return this.#timed(event.at, warn(`${symbol.warn} ${event.stage} cancelled`));
      case 'node-health': {
        if (before.nodes.find(({ node }) => node === event.node)?.state === event.state) return [];
        const marks = { starting: dim(symbol.dot), ready: good(symbol.good), gone: bad(symbol.bad) };
        return this.#timed(event.at, `${marks[event.state]} node ${cleanLine(event.node)} ${event.state}`);
      }
      case 'smoke-result':
        return renderSmoke(event, this.#style, this.#options.columns);
      case 'run-finished':
        return renderResult(this.#state, { style: this.#style, columns: this.#options.columns });
      default:
        return unreachable(event);
    }
  }

  #stage(id: string): StageState | undefined {
    return this.#state.stages.find((stage) => stage.id === id);
  }

  #timed(at: number, text: string): readonly string[] {
    const clock = formatClock(at - (this.#state.startedAt ?? at)).padStart(5);
    return [`${this.#style.dim(clock)} ${text}`];
  }

  #started({ command, project, plan }: RunStarted): readonly string[] {
    const { strong, symbol } = this.#style;
    this.#shown.clear();
    const toRun = plan.stages.filter((stage) => stage.action === 'run').length;
    const head = [
      strong(`fabric-wizard ${cleanLine(command)}`),
      `project ${cleanLine(project)}`,
      `${count(plan.stages.length, 'stage')}, ${toRun} to run`,
    ];
    return [`${head.join(` ${symbol.dot} `)}${practiceMark(this.#state, this.#style)}`];
  }

  #progress(event: StageProgress): readonly string[] {
    const last = this.#shown.get(event.stage);
    const text = progressText(event);
    if (!last || event.at - last.at < PROGRESS_EVERY_MS || text === last.text) return [];
    this.#shown.set(event.stage, { at: event.at, text });
    return this.#timed(event.at, `${this.#style.dim(this.#style.symbol.dot)} ${event.stage} ${text}`);
  }
}

/** Writes whole lines only: no carriage return, no cursor movement, colours only where `colour` is true. */
export function createPlainReporter(options: PlainOptions): Reporter {
  return new PlainReporter(options);
}
