/** A run service without an engine: a test decides when a plan is made, which events a run emits, and how it ends. */
import type { RunService } from '../../src/commands/run-controller.ts';
import type { OpenRun, OpenRunOptions } from '../../src/commands/run-service.ts';
import type { RunEventBody } from '../../src/pipeline/core/events.ts';
import { CancelledError, EXIT } from '../../src/pipeline/core/failure.ts';
import type { SourceTree } from '../../src/pipeline/fabric/source-tree.ts';
import { planOf, stageOf } from './plans.ts';

export const PLAN = planOf(stageOf('compile'), stageOf('image.peer'));

export const TREE: SourceTree = { dir: '/fabric', commit: '', fullCommit: '', dirty: [], files: new Map() };

/** A session that the app has opened. */
export class FakeRun {
  readonly options: OpenRunOptions;
  readonly opened: Promise<OpenRun>;
  /** Resolves when the plan runs. */
  readonly started: Promise<void>;
  isRunning = false;
  isClosed = false;
  #resolveOpened: (opened: OpenRun) => void = () => undefined;
  #rejectOpened: (error: unknown) => void = () => undefined;
  #resolveStarted: () => void = () => undefined;
  #resolveRun: (exitCode: number) => void = () => undefined;

  constructor(options: OpenRunOptions) {
    this.options = options;
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve;
      this.#rejectOpened = reject;
    });
    this.started = new Promise((resolve) => {
      this.#resolveStarted = resolve;
    });
    options.signal.addEventListener('abort', () => {
      if (this.isRunning) this.finish('cancelled');
      else this.fail(new CancelledError());
    });
  }

  /** Completes the opening of the session. */
  plan(more: Partial<OpenRun> = {}): void {
    this.#resolveOpened({
      plan: PLAN,
      source: TREE,
      warnings: [],
      run: () => this.#run(),
      close: async () => {
        this.isClosed = true;
      },
      ...more,
    });
  }

  /** Fails the opening of the session. */
  fail(error: unknown): void {
    this.#rejectOpened(error);
  }

  emit(event: RunEventBody): void {
    this.options.onEvent({ ...event, at: Date.now() });
  }

  finish(outcome: 'done' | 'failed' | 'cancelled'): void {
    const exitCode = { done: EXIT.done, failed: EXIT.stageFailed, cancelled: EXIT.cancelled }[outcome];
    this.isRunning = false;
    this.emit({ type: 'run-finished', outcome, exitCode, seconds: 1 });
    this.#resolveRun(exitCode);
  }

  #run(): Promise<number> {
    this.isRunning = true;
    const { command } = this.options.request;
    const more = { runId: 'run-1', project: 'fw-x', practice: false, plan: PLAN };
    this.emit({ type: 'run-started', command, ...more });
    this.#resolveStarted();
    return new Promise((resolve) => {
      this.#resolveRun = resolve;
    });
  }
}

export class FakeRunService implements RunService {
  readonly #runs: FakeRun[] = [];
  readonly #waiting = new Map<number, (run: FakeRun) => void>();

  readonly openRun = (options: OpenRunOptions): Promise<OpenRun> => {
    const run = new FakeRun(options);
    this.#runs.push(run);
    this.#waiting.get(this.#runs.length - 1)?.(run);
    return run.opened;
  };

  readonly logFile = (dir: string, runId: string, stage: string): string => `${dir}/${runId}/${stage}.log`;

  /** Number of sessions that were opened. */
  get count(): number {
    return this.#runs.length;
  }

  /** Resolves with the session of that index as soon as it is being opened. */
  run(index: number): Promise<FakeRun> {
    const run = this.#runs[index];
    if (run) return Promise.resolve(run);
    return new Promise((resolve) => this.#waiting.set(index, resolve));
  }
}
