/**
 * The controller behind the screens: one session at a time, its events folded into the store. What does the work is
 * imported when there is work: the first frame waits for nothing of it.
 */

import type { RunEvent } from '../pipeline/core/events.ts';
import { CancelledError, EXIT, toFailure } from '../pipeline/core/failure.ts';
import type { Text } from '../pipeline/core/phrase.ts';
import { reduceRun } from '../pipeline/core/run-state.ts';
import type { SourceTree } from '../pipeline/fabric/source-tree.ts';
import { isDown } from '../pipeline/network/network-state.ts';
import type { Repair } from '../pipeline/resolve/resolve-report.ts';
import type { Session } from '../pipeline/run/session.ts';
import { describeFailure } from '../report/failure-text.ts';
import type { AppActions } from '../screens/app-actions.ts';
import {
  type AppState,
  initialAppState,
  type Repairing,
  type RunCommand,
  type Work,
} from '../screens/app-state.ts';
import { currentRoute, push, type Route, replaceTop } from '../screens/navigation.ts';
import { createStore, type Store } from '../ui/store.ts';
import type { Theme } from '../ui/theme.tsx';
import type { NetworkController } from './network-controller.ts';
import { SourceWatcher } from './source-watcher.ts';
import { TaskSlot } from './task-slot.ts';
import type { Terminal } from './terminal.ts';
import type { WizardController } from './wizard-controller.ts';

/** Announcements that are kept for the screen: cloning and installing say a lot. */
const SAID_KEPT = 50;

export interface AppControllerOptions {
  readonly terminal: Terminal;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly version: string;
  readonly theme: Theme;
  readonly first: Route;
  readonly questions: WizardController;
}

/** A session keeps the signal that it was opened with: cancelling its run is aborting this. */
interface Opened {
  readonly session: Session;
  readonly request: RunCommand;
  readonly abort: AbortController;
}

/** Whose the terminal is while the screens are gone: a pager's that shows this file, or nobody's any more. */
export type TerminalOwner = { readonly pager: string } | 'end';

export class AppController implements AppActions {
  readonly store: Store<AppState>;
  readonly version: string;
  readonly wizard: WizardController;
  readonly #options: AppControllerOptions;
  #network: Promise<NetworkController> | undefined;
  readonly #tasks = new TaskSlot();
  #opened: Opened | undefined;
  readonly #watch: SourceWatcher;
  /** The source as it was read last. */
  #tree: SourceTree | undefined;
  #turn: TerminalOwner = 'end';
  #exitCode: number = EXIT.done;
  #leaving = false;
  #stillRunning: number | undefined;
  readonly #gone = new AbortController();

