/** The desk behind the screens: one session at a time, its events folded into the store. */
import { imagesBuilt } from '../pipeline/fabric/fabric-line.ts';
import { CancelledError, EXIT, toFailure } from '../pipeline/run/failure.ts';
import { reduceRun } from '../pipeline/run/run-state.ts';
import { openSession, type Session } from '../pipeline/run/session.ts';
import { type AppState, initialAppState, type Work, type WorkRequest } from '../screens/app-state.ts';
import type { Desk } from '../screens/desk.ts';
import type { Place } from '../screens/places.ts';
import { createStore, type Store } from '../ui/store.ts';
import { loadChoices } from './choices.ts';
import type { Terminal } from './terminal.ts';

/** Announcements that are kept for the screen: cloning and installing say a lot. */
const SAID_KEPT = 50;

export interface DeskOptions {
  readonly terminal: Terminal;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly version: string;
  readonly first: Place;
}

/** What is under way: it can be cancelled, and it ends. */
interface Task {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** A session keeps the signal that it was opened with: cancelling its run is aborting this. */
interface Opened {
  readonly session: Session;
  readonly request: WorkRequest;
  readonly abort: AbortController;
}

/** A pager's turn, or the end. */
export type Turn = { readonly pager: string } | 'end';

export class ScreenDesk implements Desk {
  readonly store: Store<AppState>;
  readonly version: string;
  readonly #options: DeskOptions;
  #task: Task | undefined;
  #opened: Opened | undefined;
  #turn: Turn = 'end';
  #exitCode: number = EXIT.done;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.version = options.version;
    this.store = createStore<AppState>(initialAppState(options.first));
  }

  /** Of the last run. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** Whose the terminal is when the screens are gone. */
  get turn(): Turn {
    return this.#turn;
  }

  readonly prepare = (request: WorkRequest): void => {
    const abort = new AbortController();
    this.#begin(abort, () => this.#prepare(request, abort));
  };

  readonly start = (): void => {
    const opened = this.#opened;
    if (opened && this.store.now().work.kind === 'planned')
      this.#begin(opened.abort, () => this.#run(opened));
  };

  readonly run = (request: WorkRequest): void => {
    const abort = new AbortController();
    this.#begin(abort, async () => {
      await this.#prepare(request, abort);
      if (this.#opened && !abort.signal.aborted) await this.#run(this.#opened);
    });
  };

  readonly cancel = (): void => {
    if (!this.#task) return;
    this.#task.abort.abort();
    this.#change((state) =>
      state.work.kind === 'running' ? { ...state, work: { ...state.work, cancelling: true } } : state,
    );
  };

  /** Once cancels and stays, twice leaves. */
  readonly interrupt = (): void => {
    if (this.store.now().interrupted) this.leave();
    else this.cancel();
    this.#change((state) => ({ ...state, interrupted: true }));
  };

  readonly leave = (): void => {
    void this.#leave();
  };

  readonly openPager = (path: string): void => {
    this.#giveTerminal({ pager: path });
  };

  /** The screens are about to be shown again. */
  back(): void {
    this.#turn = 'end';
    this.#change((state) => ({ ...state, leaving: false }));
  }

  async #leave(): Promise<void> {
    this.cancel();
    await this.#task?.ended;
    await this.#close();
    this.#giveTerminal('end');
  }

  #giveTerminal(turn: Turn): void {
    this.#turn = turn;
    this.#change((state) => ({ ...state, leaving: true }));
  }

  #change(change: (state: AppState) => AppState): void {
    this.store.updateNow(change);
  }

  #work(work: Work): void {
    this.#change((state) => ({ ...state, work }));
  }

  /** One at a time: what comes while something is under way is not done. @param act never rejects */
  #begin(abort: AbortController, act: () => Promise<void>): void {
    if (this.#task) return;
    const ended = act().finally(() => {
      this.#task = undefined;
    });
    this.#task = { abort, ended };
  }

  async #close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.session.close();
  }

  async #prepare(request: WorkRequest, abort: AbortController): Promise<void> {
    const { terminal, flags } = this.#options;
    const { command, force = false } = request;
    let said: readonly string[] = [];
    this.#work({ kind: 'preparing', request, said });
    try {
      await this.#close();
      const config = await loadChoices(terminal.dir, { ...flags, ...this.store.now().answers });
      const session = await openSession({
        dir: terminal.dir,
        config,
        command,
        packageDir: terminal.packageDir,
        goal: { until: command, images: imagesBuilt, force, binaries: false, smoke: false },
        oneByOne: false,
        keepChaincode: true,
        allowInstall: false,
        preflight: flags.preflight !== false,
        signal: abort.signal,
        say: (line) => {
          said = [...said, line].slice(-SAID_KEPT);
          this.#work({ kind: 'preparing', request, said });
        },
      });
      this.#opened = { session, request, abort };
      this.#work({ kind: 'planned', request, plan: session.plan });
    } catch (error) {
      this.#work(
        error instanceof CancelledError
          ? { kind: 'idle' }
          : { kind: 'refused', request, failure: toFailure(error) },
      );
    }
  }

  async #run({ session, request }: Opened): Promise<void> {
    this.#work({ kind: 'running', request, cancelling: false });
    this.#exitCode = await session.run((event) =>
      this.store.update((state) => ({ ...state, run: reduceRun(state.run, event) })),
    );
    await this.#close();
    this.#work({ kind: 'ended', request });
  }
}
