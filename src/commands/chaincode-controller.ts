/** The actions of the chaincode screens: lists, deploys, calls and removes the chaincodes of the folder's network. */
import { join, resolve } from 'node:path';
import { type PastCall, readCalls, rememberCall, withCall } from '../pipeline/chaincode/call-history.ts';
import {
  type ChaincodeCall,
  type Invocation,
  invokeChaincode,
  queryChaincode,
} from '../pipeline/chaincode/chaincode-call.ts';
import {
  deployedChoices,
  knownChoices,
  recordedDeployments,
} from '../pipeline/chaincode/deployment-record.ts';
import type { ChaincodeRemains } from '../pipeline/chaincode/remains.ts';
import type { ChaincodeChoice } from '../pipeline/config/chaincode-list.ts';
import { orCancelled } from '../pipeline/core/cancellation.ts';
import { CancelledError, toFailure } from '../pipeline/core/failure.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import { expandHome } from '../pipeline/host/home-folder.ts';
import { shellWordsIn } from '../pipeline/host/shell-words.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { readState, withJournal } from '../pipeline/journal/journal.ts';
import { recordedState } from '../pipeline/journal/wizard-state.ts';
import type { LogFilter } from '../pipeline/network/log-filter.ts';
import type { PeerSpec } from '../pipeline/network/network-spec.ts';
import { SAVED_NETWORK } from '../pipeline/network/saved-network.ts';
import { unreachableText } from '../report/chaincode-text.ts';
import { describeFailure } from '../report/failure-text.ts';
import type { RunCommand } from '../screens/app-state.ts';
import type { CallResult, ChaincodesState, EnteredCall } from '../screens/chaincode-state.ts';
import type { Route } from '../screens/navigation.ts';
import type { Theme } from '../ui/theme.tsx';
import type { AppStore } from './app-store.ts';
import { answeredInTime, called } from './chaincode-calling.ts';
import { choiceNamed } from './chaincode-choice.ts';
import { requirePeers, requireSupported } from './chaincode-deploy.ts';
import { ChaincodeFiles } from './chaincode-files.ts';
import { ChaincodeLog } from './chaincode-log.ts';
import { askedOn, type ChaincodeNetwork, chaincodeNetwork, endorsersOf } from './chaincode-network.ts';
import { chaincodeRows, REMOVAL, remainsOf, removeChaincode } from './chaincode-service.ts';
import { loadEffectiveConfig } from './load-config.ts';
import { saveLinesOf } from './logs.ts';
import type { Terminal } from './terminal.ts';

/** Pause before a list that could not be read is read again. */
const RETRY_MS = 2000;
/** Limit for the answers in memory. */
const MAX_ANSWERS = 100;

/** What the controller uses of a network. */
export interface ChaincodeService {
  readonly open: (command: string, signal: AbortSignal) => Promise<ChaincodeNetwork>;
  readonly rows: typeof chaincodeRows;
  readonly query: (network: ChaincodeNetwork, peer: PeerSpec, call: ChaincodeCall) => Promise<string>;
  readonly invoke: (
    network: ChaincodeNetwork,
    endorsers: readonly [PeerSpec, ...PeerSpec[]],
    call: ChaincodeCall,
  ) => Promise<Invocation>;
}

export interface ChaincodeControllerOptions {
  readonly terminal: Terminal;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly theme: Theme;
  readonly app: AppStore;
  /** Starts a run and shows it. */
  readonly run: (request: RunCommand) => void;
  /** Default: the network of the folder. */
  readonly service?: ChaincodeService;
}

