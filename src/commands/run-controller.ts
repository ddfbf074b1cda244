/** Plans and runs for the app: one session at a time, its events folded into the store. */
import type { RunEvent } from '../pipeline/core/events.ts';
import { CancelledError, EXIT, toFailure } from '../pipeline/core/failure.ts';
import { proofAfter } from '../pipeline/core/last-proof.ts';
import { initialRunState, reduceRun } from '../pipeline/core/run-state.ts';
import type { SourceTree } from '../pipeline/fabric/source-tree.ts';
import type { Confirmed } from '../pipeline/run/session.ts';
import type { RunCommand, Work } from '../screens/app-state.ts';
import type { AppStore } from './app-store.ts';
import type { OpenRun, OpenRunOptions } from './run-service.ts';
import type { TaskSlot } from './task-slot.ts';
import type { Terminal } from './terminal.ts';
import type { RebuildResult } from './watch-loop.ts';
import type { WizardController } from './wizard-controller.ts';

/** Cloning and installing produce many notices; the screen needs only the last ones. */
const MAX_NOTICES = 50;

/** Interface of `run-service.ts`. */
export interface RunService {
  readonly openRun: (options: OpenRunOptions) => Promise<OpenRun>;
  readonly logFile: (dir: string, runId: string, stage: string) => string;
}

export interface RunControllerOptions {
  readonly terminal: Terminal;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly app: AppStore;
  readonly tasks: TaskSlot;
  readonly wizard: Pick<WizardController, 'service'>;
  readonly loadRunService: () => Promise<RunService>;
  /** Called after every run: it may have changed the network. */
  readonly onRunEnded: () => void;
}

interface Session {
  readonly opened: OpenRun;
  readonly request: RunCommand;
  /** Aborting cancels the run: a session keeps the signal that it was opened with. */
  readonly abort: AbortController;
}

export class RunController {
  readonly #options: RunControllerOptions;
  #session: Session | undefined;
  #exitCode: number = EXIT.done;
  /** The source as it was last read. */
  source: SourceTree | undefined;

  constructor(options: RunControllerOptions) {
    this.#options = options;
  }

  /** Exit code of the last run. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** What the command line agrees to. */
  get #confirmed(): Confirmed {
    return { replaceNetwork: this.#options.flags.replaceNetwork === true };
  }

