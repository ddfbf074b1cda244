/**
 * Implements the screens' actions. Modules that do the work are imported when it starts, so that they do not
 * delay the first frame.
 */

import { join } from 'node:path';
import { EXIT } from '../pipeline/core/failure.ts';
import type { LogFilter } from '../pipeline/network/log-filter.ts';
import { isDown } from '../pipeline/network/network-state.ts';
import type { NodeAction } from '../pipeline/network/node-actions.ts';
import type { Repair } from '../pipeline/resolve/resolve-report.ts';
import type { AppActions } from '../screens/app-actions.ts';
import type { AppState, RunCommand } from '../screens/app-state.ts';
import type { FailurePlace } from '../screens/last-failure.ts';
import type { Route } from '../screens/navigation.ts';
import type { Store } from '../ui/store.ts';
import type { Theme } from '../ui/theme.tsx';
import { AppStore } from './app-store.ts';
import type { BlocksController } from './blocks-controller.ts';
import { chaincodeActions, type LoadedActions } from './chaincode-actions.ts';
import type { ChaincodeController } from './chaincode-controller.ts';
import { clipboardSequence } from './clipboard.ts';
import { editorAt, fileBelow } from './editor.ts';
import { type ForegroundRequest, pagersFor, shellProgram } from './foreground.ts';
import type { NetworkController } from './network-controller.ts';
import type { NodeController } from './node-controller.ts';
import { RepairController } from './repair-controller.ts';
import { RunController, type RunService } from './run-controller.ts';
import { SourceWatcher } from './source-watcher.ts';
import { TaskSlot } from './task-slot.ts';
import type { Terminal } from './terminal.ts';
import type { WizardController } from './wizard-controller.ts';

/** What the app uses of `network-controller.ts`. */
export type NetworkService = Pick<
  NetworkController,
  'observe' | 'saveLogs' | 'stop' | 'countRunning' | 'close'
>;

/** What the app uses of `node-controller.ts`. */
export type NodeService = Pick<NodeController, 'act' | 'routeTo' | 'requireShell'>;
type NodeControllerOptions = ConstructorParameters<typeof NodeController>;

export interface AppControllerOptions {
  readonly terminal: Terminal;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly version: string;
  readonly theme: Theme;
  readonly first: Route;
  readonly wizard: WizardController;
  /** Default: `run-service.ts`. */
  readonly loadRunService?: () => Promise<RunService>;
  /** Default: `node-controller.ts`. */
  readonly loadNodes?: (...options: NodeControllerOptions) => Promise<NodeService>;
  /** Default: `network-controller.ts`. */
  readonly loadNetwork?: (dir: string, store: Store<AppState>) => Promise<NetworkService>;
}

async function loadNodeController(...options: NodeControllerOptions): Promise<NodeService> {
  const { NodeController } = await import('./node-controller.ts');
  return new NodeController(...options);
}

/** Time in which a second Ctrl-C quits. */
const ARMED_MS = 2000;

async function loadNetworkController(dir: string, store: Store<AppState>): Promise<NetworkService> {
  const { NetworkController } = await import('./network-controller.ts');
  return new NetworkController(dir, store);
}

export class AppController implements AppActions {
  readonly store: Store<AppState>;
  readonly version: string;
  readonly wizard: WizardController;
  readonly chaincodes: LoadedActions;
  readonly #options: AppControllerOptions;
  readonly #loadRunService: () => Promise<RunService>;
  readonly #app: AppStore;
  readonly #tasks = new TaskSlot();
  readonly #runs: RunController;
  readonly #repairs: RepairController;
  readonly #watcher: SourceWatcher;
  readonly #ended = new AbortController();
  #network: Promise<NetworkService> | undefined;
  #nodes: Promise<NodeService> | undefined;
  #blocks: Promise<BlocksController> | undefined;
  #chaincodes: Promise<ChaincodeController> | undefined;
  #foregroundRequest: ForegroundRequest | undefined;
  #disarm: NodeJS.Timeout | undefined;
  #isTerminated = false;
  #isQuitting = false;
  #runningAtEnd: number | undefined;

