/**
 * The desk behind the screens: one session at a time, its events folded into the store. What does the work is
 * imported when there is work: the first frame waits for nothing of it.
 */
import type { SourceTree } from '../pipeline/fabric/source-tree.ts';
import type { Repair } from '../pipeline/resolve/resolve-report.ts';
import type { RunEvent } from '../pipeline/run/events.ts';
import { CancelledError, EXIT, toFailure } from '../pipeline/run/failure.ts';
import { reduceRun } from '../pipeline/run/run-state.ts';
import type { Session } from '../pipeline/run/session.ts';
import { describeFailure } from '../report/failure-text.ts';
import { type AppState, initialAppState, type Work, type WorkRequest } from '../screens/app-state.ts';
import type { Desk } from '../screens/desk.ts';
import { goneBack, goneTo, type Place } from '../screens/places.ts';
import type { Face } from '../ui/face.tsx';
import { createStore, type Store } from '../ui/store.ts';
import type { NetworkDesk } from './desk-network.ts';
import type { QuestionDesk } from './question-desk.ts';
import type { Terminal } from './terminal.ts';

/** Announcements that are kept for the screen: cloning and installing say a lot. */
const SAID_KEPT = 50;

export interface DeskOptions {
  readonly terminal: Terminal;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly version: string;
  readonly face: Face;
  readonly first: Place;
  readonly questions: QuestionDesk;
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

/** Whose the terminal is while the screens are gone: a pager's that shows this file, or nobody's any more. */
export type Turn = { readonly pager: string } | 'end';

export class ScreenDesk implements Desk {
  readonly store: Store<AppState>;
  readonly version: string;
  readonly wizard: QuestionDesk;
  readonly #options: DeskOptions;
  #network: Promise<NetworkDesk> | undefined;
  #task: Task | undefined;
  /** Begins once the task has ended. */
  #next: (() => void) | undefined;
  #opened: Opened | undefined;
  #watching: AbortController | undefined;
  /** The source as it was read last. */
  #tree: SourceTree | undefined;
  #turn: Turn = 'end';
  #exitCode: number = EXIT.done;
  #leaving = false;
  #stillRunning = 0;
  readonly #gone = new AbortController();

  constructor(options: DeskOptions) {
    this.#options = options;
    this.version = options.version;
    this.wizard = options.questions;
    this.store = createStore<AppState>(initialAppState(options.first));
  }

  /** Containers of the network that ran when we left. */
  get stillRunning(): number {
    return this.#stillRunning;
  }

  /** Fires when the program has been left, whoever has the terminal. */
  get gone(): AbortSignal {
    return this.#gone.signal;
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
    this.#instead(() => this.#begin(abort, () => this.#prepare(request, abort)));
  };