  constructor(options: AppControllerOptions) {
    this.#options = options;
    this.version = options.version;
    this.wizard = options.questions;
    this.store = createStore<AppState>(initialAppState(options.first));
    this.#watch = new SourceWatcher(options.terminal.dir, this.store, {
      rebuild: async (signal) => {
        await this.#tasks.ended;
        if (!signal.aborted) this.run({ command: 'rebuild' });
        await this.#tasks.ended;
        return this.#tree;
      },
      changed: (tree) => {
        this.#tree = tree;
      },
      attempt: (act) => this.#try(act),
    });
  }

  /** Containers of the network that ran when we left; as far as was seen, where nobody could be asked. */
  get stillRunning(): number {
    const seen = this.store.now().network.nodes.filter((node) => !isDown(node));
    return this.#stillRunning ?? seen.length;
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
  get turn(): TerminalOwner {
    return this.#turn;
  }

  readonly prepare = (request: RunCommand): void => {
    const abort = new AbortController();
    // At once, though something else may have to end first: from now on it can be wished for.
    this.#instead(
      () =>
        this.#tasks.begin(abort, async () => {
          const { opened, starts } = await this.#prepare(request, abort);
          if (opened && starts) await this.#keepAndRun(opened);
        }),
      { kind: 'preparing', request, said: [], starts: false },
    );
  };

  readonly dismiss = (): void => {
    this.#instead(() =>
      this.#tasks.begin(new AbortController(), async () => {
        await this.#close();
        this.#became({ kind: 'idle' });
      }),
    );
  };

  readonly start = (): void => {
    const opened = this.#opened;
    const { work } = this.store.now();
    if (work.kind === 'preparing') this.#work({ ...work, starts: true });
    else if (opened && work.kind === 'planned')
      this.#tasks.begin(opened.abort, () => this.#keepAndRun(opened));
  };

  readonly hold = (): void => {
    const { work } = this.store.now();
    if (work.kind === 'preparing') this.#work({ ...work, starts: false });
  };

  readonly run = (request: RunCommand): void => {
    const abort = new AbortController();
    this.#tasks.begin(abort, async () => {
      this.#work({ kind: 'preparing', request, said: [], starts: true });
      const { opened, starts } = await this.#prepare(request, abort);
      if (opened && starts) await this.#run(opened);
    });
  };

  readonly cancel = (): void => {
    this.#watch.stop();
    this.wizard.stop();
    if (!this.#tasks.cancel()) return;
    this.#change((state) => {
      const { work } = state;
      const runs = work.kind === 'running' || work.kind === 'repairing';
      return runs ? { ...state, work: { ...work, cancelling: true } } : state;
    });
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
      const { logFile } = await import('./run-service.ts');
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
    this.#watch.stop();
    this.#tasks.begin(new AbortController(), async () => {
      this.#work({ kind: 'stopping' });
      await this.#attempt(async () => {
        await this.#close();
        await (await this.#networkDesk()).down();
      });
      this.#work({ kind: 'idle' });
    });
  };

  readonly toggleWatch = (): void => {
    this.#watch.toggle();
  };

  readonly resolve = (): void => {
    this.#try(async () => this.#goTo(await this.#resolved()));
  };

  readonly repair = (repair: Repair): void => {
    if (repair.kind === 'tag')
      this.#try(() => this.#lookAgainAfter((network) => network.tag(repair.from, repair.to)));
    else if (repair.kind === 'build' && 'runtime' in repair) this.#buildRuntime(repair.runtime);
    else if (repair.kind === 'build') this.#show({ command: 'build' });
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
      const { terminal, theme } = this.#options;
      const { explainPlace } = await import('./reading-routes.ts');
      this.#goTo(await explainPlace(terminal, theme, topic));
    });
  };

  async #resolved(): Promise<Route> {
    const { terminal, flags, theme } = this.#options;
    const { resolvePlace } = await import('./reading-routes.ts');
    return resolvePlace(terminal, flags, theme);
  }

  /** What was wrong is gone then, or something else is seen; nobody is led there from elsewhere. */
  async #lookAgainAfter(act: (network: NetworkController) => Promise<void>): Promise<void> {
    await act(await this.#networkDesk());
    const place = await this.#resolved();
    this.#change((state) =>
      currentRoute(state.navigation).id === 'resolve'
        ? { ...state, navigation: replaceTop(state.navigation, place) }
        : state,
    );
  }

  #buildRuntime(ref: string): void {
    const abort = new AbortController();
    this.#tasks.begin(abort, async () => {
      const work = { kind: 'repairing', ref, startedAt: Date.now(), said: [], cancelling: false } as const;
      this.#work(work);
      const tell = (more: (work: Repairing) => Partial<Repairing>) =>
        this.store.update((state) =>
          state.work.kind === 'repairing'
            ? { ...state, work: { ...state.work, ...more(state.work) } }
            : state,
        );
      const log = (line: string) => tell(({ said }) => ({ said: [...said, line].slice(-SAID_KEPT) }));
      await this.#attempt(() =>
        this.#lookAgainAfter((network) =>
          network.buildRuntime(ref, abort.signal, {
            log,
            warn: (message) => log(this.#options.theme.translate(message)),
            progress: (progress) => tell(() => ({ progress })),
          }),
        ),
      );
      this.#work({ kind: 'idle' });
    });
  }

  #show(request: RunCommand): void {
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
    await this.#tasks.ended;
    await this.#close();
    if (network === 'goes') {
      this.#work({ kind: 'stopping' });
      await this.#attempt(async () => (await this.#networkDesk()).down());
    }
    const controller = await this.#networkDesk();
    // An engine that does not answer is no reason to stay.
    this.#stillRunning = await controller.running().catch(() => undefined);
    await controller.close();
    this.#giveTerminal('end');
    this.#gone.abort();
  }

  #networkDesk(): Promise<NetworkController> {
    this.#network ??= import('./network-controller.ts').then(
      ({ NetworkController }) => new NetworkController(this.#options.terminal.dir, this.store),
    );
    return this.#network;
  }

  #giveTerminal(turn: TerminalOwner): void {
    this.#turn = turn;
    this.#change((state) => ({ ...state, leaving: true }));
  }

  #change(change: (state: AppState) => AppState): void {
    this.store.updateNow(change);
  }

  #work(work: Work): void {
    this.#change((state) => ({ ...state, work }));
  }

  /** What came of a task; one that gave way to another has nothing more to say. */
  #became(work: Work): void {
    if (!this.#tasks.givesWay) this.#work(work);
  }

  #goTo(place: Route): void {
    this.#change((state) => ({ ...state, navigation: push(state.navigation, place) }));
  }

  /** What can't be done is said, and all goes on. */
  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (error instanceof CancelledError) return;
      const notice = describeFailure(toFailure(error), this.#options.theme).title;
      this.#change((state) => ({ ...state, notice }));
    }
  }

  #try(act: () => Promise<void>): void {
    void this.#attempt(act);
  }

  /** A plan that is being made gives way, and a run does not. */
  #instead(begin: () => void, meanwhile?: Work): void {
    const { kind } = this.store.now().work;
    if (kind === 'running' || kind === 'repairing') return;
    if (meanwhile) this.#work(meanwhile);
    this.#tasks.instead(begin);
  }

  async #close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.session.close();
  }

  /** @returns what was opened, and whether it is to run: somebody may have wished for it meanwhile, or no more */
  async #prepare(
    request: RunCommand,
    abort: AbortController,
  ): Promise<{ readonly opened?: Opened; readonly starts: boolean }> {
    const { terminal, flags } = this.#options;
    try {
      await this.#close();
      const [{ openRun }, config] = await Promise.all([import('./run-service.ts'), this.wizard.choices()]);
      const session = await openRun({
        terminal,
        config,
        preflight: flags.preflight !== false,
        request,
        signal: abort.signal,
        onEvent: (event) => this.#hear(event),
      });
      const opened = { session, request, abort };
      this.#opened = opened;
      this.#tree = session.source.tree;
      const { work } = this.store.now();
      this.#became({ kind: 'planned', request, plan: session.plan });
      return { opened, starts: work.kind === 'preparing' && work.starts && !abort.signal.aborted };
    } catch (error) {
      this.#became(
        error instanceof CancelledError
          ? { kind: 'idle' }
          : { kind: 'refused', request, failure: toFailure(error) },
      );
      return { starts: false };
    }
  }

  async #keepAndRun(opened: Opened): Promise<void> {
    // At once: a plan that waits is given up by whoever leaves its screen, and this one is not.
    this.#work({ kind: 'running', request: opened.request, cancelling: false });
    try {
      await this.wizard.keep();
    } catch (error) {
      await this.#close();
      return this.#work({ kind: 'refused', request: opened.request, failure: toFailure(error) });
    }
    await this.#run(opened);
  }

  async #run({ session, request }: Opened): Promise<void> {
    this.#work({ kind: 'running', request, cancelling: false });
    try {
      this.#exitCode = await session.run();
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
      work: event.type === 'notice' ? this.#withNotice(state.work, event.message) : state.work,
    }));
  }

  #withNotice(work: Work, message: Text): Work {
    if (work.kind !== 'preparing') return work;
    return { ...work, said: [...work.said, this.#options.theme.translate(message)].slice(-SAID_KEPT) };
  }
}