  constructor(options: AppControllerOptions) {
    const { terminal, flags, theme, wizard } = options;
    this.#options = options;
    this.#loadRunService = options.loadRunService ?? (() => import('./run-service.ts'));
    this.version = options.version;
    this.wizard = wizard;
    this.#app = new AppStore(options.first, theme);
    this.store = this.#app.store;
    const common = { terminal, flags, wizard, app: this.#app, tasks: this.#tasks };
    this.#runs = new RunController({
      ...common,
      loadRunService: this.#loadRunService,
      onRunEnded: () => this.observeNetwork(),
    });
    this.#repairs = new RepairController({
      ...common,
      theme,
      run: this.#runAndShow,
    });
    this.chaincodes = chaincodeActions(this.#app, theme, () => this.#loadChaincodes());
    this.#watcher = new SourceWatcher({
      dir: terminal.dir,
      app: this.#app,
      rebuild: (signal) => this.#runs.rebuild(signal),
      onChange: (source) => {
        this.#runs.source = source;
      },
    });
  }

  /** Number of containers that were still running at the end; as last observed if the engine did not answer. */
  get runningContainers(): number {
    const observed = this.store.now().network.nodes.filter((node) => !isDown(node));
    return this.#runningAtEnd ?? observed.length;
  }

  /** Fires when the app has ended, even while another program owns the terminal. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Exit code of the program: 130 if it was terminated, else that of the last run. */
  get exitCode(): number {
    return this.#isTerminated ? EXIT.cancelled : this.#runs.exitCode;
  }

  /** What to run while the screens are unmounted; undefined if the app has ended. */
  get foregroundRequest(): ForegroundRequest | undefined {
    return this.#foregroundRequest;
  }

  readonly preparePlan = (request: RunCommand): void => this.#runs.prepare(request);
  readonly dismissPlan = (): void => this.#runs.dismiss();
  readonly startPlan = (): void => this.#runs.start();
  readonly cancelStart = (): void => this.#runs.cancelStart();
  readonly run = (request: RunCommand): void => this.#runs.run(request);
  readonly toggleWatch = (): void => this.#watcher.toggle();
  readonly showResolve = (container?: string): void => this.#repairs.show(container);
  readonly applyRepair = (repair: Repair): void => this.#repairs.apply(repair);

  readonly cancel = (): void => {
    this.#watcher.stop();
    this.wizard.cancel();
    this.chaincodes.cancelCall();
    if (!this.#tasks.cancel()) return;
    this.#app.update((state) => {
      const { work } = state;
      const isCancellable = work.kind === 'running' || work.kind === 'repairing';
      return isCancellable ? { ...state, work: { ...work, cancelling: true } } : state;
    });
  };

  readonly interrupt = (): void => {
    if (this.store.now().interrupted) this.terminate();
    else this.cancel();
    this.#app.update((state) => ({ ...state, interrupted: true }));
    clearTimeout(this.#disarm);
    const disarm = () => this.#app.update((state) => ({ ...state, interrupted: false }));
    this.#disarm = setTimeout(disarm, ARMED_MS).unref();
  };

  /** Quits with exit code 130: a second Ctrl-C, a signal, or a closed terminal. */
  terminate(): void {
    this.#isTerminated = true;
    this.quit('keep');
  }

  readonly quit = (network: 'keep' | 'stop'): void => {
    if (this.#isQuitting) return;
    this.#isQuitting = true;
    void this.#quit(network);
  };

  readonly openLog = (stage: string): void => {
    void this.#app.attempt(async () => {
      const { logFile } = await this.#loadRunService();
      const { runId } = this.store.now().run;
      const { terminal, theme } = this.#options;
      const candidates = pagersFor(logFile(terminal.dir, runId, stage), process.env);
      this.#unmount({ candidates, missing: theme.t('pager.missing') });
    });
  };

  readonly suspend = (): void => {
    // The whole process group stops, as at a Ctrl-Z that the terminal handles; this process cannot wait for that.
    this.#unmount({ candidates: [{ command: 'sh', args: ['-c', 'kill -TSTP 0'] }], missing: '' });
  };

  readonly openEditor = ({ file, line, dir }: FailurePlace): void => {
    const { t } = this.#options.theme;
    const path = dir === undefined ? join(this.#runs.source?.dir ?? '', file) : fileBelow(dir, file);
    const editor = editorAt({ path, line }, process.env);
    if (editor)
      this.#unmount({
        candidates: [editor],
        missing: t('editor.missing', { program: editor.command }),
      });
    else this.#app.update((state) => ({ ...state, notice: t('editor.unset', { place: `${path}:${line}` }) }));
  };

  readonly observeNetwork = (): void => {
    void this.#app.attempt(async () => (await this.#loadNetwork()).observe());
    this.chaincodes.watchFiles();
  };

  readonly actOnNode = (node: string, action: NodeAction): void => {
    void this.#app.attempt(async () => (await this.#loadNodes()).act(node, action));
  };

  readonly showNode = (node: string): void => {
    void this.#app.open(async () => (await this.#loadNodes()).routeTo(node));
  };

  readonly openShell = (node: string, as: 'node' | 'admin'): void => {
    // At once: keys that are meant for the shell must not act on the screens.
    this.#unmount({
      candidates: [shellProgram(this.#options.terminal, node, as)],
      missing: '',
      refusal: () => this.#app.problemOf(async () => (await this.#loadNodes()).requireShell(node, as)),
    });
  };

  readonly copy = (text: string): void => {
    process.stdout.write(clipboardSequence(text, process.env));
  };

  readonly watchBlocks = (channel?: string): void => {
    void this.#app.attempt(async () => (await this.#loadBlocks()).watch(channel));
  };

  readonly loadOlderBlocks = (): void => {
    void this.#app.attempt(async () => (await this.#loadBlocks()).loadOlder());
  };

  readonly closeBlocks = (): void => {
    void this.#app.attempt(async () => (await this.#loadBlocks()).close());
  };

  readonly saveLogs = (path: string, filter: LogFilter): void => {
    void this.#app.attempt(async () => {
      const { count, path: saved } = await (await this.#loadNetwork()).saveLogs(path, filter);
      const success = this.#options.theme.t('logs.saved', { count: String(count), path: saved });
      this.#app.update((state) => ({ ...state, success }));
    });
  };

  readonly stopNetwork = (): void => {
    this.#watcher.stop();
    const abort = new AbortController();
    this.#tasks.start(abort, async () => {
      this.#app.setWork({ kind: 'stopping' });
      await this.#app.attempt(async () => {
        await this.#runs.close();
        await this.#stop(abort.signal);
      });
      this.#app.setWork({ kind: 'idle' });
    });
  };

  readonly showConnection = (): void => {
    void this.#app.open(async () => {
      const { terminal, theme } = this.#options;
      const { connectionRoute } = await import('./reading-routes.ts');
      return connectionRoute(terminal, theme);
    });
  };

  readonly showTopology = (): void => {
    void this.#app.open(async () => {
      const { terminal, theme } = this.#options;
      return (await import('./reading-routes.ts')).topologyRoute(terminal, theme);
    });
  };

  readonly showTopic = (topic?: string): void => {
    void this.#app.open(async () => {
      const { terminal, theme } = this.#options;
      const { topicRoute } = await import('./reading-routes.ts');
      // A text about the answers as they are, before they are saved; invalid ones have no values.
      const config = await this.wizard.service().then((service) => service.config().catch(() => undefined));
      return topicRoute(terminal, theme, topic, config?.values);
    });
  };

  /** Takes the terminal back. @param notice error message to show @returns false if the app has ended meanwhile */
  remount(notice?: string): boolean {
    if (this.ended.aborted) return false;
    this.#foregroundRequest = undefined;
    this.#app.update((state) => ({ ...state, unmounting: false, notice }));
    return true;
  }

  /** Stops the network. Says if hooks were left out. */
  async #stop(signal: AbortSignal): Promise<void> {
    const left = await (await this.#loadNetwork()).stop(signal);
    const notice = this.#options.theme.t('down.without-hooks');
    if (left) this.#app.update((state) => ({ ...state, notice }));
  }

  async #quit(network: 'keep' | 'stop'): Promise<void> {
    // What is shown from now on can only be read after the end.
    this.#app.update((state) => ({ ...state, notice: undefined }));
    this.cancel();
    this.wizard.close();
    await this.#tasks.ended;
    await this.#runs.close();
    if (network === 'stop') {
      this.#app.setWork({ kind: 'stopping' });
      await this.#app.attempt(() => this.#stop(this.ended));
    }
    const controller = await this.#loadNetwork();
    // Quit even if the engine does not answer.
    this.#runningAtEnd = await controller.countRunning().catch(() => undefined);
    await controller.close();
    (await this.#blocks)?.close();
    this.chaincodes.end();
    this.#unmount(undefined);
    this.#ended.abort();
  }

  #loadNetwork(): Promise<NetworkService> {
    const { terminal, loadNetwork = loadNetworkController } = this.#options;
    this.#network ??= loadNetwork(terminal.dir, this.store);
    return this.#network;
  }

  #loadNodes(): Promise<NodeService> {
    const { terminal, loadNodes = loadNodeController } = this.#options;
    this.#nodes ??= loadNodes(terminal, this.#app, this.#ended.signal);
    return this.#nodes;
  }

  readonly #runAndShow = (request: RunCommand): void => {
    this.run(request);
    this.#app.show({ id: 'run' });
  };

  #loadChaincodes(): Promise<ChaincodeController> {
    const { terminal, flags, theme } = this.#options;
    this.#chaincodes ??= import('./chaincode-controller.ts').then(
      ({ ChaincodeController }) =>
        new ChaincodeController({ terminal, flags, theme, app: this.#app, run: this.#runAndShow }),
    );
    return this.#chaincodes;
  }

  #loadBlocks(): Promise<BlocksController> {
    const { terminal, theme } = this.#options;
    this.#blocks ??= Promise.all([import('./blocks-controller.ts'), import('./block-feed.ts')]).then(
      ([{ BlocksController }, { openChannel }]) =>
        new BlocksController({
          open: (channel) => openChannel(terminal.dir, channel),
          app: this.#app,
          theme,
        }),
    );
    return this.#blocks;
  }

  #unmount(request: ForegroundRequest | undefined): void {
    this.#foregroundRequest = request;
    this.#app.update((state) => ({ ...state, unmounting: true }));
  }
}