  prepare(request: RunCommand): void {
    const abort = new AbortController();
    // Set at once, although another task may have to end first, so that a start can already be requested.
    this.#replaceTask(
      () =>
        this.#options.tasks.start(abort, async () => {
          const session = await this.#open(request, abort);
          if (session) await this.#saveAndRun(session, this.#confirmed);
        }),
      { kind: 'preparing', request, notices: [], startsWhenReady: false },
    );
  }

  dismiss(): void {
    this.#replaceTask(() =>
      this.#options.tasks.start(new AbortController(), async () => {
        await this.close();
        this.#setOutcome({ kind: 'idle' });
      }),
    );
  }

  start(): void {
    const { app, tasks } = this.#options;
    const { work } = app.state;
    const session = this.#session;
    if (work.kind === 'preparing') app.setWork({ ...work, startsWhenReady: true });
    else if (session && work.kind === 'planned')
      // The screen has shown what the plan replaces.
      tasks.start(session.abort, () => this.#saveAndRun(session, { replaceNetwork: true }));
  }

  cancelStart(): void {
    const { app } = this.#options;
    const { work } = app.state;
    if (work.kind === 'preparing') app.setWork({ ...work, startsWhenReady: false });
  }

  run(request: RunCommand): void {
    const { app, tasks } = this.#options;
    const abort = new AbortController();
    tasks.start(abort, async () => {
      app.setWork({ kind: 'preparing', request, notices: [], startsWhenReady: true });
      const session = await this.#open(request, abort);
      if (session) await this.#run(session, this.#confirmed);
    });
  }

  /** Rebuilds once for the watch mode, after any other task. */
  async rebuild(signal: AbortSignal): Promise<RebuildResult> {
    const { app, tasks } = this.#options;
    await tasks.ended;
    if (!signal.aborted) this.run({ command: 'rebuild' });
    await tasks.ended;
    const { work } = app.state;
    if (signal.aborted || !this.source) return { kind: 'stopped' };
    const isLocked = work.kind === 'refused' && work.failure.kind === 'locked';
    return isLocked ? { kind: 'locked' } : { kind: 'ended', source: this.source };
  }

  /** Closes the session and releases the folder. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.opened.close();
  }

  /** Aborts a plan that is being made; a run or a repair is not replaced. */
  #replaceTask(start: () => void, meanwhile?: Work): void {
    const { app, tasks } = this.#options;
    const { kind } = app.state.work;
    if (kind === 'running' || kind === 'repairing') return;
    if (meanwhile) app.setWork(meanwhile);
    tasks.replace(start);
  }

  /** Shows the outcome of a task unless another task has replaced it. */
  #setOutcome(work: Work): void {
    const { app, tasks } = this.#options;
    if (!tasks.isReplaced) app.setWork(work);
  }

  /** Opens a session and makes a plan. @returns the session if the plan is to run now */
  async #open(request: RunCommand, abort: AbortController): Promise<Session | undefined> {
    const { app, terminal, flags, wizard, loadRunService } = this.#options;
    try {
      await this.close();
      const [{ openRun }, config] = await Promise.all([
        loadRunService(),
        wizard.service().then((service) => service.config()),
      ]);
      const opened = await openRun({
        terminal,
        config,
        preflight: flags.preflight !== false,
        hooks: flags.hooks !== false,
        fresh: flags.fresh === true,
        replaceNetwork: this.#confirmed.replaceNetwork,
        request,
        signal: abort.signal,
        onNotice: (notice) => {
          const { work } = app.state;
          if (work.kind === 'preparing')
            app.setWork({ ...work, notices: [...work.notices, notice].slice(-MAX_NOTICES) });
        },
        onEvent: (event) => this.#onEvent(event),
      });
      const session = { opened, request, abort };
      this.#session = session;
      this.source = opened.source;
      const { work } = app.state;
      this.#setOutcome({ kind: 'planned', request, plan: opened.plan, warnings: opened.warnings });
      // A network is not replaced before the user has seen the plan.
      const replaces = request.command === 'up' && opened.plan.replaces && !this.#confirmed.replaceNetwork;
      const starts = work.kind === 'preparing' && work.startsWhenReady && !abort.signal.aborted && !replaces;
      return starts ? session : undefined;
    } catch (error) {
      this.#setOutcome(
        error instanceof CancelledError
          ? { kind: 'idle' }
          : { kind: 'refused', request, failure: toFailure(error) },
      );
      return undefined;
    }
  }

  async #saveAndRun(session: Session, confirmed: Confirmed): Promise<void> {
    const { app, wizard } = this.#options;
    const { request } = session;
    // Begun before saving: leaving the review screen dismisses a plan that only waits.
    this.#begin(request);
    try {
      await (await wizard.service()).save();
    } catch (error) {
      await this.close();
      app.setWork({ kind: 'refused', request, failure: toFailure(error) });
      return;
    }
    await this.#run(session, confirmed);
  }

  async #run({ opened, request }: Session, confirmed: Confirmed): Promise<void> {
    const { app, onRunEnded } = this.#options;
    this.#begin(request);
    try {
      this.#exitCode = await opened.run(confirmed);
      await this.close();
      app.setWork({ kind: 'ended', request });
    } catch (error) {
      await this.close();
      app.setWork({ kind: 'refused', request, failure: toFailure(error) });
    }
    onRunEnded();
  }

  /** Shows a run that has no events yet, and no longer the last one. */
  #begin(request: RunCommand): void {
    this.#options.app.update((state) => ({
      ...state,
      work: { kind: 'running', request, cancelling: false },
      run: initialRunState,
      lastRequest: request,
    }));
  }

  #onEvent(event: RunEvent): void {
    this.#options.app.store.update((state) => ({
      ...state,
      run: reduceRun(state.run, event),
      practice: event.type === 'run-started' ? event.practice : state.practice,
      proof: proofAfter(state.proof, event),
    }));
  }
}