  readonly dismiss = (): void => {
    this.#instead(() =>
      this.#begin(new AbortController(), async () => {
        await this.#close();
        this.#work({ kind: 'idle' });
      }),
    );
  };

  readonly start = (): void => {
    const opened = this.#opened;
    if (!opened || this.store.now().work.kind !== 'planned') return;
    this.#begin(opened.abort, async () => {
      // At once: a plan that waits is given up by whoever leaves its screen, and this one is not.
      this.#work({ kind: 'running', request: opened.request, cancelling: false });
      try {
        await this.wizard.keep();
      } catch (error) {
        await this.#close();
        return this.#work({ kind: 'refused', request: opened.request, failure: toFailure(error) });
      }
      await this.#run(opened);
    });
  };

  readonly run = (request: WorkRequest): void => {
    const abort = new AbortController();
    this.#begin(abort, async () => {
      await this.#prepare(request, abort);
      if (this.#opened && !abort.signal.aborted) await this.#run(this.#opened);
    });
  };

  readonly cancel = (): void => {
    this.#stopWatching();
    this.wizard.stop();
    if (!this.#task) return;
    this.#task.abort.abort();
    this.#change((state) =>
      state.work.kind === 'running' ? { ...state, work: { ...state.work, cancelling: true } } : state,
    );
  };

  /** Once cancels and stays, twice leaves. */
  readonly interrupt = (): void => {
    if (this.store.now().interrupted) this.terminate();
    else this.cancel();
    this.#change((state) => ({ ...state, interrupted: true }));
  };

  /** Leaves because somebody wants us gone, which is no good end. */
  terminate(): void {
    this.#exitCode = EXIT.cancelled;
    this.leave('stays');
  }

  readonly leave = (network: 'stays' | 'goes'): void => {
    if (this.#leaving) return;
    this.#leaving = true;
    void this.#leave(network);
  };

  readonly openLog = (stage: string): void => {
    this.#try(async () => {
      const { logFile } = await import('./desk-work.ts');
      const { runId } = this.store.now().run;
      this.#giveTerminal({ pager: logFile(this.#options.terminal.dir, runId, stage) });
    });
  };

  readonly observe = (): void => {
    this.#try(async () => (await this.#networkDesk()).observe());
  };

  readonly startNode = (node: string): void => {
    this.#try(async () => (await this.#networkDesk()).startNode(node));
  };

  readonly down = (): void => {
    this.#stopWatching();
    this.#begin(new AbortController(), async () => {
      this.#work({ kind: 'stopping' });
      await this.#attempt(async () => {
        await this.#close();
        await (await this.#networkDesk()).down();
      });
      this.#work({ kind: 'idle' });
    });
  };

  readonly toggleWatch = (): void => {
    if (this.#watching) this.#stopWatching();
    else this.#startWatching();
  };

  readonly resolve = (): void => {
    this.#try(async () => {
      const { terminal, flags, face } = this.#options;
      const { resolvePlace } = await import('./desk-reading.ts');
      this.#goTo(await resolvePlace(terminal, flags, face));
    });
  };

  readonly repair = (repair: Repair): void => {
    if (repair.way === 'tag') this.#lookAgainAfter((network) => network.tag(repair.from, repair.to));
    else if (repair.way === 'build' && 'runtime' in repair)
      this.#lookAgainAfter((network) => network.buildRuntime(repair.runtime));
    else if (repair.way === 'build') this.#show({ command: 'build' });
    else {
      const choice = { builder: 'chaincodeBuilder', runtime: 'chaincodeRuntime' } as const;
      this.#try(async () => {
        this.wizard.answer(choice[repair.role], repair.ref);
        // The next command in this folder means the same peers.
        await this.wizard.keep();
        this.#show({ command: 'up' });
      });
    }
  };

  readonly explain = (topic?: string): void => {
    this.#try(async () => {
      const { terminal, face } = this.#options;
      const { explainPlace } = await import('./desk-reading.ts');
      this.#goTo(await explainPlace(terminal, face, topic));
    });
  };

  /** What was wrong is gone then, or something else is seen. */
  #lookAgainAfter(act: (network: NetworkDesk) => Promise<void>): void {
    this.#try(async () => {
      await act(await this.#networkDesk());
      this.#change((state) => ({ ...state, way: goneBack(state.way) }));
      this.resolve();
    });
  }

  #show(request: WorkRequest): void {
    this.run(request);
    this.#goTo({ id: 'run' });
  }

  /** The pager has ended. @returns whether the screens are shown again: somebody may have ended us meanwhile */
  back(): boolean {
    if (this.#gone.signal.aborted) return false;
    this.#turn = 'end';
    this.#change((state) => ({ ...state, leaving: false }));
    return true;
  }

  async #leave(network: 'stays' | 'goes'): Promise<void> {
    this.cancel();
    this.wizard.close();
    await this.#task?.ended;
    await this.#close();
    if (network === 'goes') {
      this.#work({ kind: 'stopping' });
      await this.#attempt(async () => (await this.#networkDesk()).down());
    }
    const desk = await this.#networkDesk();
    // An engine that does not answer is no reason to stay.
    this.#stillRunning = await desk.running().catch(() => 0);
    await desk.close();
    this.#giveTerminal('end');
    this.#gone.abort();
  }

  #networkDesk(): Promise<NetworkDesk> {
    this.#network ??= import('./desk-network.ts').then(
      ({ NetworkDesk }) => new NetworkDesk(this.#options.terminal.dir, this.store),
    );
    return this.#network;
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

  #goTo(place: Place): void {
    this.#change((state) => ({ ...state, way: goneTo(state.way, place) }));
  }

  /** What can't be done is said, and all goes on. */
  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (error instanceof CancelledError) return;
      const notice = describeFailure(toFailure(error), this.#options.face).title;
      this.#change((state) => ({ ...state, notice }));
    }
  }

  #try(act: () => Promise<void>): void {
    void this.#attempt(act);
  }

  /** One at a time: what comes while something is under way is not done. @param act never rejects */
  #begin(abort: AbortController, act: () => Promise<void>): void {
    if (this.#task) return;
    const ended = act().finally(() => {
      this.#task = undefined;
      const next = this.#next;
      this.#next = undefined;
      next?.();
    });
    this.#task = { abort, ended };
  }

  /** The last wish counts: a plan that is being made is given up for it, and a run is not. */
  #instead(begin: () => void): void {
    if (this.store.now().work.kind === 'running') return;
    if (this.#task) {
      this.#next = begin;
      this.#task.abort.abort();
    } else begin();
  }

  async #close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.session.close();
  }

  async #prepare(request: WorkRequest, abort: AbortController): Promise<void> {
    const { terminal, flags } = this.#options;
    let said: readonly string[] = [];
    this.#work({ kind: 'preparing', request, said });
    try {
      await this.#close();
      const [{ openWork }, config] = await Promise.all([import('./desk-work.ts'), this.wizard.choices()]);
      const session = await openWork({
        terminal,
        config,
        preflight: flags.preflight !== false,
        request,
        signal: abort.signal,
        say: (text) => {
          said = [...said, this.#options.face.tell(text)].slice(-SAID_KEPT);
          this.#work({ kind: 'preparing', request, said });
        },
      });
      this.#opened = { session, request, abort };
      this.#tree = session.bench.source.tree;
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
    try {
      this.#exitCode = await session.run((event) => this.#hear(event));
      await this.#close();
      this.#work({ kind: 'ended', request });
    } catch (error) {
      await this.#close();
      this.#work({ kind: 'refused', request, failure: toFailure(error) });
    }
    // It may have made a network, or another one.
    this.observe();
  }

  #hear(event: RunEvent): void {
    this.store.update((state) => ({
      ...state,
      run: reduceRun(state.run, event),
      proof: event.type === 'smoke-result' ? event : state.proof,
    }));
  }

  #startWatching(): void {
    const watching = new AbortController();
    this.#watching = watching;
    this.#change((state) => ({ ...state, watching: { changed: [] } }));
    this.#try(() => this.#watch(watching.signal));
  }

  #stopWatching(): void {
    this.#watching?.abort();
    this.#watching = undefined;
    this.#change(({ watching: _, ...state }) => state);
  }

  /** Now, and after each change: where something else is under way, after that. */
  async #watch(signal: AbortSignal): Promise<void> {
    const { othersDone, sourceChange } = await import('./desk-work.ts');
    while (!signal.aborted) {
      await this.#task?.ended;
      if (signal.aborted) return;
      this.run({ command: 'rebuild' });
      await this.#task?.ended;
      if (!this.#tree) return this.#stopWatching();
      const { work } = this.store.now();
      if (work.kind === 'refused' && work.failure.kind === 'locked') {
        // The change is still to be built: whoever works in the folder has their turn first.
        await othersDone(this.#options.terminal.dir, signal);
        continue;
      }
      const { tree, paths } = await sourceChange(this.#tree, signal);
      this.#tree = tree;
      this.#change((state) => ({ ...state, watching: { changed: paths } }));
    }
  }
}
