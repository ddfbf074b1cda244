/** Plain reporter: one line per change of state, for pipes, CI, screen readers and `--plain`. */
import type { ChaincodeDeployed, RunEvent, RunStarted, StageProgress } from '../pipeline/core/events.ts';
import type { Text } from '../pipeline/core/phrase.ts';
import { secondsLeft } from '../pipeline/core/run-outlook.ts';
import { initialRunState, type RunState, reduceRun, type StageState } from '../pipeline/core/run-state.ts';
import { unreachable } from '../pipeline/core/unreachable.ts';
import type { Connection } from '../pipeline/network/connection.ts';
import { renderServiceStart } from './chaincode-text.ts';
import { describeFailure } from './failure-text.ts';
import type { Language } from './language/language.ts';
import { outcomeWord } from './outcome-text.ts';
import { formatBytes, formatClock, formatSeconds } from './quantities.ts';
import type { Reporter } from './reporter.ts';
import { practiceMark, renderResult } from './result-text.ts';
import { renderSmoke } from './smoke-text.ts';
import { createStyle, isUtf8Locale, type Style } from './style.ts';
import { cleanLine } from './terminal-text.ts';
import { packageLine } from './test-text.ts';
import { timeLeftText } from './time-left.ts';

export interface PlainOptions {
  /** Called with whole lines, including their line breaks. */
  readonly write: (text: string) => void;
  readonly colour: boolean;
  /** Also every log line, prefixed with its stage. */
  readonly verbose: boolean;
  /** Width of the terminal; without it, nothing is cut or wrapped. */
  readonly columns?: number;
  /** Whether to use symbols beyond ASCII; by default if the locale is UTF-8. */
  readonly unicode?: boolean;
  /** English by default. */
  readonly language?: Language;
  /** Flags that every next command gets. */
  readonly given?: readonly string[];
  /** Returns how to use the network that the run is about, once that is known. */
  readonly connection?: () => Connection | undefined;
}

const PROGRESS_EVERY_MS = 5000;

type Progress = Pick<StageProgress, 'done' | 'total' | 'unit' | 'item'>;

function amountText({ done, total, unit }: Progress, { t }: Style): string {
  const percent = Math.min(100, Math.floor((100 * done) / total));
  if (unit !== 'bytes')
    return total > 0
      ? t(`progress.${unit}-share`, { done, total, percent })
      : t(`progress.${unit}`, { amount: done });
  if (total <= 0) return formatBytes(done);
  return t('progress.share', { done: formatBytes(done), total: formatBytes(total), percent });
}

function withReason(what: string, why: Text | undefined, { t, translate }: Style): string {
  return why ? t('plain.because', { what, why: cleanLine(translate(why)) }) : what;
}

class PlainReporter implements Reporter {
  readonly #options: PlainOptions;
  readonly #style: Style;
  #state: RunState = initialRunState;
  #closed = false;
  /** Last progress line of each running stage, and when it was written. */
  readonly #lastProgress = new Map<string, { readonly at: number; readonly text: string }>();

