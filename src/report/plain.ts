/** One line per change of state: for pipes, CI, screen readers and whoever asks for `--plain`. */
import type { RunEvent, RunFinished, RunStarted, StageProgress } from '../pipeline/run/events.ts';
import { describeFailure } from '../pipeline/run/failure-text.ts';
import {
  failedStages,
  initialRunState,
  type RunState,
  reduceRun,
  type StageState,
} from '../pipeline/run/run-state.ts';
import { unreachable } from '../pipeline/run/unreachable.ts';
import { renderFailure } from './failure-block.ts';
import { formatBytes, formatClock, formatSeconds } from './quantities.ts';
import type { Reporter } from './reporter.ts';
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

const PRACTICE = 'practice source: not Hyperledger Fabric';
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

function nextSteps(command: string): readonly (readonly [command: string, does: string])[] {
  switch (command) {
    case 'down':
    case 'clean':
    case 'rebuild':
      return [];
    case 'build':
      return [['fabric-wizard up --yes', 'start a network of these images and prove them']];
    default:
      return [
        ['fabric-wizard status', 'what runs'],
        ['fabric-wizard logs', 'what the nodes say'],
        ['fabric-wizard smoke', 'prove the chaincode again'],
        ['eval "$(fabric-wizard env org1)"', 'talk to it from this shell'],
        ['fabric-wizard down', 'stop it'],
      ];
  }
}

function tally(stages: readonly StageState[]): string {
  const counts = (['built', 'cached', 'skipped'] as const).map((outcome) => ({
    outcome,
    n: stages.filter((stage) => stage.outcome === outcome).length,
  }));
  return counts.flatMap(({ outcome, n }) => (n > 0 ? [`${n} ${outcome}`] : [])).join(', ');
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
        return this.#finished(event);
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

  #practiceMark(): string {
    const { warn, strong, symbol } = this.#style;
    return this.#state.practice ? ` ${warn(strong(`${symbol.warn} ${PRACTICE}`))}` : '';
  }

  #started({ command, project, plan }: RunStarted): readonly string[] {
    const { strong, symbol } = this.#style;
    this.#shown.clear();
    const toRun = plan.stages.filter((stage) => stage.action === 'run').length;
    const head = [
      strong(`fabric-wizard ${cleanLine(command)}`),
      `project ${cleanLine(project)}`,
      `${plan.stages.length} stages, ${toRun} to run`,
    ];
    return [`${head.join(` ${symbol.dot} `)}${this.#practiceMark()}`];
  }

  #progress(event: StageProgress): readonly string[] {
    const last = this.#shown.get(event.stage);
    const text = progressText(event);
    if (!last || event.at - last.at < PROGRESS_EVERY_MS || text === last.text) return [];
    this.#shown.set(event.stage, { at: event.at, text });
    return this.#timed(event.at, `${this.#style.dim(this.#style.symbol.dot)} ${event.stage} ${text}`);
  }

  #finished(event: RunFinished): readonly string[] {
    const state = this.#state;
    const common = { style: this.#style, columns: this.#options.columns };
    const missed = state.stages.filter(({ status }) => status === 'not-reached').map(({ id }) => id);
    const blocks = [
      ...failedStages(state).map((stage) =>
        stage.failure ? renderFailure(stage.failure, { ...common, stage }) : [],
      ),
      event.failure ? renderFailure(event.failure, common) : [],
      missed.length > 0 ? [this.#style.dim(`not reached: ${missed.join(', ')}`)] : [],
      event.outcome === 'done' ? this.#nextSteps() : [],
      [this.#result(event)],
    ].filter((block) => block.length > 0);
    const lines = blocks.flatMap((block) => ['', ...block]);
    // A run that ended before it began has nothing above to stand apart from.
    return state.startedAt === undefined ? lines.slice(1) : lines;
  }

  #nextSteps(): readonly string[] {
    const { strong, dim } = this.#style;
    const steps = nextSteps(this.#state.command);
    const width = Math.max(0, ...steps.map(([command]) => command.length));
    return steps.map(([command, does]) => `  ${strong(command.padEnd(width))}  ${dim(does)}`);
  }

  #result({ outcome, seconds, exitCode }: RunFinished): string {
    const { good, bad, warn, symbol } = this.#style;
    const time = formatSeconds(seconds);
    const counts = tally(this.#state.stages);
    const result = {
      done: good(`${symbol.good} done in ${time}${counts ? `: ${counts}` : ''}`),
      failed: bad(`${symbol.bad} failed after ${time}, exit code ${exitCode}`),
      cancelled: warn(`${symbol.warn} cancelled after ${time}; the next run continues from here`),
    };
    return `${result[outcome]}${this.#practiceMark()}`;
  }
}

/** Writes whole lines only: no carriage return, no cursor movement, colours only where `colour` is true. */
export function createPlainReporter(options: PlainOptions): Reporter {
  return new PlainReporter(options);
}
