/** Observes the running network for the app, and stops the network. */
import { unwatchFile, watchFile } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AsyncSignal } from '../pipeline/core/async-signal.ts';
import { orCancelled } from '../pipeline/core/cancellation.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import { projectNetworkDir, STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { folderFreed, readState } from '../pipeline/journal/journal.ts';
import { copyState } from '../pipeline/journal/read-copy-state.ts';
import { isPracticeNetwork, lastProof } from '../pipeline/journal/run-record.ts';
import { STATE_KEYS } from '../pipeline/journal/state-keys.ts';
import { type RecordedState, readFact, recordedState, stateFile } from '../pipeline/journal/wizard-state.ts';
import { connectionOf, type VersionedNetwork } from '../pipeline/network/connection.ts';
import type { LogFilter } from '../pipeline/network/log-filter.ts';
import { engineForClients } from '../pipeline/network/network-engine.ts';
import type { NetworkSpec } from '../pipeline/network/network-spec.ts';
import { initialNetworkState, isDown, reduceNetwork } from '../pipeline/network/network-state.ts';
import { watchNetwork } from '../pipeline/network/network-watch.ts';
import { nodeContainers } from '../pipeline/network/peer-cli.ts';
import { SAVED_NETWORK } from '../pipeline/network/saved-network.ts';
import type { AppState } from '../screens/app-state.ts';
import { initialLogsState } from '../screens/logs-state.ts';
import type { Store } from '../ui/store.ts';
import { stopNetwork } from './remove.ts';

/** How often the state file is looked at for the changes of other processes. */
const STATE_FILE_MS = 1000;
/** Time limit for the engine's answer when a network is first observed. */
const GLANCE_MS = 1000;
/** Time limit for the engine's answer when the user quits. */
const QUIT_TIMEOUT_MS = 1000;

interface Watch {
  readonly spec: NetworkSpec;
  readonly abort: AbortController;
  readonly ended: Promise<unknown>;
}

export class NetworkController {
  readonly #dir: string;
  readonly #store: Store<AppState>;
  #watch: Watch | undefined;
  /** Notified when the state file changes. */
  readonly #changed = new AsyncSignal();
  #isFollowing = false;
  readonly #closed = new AbortController();
  /** Pending while another process copies the network. */
  #copying: Promise<void> | undefined;
  /** Serialises `observe`: each call reads which network to watch. */
  #observing: Promise<void> = Promise.resolve();

  constructor(dir: string, store: Store<AppState>) {
    this.#dir = dir;
    this.#store = store;
  }

  /**
   * Watches the network of the last run, and reads its last proof. From then on, it does this again when another
   * process changes the state.
   */
  observe(): Promise<void> {
    if (!this.#isFollowing) {
      this.#isFollowing = true;
      watchFile(this.#stateFile, { interval: STATE_FILE_MS, persistent: false }, this.#onStateChange);
    }
    this.#observing = this.#observing.then(
      () => this.#observe(),
      () => this.#observe(),
    );
    return this.#observing;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    unwatchFile(this.#stateFile, this.#onStateChange);
    await this.#stopWatching();
  }

  async #stopWatching(): Promise<void> {
    const watch = this.#watch;
    this.#watch = undefined;
    watch?.abort.abort();
    await watch?.ended;
  }

  /**
   * Number of the network's containers that run. Asks the engine, because the observed state may lag behind.
   * @throws WizardFailure `engine`; CancelledError if the engine does not answer in time
   */
  async countRunning(): Promise<number> {
    const spec = await this.#spec();
    if (!spec) return 0;
    const docker = await currentDocker();
    const pending = nodeContainers({ docker, project: spec.project });
    const containers = await orCancelled(pending, AbortSignal.timeout(QUIT_TIMEOUT_MS));
    return [...containers.values()].filter((container) => !isDown(container)).length;
  }

  /** See `saveLogs`. @throws WizardFailure `usage`, `engine`, `file` */
  async saveLogs(
    path: string,
    filter: LogFilter,
  ): Promise<{ readonly path: string; readonly count: number }> {
    const spec = await this.#spec();
    const { saveLogs } = await import('./logs.ts');
    return saveLogs(await currentDocker(), spec?.project ?? '', { path, filter });
  }

  /** See `stopNetwork`. */
  async stop(signal: AbortSignal): Promise<boolean> {
    const spec = await this.#spec();
    return spec !== undefined && stopNetwork(this.#dir, spec.project, signal);
  }

  get #stateFile(): string {
    return stateFile(join(this.#dir, STATE_FOLDER));
  }

  readonly #onStateChange = (): void => {
    this.#changed.notify();
    // The state is of a newer version, or the engine does not answer: what is shown stays.
    this.observe().catch(() => undefined);
  };

  async #saved(): Promise<VersionedNetwork | undefined> {
    return readFact(await readState(this.#dir), SAVED_NETWORK);
  }

  async #spec(): Promise<NetworkSpec | undefined> {
    return (await this.#saved())?.spec;
  }

  async #observe(): Promise<void> {
    const saved = await this.#saved();
    await this.#readRecords();
    if (isDeepStrictEqual(saved?.spec, this.#watch?.spec)) return;
    await this.#stopWatching();
    if (!saved) return;
    const { spec } = saved;
    const known = recordedState(await readState(this.#dir));
    this.#store.update((state) => ({
      ...state,
      network: initialNetworkState,
      logs: initialLogsState,
      connection: connectionOf(saved, projectNetworkDir(this.#dir), known.getFact(STATE_KEYS.engine)),
    }));
    const abort = new AbortController();
    const { signal } = abort;
    const following = [this.#follow(spec, signal), this.#readEngine(saved, known, signal)];
    this.#watch = { spec, abort, ended: Promise.all(following) };
  }

  /** The engine's address can have changed since the network was started. */
  async #readEngine(
    saved: VersionedNetwork,
    known: Pick<RecordedState, 'getFact'>,
    signal: AbortSignal,
  ): Promise<void> {
    const engine = await engineForClients(known, GLANCE_MS, signal);
    if (signal.aborted) return;
    const connection = connectionOf(saved, projectNetworkDir(this.#dir), engine);
    this.#store.update((state) => ({ ...state, connection }));
  }

  /** Reads what earlier runs and other processes have recorded. A run of this process reports it itself. */
  async #readRecords(): Promise<void> {
    const folder = join(this.#dir, STATE_FOLDER);
    const [proof, practice, copy] = await Promise.all([
      lastProof(folder),
      isPracticeNetwork(folder),
      copyState(this.#dir),
    ]);
    this.#store.update((state) =>
      state.work.kind === 'running' ? state : { ...state, practice, copy, proof: proof ?? state.proof },
    );
    if (copy === 'running') this.#awaitCopy();
  }

  /** Reads again when the command that copies has ended: one that is killed changes no file. */
  #awaitCopy(): void {
    this.#copying ??= folderFreed(this.#dir, this.#closed.signal)
      .then(() => {
        this.#copying = undefined;
        return this.observe();
      })
      .catch(() => undefined);
  }

  async #follow(spec: NetworkSpec, signal: AbortSignal): Promise<void> {
    const network = {
      docker: await currentDocker(signal),
      project: spec.project,
      spec,
      swapped: async () => readFact(await readState(this.#dir), STATE_KEYS.swapped) ?? {},
      changed: this.#changed,
    };
    for await (const event of watchNetwork(network, signal)) {
      this.#store.update((state) => ({ ...state, network: reduceNetwork(state.network, event) }));
    }
  }
}
