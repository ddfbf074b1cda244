/** State of the chaincode screen, and the actions that it may request. */
import type { PastCall } from '../pipeline/chaincode/call-history.ts';
import type { ChaincodeChoice } from '../pipeline/config/chaincode-list.ts';
import type { StageFailure } from '../pipeline/core/failure.ts';
import type { LogFilter } from '../pipeline/network/log-filter.ts';
import { emptyLog, type NetworkLog } from '../pipeline/network/network-log.ts';
import type { ChaincodeRow } from '../report/chaincode-text.ts';

export type CallKind = 'invoke' | 'query';

/** A call as the user has entered it. */
export interface EnteredCall {
  readonly kind: CallKind;
  readonly name: string;
  readonly channel: string;
  /** Function and arguments, quoted as for a shell. */
  readonly line: string;
}

/** How a call has ended. */
export type CallResult =
  | { readonly kind: 'answered'; readonly answer: string }
  | {
      readonly kind: 'sent';
      readonly answer: string;
      /** Absent if the release's command does not tell. */
      readonly transaction?: string | undefined;
      readonly status?: string | undefined;
    }
  | { readonly kind: 'failed'; readonly failure: StageFailure }
  | { readonly kind: 'cancelled' };

export interface AnsweredCall extends EnteredCall {
  readonly result: CallResult;
}

export interface ChaincodesState {
  /** What the channels have, as last read. */
  readonly rows: readonly ChaincodeRow[];
  /** What can be deployed: the chaincodes of fabric-wizard.yaml, and what was deployed from elsewhere. */
  readonly choices: readonly ChaincodeChoice[];
  /** Channels of the network; empty while they are unknown. */
  readonly channels: readonly string[];
  /** False until the list was read, or could not be read, for the first time. */
  readonly known: boolean;
  /** Why the list cannot be read at the moment. */
  readonly problem?: string | undefined;
  /** The selected entry; see `entryKey`. */
  readonly selected?: string;
  /** The call that is not answered yet. */
  readonly calling?: EnteredCall | undefined;
  /** Oldest first. */
  readonly answers: readonly AnsweredCall[];
  /** Calls of this folder, also of earlier sessions; oldest first. */
  readonly history: readonly PastCall[];
  /** Lines of the chaincode whose log is followed. */
  readonly log: NetworkLog;
  /** Names of the chaincodes whose files differ from what was deployed last. */
  readonly changed: readonly string[];
}

export const initialChaincodesState: ChaincodesState = {
  rows: [],
  choices: [],
  channels: [],
  known: false,
  answers: [],
  history: [],
  log: emptyLog,
  changed: [],
};

/** Actions of the chaincode screens. Results arrive through the store. */
export interface ChaincodeActions {
  /** Reads what the channels and peers have. A later call replaces an earlier one. */
  readonly observe: () => void;
  /** Ends reading. */
  readonly close: () => void;
  /** Deploys chaincodes, and shows the run. */
  readonly deploy: (choices: readonly ChaincodeChoice[]) => void;
  /** Deploys the chaincode in a folder, and shows the run. */
  readonly deployFolder: (path: string) => void;
  /** Calls a function; ignored while another call is not answered. */
  readonly call: (call: EnteredCall) => void;
  /** Cancels the call that is not answered. */
  readonly cancelCall: () => void;
  /** Opens the question whether to remove what peers have made of a chaincode. */
  readonly askRemoval: (name: string) => void;
  /** Removes containers and images of a chaincode. */
  readonly remove: (name: string) => void;
  /** Follows what a chaincode prints on all peers, as far as containers exist now. */
  readonly followLog: (name: string) => void;
  readonly closeLog: () => void;
  /** Writes all lines of a chaincode that pass the filter to a new file. */
  readonly saveLog: (name: string, path: string, filter: LogFilter) => void;
}