  constructor(options: PlainOptions) {
    this.#options = options;
    this.#style = createStyle({
      colour: options.colour,
      unicode: options.unicode ?? isUtf8Locale(process.env),
      language: options.language,
      given: options.given,
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
    const { good, bad, warn, dim, symbol, t } = this.#style;
    switch (event.type) {
      case 'notice':
        return [cleanLine(this.#style.translate(event.message))];
      case 'preflight-warning':
        return [warn(`${symbol.warn} ${withReason(event.check, event.detail, this.#style)}`)];
      case 'stage-command':
        if (!this.#options.verbose) return [];
        return this.#timed(event.at, dim(`  ${event.stage} $ ${cleanLine(event.command)}`));
      case 'run-started':
        return this.#started(event);
      case 'stage-started': {
        const stage = this.#stage(event.stage);
        this.#lastProgress.set(event.stage, { at: event.at, text: '' });
        // A stage that does no work finishes at once; its cause is printed then.
        if (stage?.action === 'cached') return [];
        const started = withReason(t('plain.started', { stage: event.stage }), stage?.cause, this.#style);
        return this.#timed(event.at, `${dim(symbol.dot)} ${started}`);
      }
      case 'stage-progress':
        return this.#progress(event);
      case 'stage-log':
        if (!this.#options.verbose) return [];
        return this.#timed(event.at, dim(`  ${event.stage} | ${cleanLine(event.line)}`));
      case 'stage-warning':
        return this.#timed(
          event.at,
          warn(`${symbol.warn} ${withReason(event.stage, event.message, this.#style)}`),
        );
      case 'stage-finished': {
        this.#lastProgress.delete(event.stage);
        const stage = this.#stage(event.stage);
        const reason = event.detail || (event.outcome === 'built' ? '' : stage?.cause);
        const mark = good(symbol.good);
        const facts = { stage: event.stage, outcome: t(outcomeWord({ ...stage, outcome: event.outcome })) };
        const end =
          event.seconds < 0.05
            ? t('plain.ended', facts)
            : t('plain.ended-in', { ...facts, time: formatSeconds(event.seconds) });
        return this.#timed(event.at, `${mark} ${withReason(end, reason, this.#style)}`);
      }
      case 'stage-failed': {
        this.#lastProgress.delete(event.stage);
        const title = cleanLine(
          describeFailure(event.failure, this.#style, event.diagnosis).title.replaceAll('\n', ' '),
        );
        const time = formatSeconds(event.seconds);
        const end = t('plain.failed', { stage: event.stage, time, title });
        return this.#timed(event.at, bad(`${symbol.bad} ${end}`));
      }
      case 'stage-cancelled':
        this.#lastProgress.delete(event.stage);
        return this.#timed(event.at, warn(`${symbol.warn} ${t('plain.cancelled', { stage: event.stage })}`));
      case 'node-health': {
        if (before.nodes.find(({ node }) => node === event.node)?.state === event.state) return [];
        const marks = { starting: dim(symbol.dot), ready: good(symbol.good) };
        const node = t(`plain.${event.state}`, { node: cleanLine(event.node) });
        return this.#timed(event.at, `${marks[event.state]} ${node}`);
      }
      case 'smoke-result':
        return renderSmoke(event, this.#style, this.#options.columns);
      case 'package-tested':
        return this.#timed(event.at, packageLine(event, this.#style));
      case 'chaincode-deployed':
        return this.#deployed(event);
      case 'run-finished':
        return renderResult(this.#state, {
          style: this.#style,
          columns: this.#options.columns,
          connection: this.#options.connection?.(),
        });
      default:
        return unreachable(event);
    }
  }

  #deployed({
    at,
    chaincode,
    version,
    channels,
    changed,
    peers,
    service,
  }: ChaincodeDeployed): readonly string[] {
    const { good, symbol, t } = this.#style;
    const facts = { chaincode, version, channels: channels.join(', '), count: peers.length };
    const line = (text: string) => this.#timed(at, `${good(symbol.good)} ${text}`);
    if (!changed) return line(t('plain.deployed-before', facts));
    if (!service || peers.some(({ container }) => container !== undefined))
      return line(t('plain.deployed', facts));
    const key = service.answers ? 'plain.deployed-answers' : 'plain.deployed-silent';
    return [
      ...line(t(key, { ...facts, address: service.address })),
      ...renderServiceStart(service, this.#style),
    ];
  }

  #stage(id: string): StageState | undefined {
    return this.#state.stages.find((stage) => stage.id === id);
  }

  #timed(at: number, text: string): readonly string[] {
    const clock = formatClock(at - (this.#state.startedAt ?? at)).padStart(5);
    return [`${this.#style.dim(clock)} ${text}`];
  }

  #started({ command, project, plan }: RunStarted): readonly string[] {
    const { strong, symbol, t } = this.#style;
    this.#lastProgress.clear();
    const toRun = plan.stages.filter((stage) => stage.action === 'run').length;
    const head = [
      strong(`fabric-wizard ${cleanLine(command)}`),
      t('plain.project', { project: cleanLine(project) }),
      t('plain.stages', { all: plan.stages.length, run: toRun }),
    ];
    return [`${head.join(` ${symbol.dot} `)}${practiceMark(this.#state, this.#style)}`];
  }

  #progress(event: StageProgress): readonly string[] {
    const last = this.#lastProgress.get(event.stage);
    const text = withReason(amountText(event, this.#style), event.item, this.#style);
    if (!last || event.at - last.at < PROGRESS_EVERY_MS || text === last.text) return [];
    this.#lastProgress.set(event.stage, { at: event.at, text });
    const { dim, symbol } = this.#style;
    const left = timeLeftText(secondsLeft(this.#state, event.at), this.#style);
    const end = left === '' ? '' : dim(` ${symbol.dot} ${left}`);
    return this.#timed(event.at, `${dim(symbol.dot)} ${event.stage} ${text}${end}`);
  }
}

/** Creates a reporter that writes whole lines: no carriage return, no cursor movement, colours only if `colour`. */
export function createPlainReporter(options: PlainOptions): Reporter {
  return new PlainReporter(options);
}