export class ChaincodeController {
  readonly log: ChaincodeLog;
  readonly files: ChaincodeFiles;
  readonly #options: ChaincodeControllerOptions;
  readonly #service: ChaincodeService;
  readonly #ended = new AbortController();
  #reading: AbortController | undefined;
  #calling: AbortController | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: ChaincodeControllerOptions) {
    const { terminal, flags, app } = options;
    this.#options = options;
    this.log = new ChaincodeLog(app);
    this.files = new ChaincodeFiles({ dir: terminal.dir, flags, app });
    this.#service = options.service ?? {
      open: (command, signal) => chaincodeNetwork(terminal, command, signal),
      rows: chaincodeRows,
      query: (network, peer, call) => called(network, call, () => queryChaincode(network, peer, call)),
      invoke: (network, endorsers, call) =>
        called(network, call, () => invokeChaincode(network, endorsers, call)),
    };
  }

  /** Reads the list. A failure is shown beside the list that is known, and the list is read again. Never rejects. */
  async observe(): Promise<void> {
    this.close();
    const abort = new AbortController();
    this.#reading = abort;
    try {
      await this.#read(abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return;
      const failure = toFailure(error);
      const problem = describeFailure(failure, this.#options.theme).title;
      // A network that does not run has no list.
      const rows = failure.kind === 'usage' ? { rows: [] } : {};
      this.#change({ ...rows, known: true, problem }, abort.signal);
      this.#readLater();
    }
  }

  #readLater(): void {
    this.#retry = setTimeout(() => void this.observe(), RETRY_MS).unref();
  }

  /** Ends reading. */
  close(): void {
    clearTimeout(this.#retry);
    this.#reading?.abort();
    this.#reading = undefined;
  }

  /** Ends everything. */
  end(): void {
    this.#ended.abort();
    this.close();
    this.cancelCall();
    this.log.close();
    this.files.stop();
  }

  /** @throws WizardFailure `usage` if a peer of their channels does not run, or if the release does not support a choice */
  async deploy(choices: readonly ChaincodeChoice[]): Promise<void> {
    const network = await this.#service.open('chaincode deploy', this.#ended.signal);
    requirePeers(network, choices);
    for (const choice of choices) requireSupported(network, choice, choice.name);
    this.#options.run({ command: 'deploy', chaincodes: choices });
  }

  /** @throws WizardFailure `usage` if it is no folder */
  async deployFolder(path: string): Promise<void> {
    const { terminal, flags, app } = this.#options;
    await this.#remember({ name: '', line: path });
    const { chaincodes } = await loadEffectiveConfig(terminal.dir, flags);
    const folder = expandHome(path);
    const known = app.state.chaincodes.choices.find((choice) => choice.path === resolve(folder));
    const deployed = deployedChoices(recordedState(await readState(terminal.dir)));
    await this.deploy([known ?? (await choiceNamed(folder, chaincodes, {}, deployed)).choice]);
  }

  /** Calls a function, and remembers the call. Does nothing while another call is not answered. */
  async call(entered: EnteredCall): Promise<void> {
    if (this.#calling) return;
    const abort = new AbortController();
    this.#calling = abort;
    this.#change({ calling: entered });
    const result = await this.#result(entered, abort.signal);
    this.#calling = undefined;
    const { answers } = this.#options.app.state.chaincodes;
    const answered = [...answers, { ...entered, result }].slice(-MAX_ANSWERS);
    this.#change({ calling: undefined, answers: answered });
    // After the answer, which must not be lost if the folder cannot be written.
    await this.#remember({ name: entered.name, line: entered.line });
  }

  cancelCall(): void {
    this.#calling?.abort();
  }

  /** Returns the question whether to remove a chaincode. @throws WizardFailure `usage` if nothing of it is left */
  async removalRoute(name: string): Promise<Route> {
    const { containers, images } = await this.#remains(name);
    return { id: 'remove-chaincode', name, containers: containers.map((each) => each.name), images };
  }

  /** @throws WizardFailure; `locked` if another process works in the folder */
  async remove(name: string): Promise<void> {
    const { app, theme } = this.#options;
    const { containers, images } = await withJournal(this.#options.terminal.dir, REMOVAL, async (journal) => {
      const remains = await this.#remains(name);
      await removeChaincode(this.#options.terminal.dir, remains.network, journal, { name, remains });
      return remains;
    });
    const facts = { name, containers: String(containers.length), images: String(images.length) };
    app.update((state) => ({ ...state, success: theme.t('remove-chaincode.done', facts) }));
  }

  /** See `saveLinesOf`. */
  async saveLog(name: string, path: string, filter: LogFilter): ReturnType<typeof saveLinesOf> {
    return saveLinesOf(await currentDocker(), this.log.containersOf(name), { path, filter });
  }

  get #stateDir(): string {
    return join(this.#options.terminal.dir, STATE_FOLDER);
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { terminal, flags } = this.#options;
    const [{ chaincodes }, state, history] = await Promise.all([
      loadEffectiveConfig(terminal.dir, flags),
      readState(terminal.dir).then(recordedState),
      readCalls(this.#stateDir),
    ]);
    // What can be deployed is known before the peers have answered.
    this.#change(
      {
        choices: knownChoices(chaincodes, recordedDeployments(state)),
        channels: state.getFact(SAVED_NETWORK)?.spec.channels ?? [],
        history,
      },
      signal,
    );
    const network = await this.#service.open('chaincode list', signal);
    const { rows, unreachable } = await this.#service.rows(network, chaincodes, signal);
    const problem = unreachableText(unreachable, this.#options.theme);
    this.#change({ rows, known: true, problem }, signal);
    if (problem !== undefined && !signal.aborted) this.#readLater();
  }

  async #result({ kind, name, channel, line }: EnteredCall, signal: AbortSignal): Promise<CallResult> {
    const words = shellWordsIn(line);
    const call = { name, channel, args: 'words' in words ? words.words : [] };
    const answer = async (limited: AbortSignal): Promise<CallResult> => {
      const network = await this.#service.open(`chaincode ${kind}`, limited);
      const [peer, ...others] =
        kind === 'query' ? [askedOn(network, channel)] : endorsersOf(network, channel);
      if (peer === undefined) throw new Error('a network needs a peer');
      if (kind === 'query')
        return { kind: 'answered', answer: await this.#service.query(network, peer, call) };
      const { payload, ...sent } = await this.#service.invoke(network, [peer, ...others], call);
      return { kind: 'sent', answer: payload, ...sent };
    };
    try {
      return await orCancelled(answeredInTime({ name, kind }, signal, answer), signal);
    } catch (error) {
      return error instanceof CancelledError
        ? { kind: 'cancelled' }
        : { kind: 'failed', failure: toFailure(error) };
    }
  }

  async #remember(call: PastCall): Promise<void> {
    this.#change({ history: withCall(this.#options.app.state.chaincodes.history, call) });
    await rememberCall(this.#stateDir, call);
  }

  /** @throws WizardFailure `usage` if nothing is left */
  async #remains(name: string): Promise<ChaincodeRemains & { readonly network: ChaincodeNetwork }> {
    const network = await this.#service.open('chaincode remove', this.#ended.signal);
    return { ...(await remainsOf(network, name)), network };
  }

  #change(change: Partial<ChaincodesState>, signal?: AbortSignal): void {
    if (signal?.aborted) return;
    this.#options.app.update((state) => ({ ...state, chaincodes: { ...state.chaincodes, ...change } }));
  }
}
