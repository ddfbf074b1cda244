/** Follows what a chaincode prints on all peers, for its log screen. */
import { isContainerOf } from '../pipeline/chaincode/chaincode-version.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import type { LogEntry } from '../pipeline/network/log-line.ts';
import { appendLines, emptyLog } from '../pipeline/network/network-log.ts';
import { followHistory, type LoggingNode, readHistory } from '../pipeline/network/node-log.ts';
import type { AppStore } from './app-store.ts';

/** Earlier lines of each peer. */
const TAIL_LINES = 300;

export class ChaincodeLog {
  readonly #app: AppStore;
  #following: AbortController | undefined;

  constructor(app: AppStore) {
    this.#app = app;
  }

  /** Returns the containers in which peers run a chaincode, as far as they are known. */
  containersOf(name: string): readonly LoggingNode[] {
    return this.#app.state.network.chaincodes
      .filter(({ chaincode }) => isContainerOf(chaincode, name))
      .map(({ peer, container }) => ({ node: peer, container }));
  }

  /** Reads the last lines again and follows the log. Replaces the log that is followed. @throws WizardFailure `engine` */
  async follow(name: string): Promise<void> {
    this.close();
    const abort = new AbortController();
    this.#following = abort;
    const { signal } = abort;
    this.#app.update((state) => ({ ...state, chaincodes: { ...state.chaincodes, log: emptyLog } }));
    const docker = await currentDocker(signal);
    const request = { filter: {}, tail: TAIL_LINES };
    const history = await readHistory(docker, this.containersOf(name), request);
    this.#append(history.entries, signal);
    const onEntry = (entry: LogEntry) => this.#append([entry], signal);
    await followHistory(docker, history, request, { signal, onEntry });
  }

  close(): void {
    this.#following?.abort();
    this.#following = undefined;
  }

  #append(entries: readonly LogEntry[], signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#app.store.update((state) => ({
      ...state,
      chaincodes: { ...state.chaincodes, log: appendLines(state.chaincodes.log, entries) },
    }));
  }
}
