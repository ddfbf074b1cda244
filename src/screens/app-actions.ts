/** Actions that screens may request. Screens do no work themselves; results arrive through the store. */
import type { LogFilter } from '../pipeline/network/log-filter.ts';
import type { NodeAction } from '../pipeline/network/node-actions.ts';
import type { Repair } from '../pipeline/resolve/resolve-report.ts';
import type { Store } from '../ui/store.ts';
import type { AppState, RunCommand } from './app-state.ts';
import type { ChaincodeActions } from './chaincode-state.ts';
import type { FailurePlace } from './last-failure.ts';
import type { WizardHandle } from './wizard/wizard-actions.ts';

export interface AppActions {
  readonly store: Store<AppState>;
  /** Version in package.json. */
  readonly version: string;
  readonly wizard: WizardHandle;
  readonly chaincodes: ChaincodeActions;
  /**
   * Opens a session with the wizard's answers and makes a plan; `work` becomes `planned` or `refused`.
   * Replaces a plan that is being made or that waits. Ignored during a run or a repair.
   */
  readonly preparePlan: (request: RunCommand) => void;
  /** Discards that plan and releases the folder for other processes. */
  readonly dismissPlan: () => void;
  /** Saves the answers and runs the plan, as soon as it is made. */
  readonly startPlan: () => void;
  /** Reverts `startPlan` while the plan is still being made. */
  readonly cancelStart: () => void;
  /** Makes a plan and runs it without a review. Ignored while other work is active. */
  readonly run: (request: RunCommand) => void;
  /** Cancels the current work; the program keeps running. */
  readonly cancel: () => void;
  /** Handles Ctrl-C: the first press cancels, a second one within two seconds quits. Any other key resets the count. */
  readonly interrupt: () => void;
  /** Cancels the current work, stops the network if asked to, and ends the program. */
  readonly quit: (network: 'keep' | 'stop') => void;
  /** Unmounts the screens, shows the full log of a stage of the last run in a pager, and mounts them again. */
  readonly openLog: (stage: string) => void;
  /** Unmounts the screens and stops the process, as Ctrl-Z does; the shell's `fg` mounts them again. */
  readonly suspend: () => void;
  /** Unmounts the screens, opens the user's editor at a line of the source or a chaincode, and mounts them again. */
  readonly openEditor: (place: FailurePlace) => void;
  /** Starts to observe the network, and the files of its chaincodes. Idempotent. */
  readonly observeNetwork: () => void;
  /** Writes all lines of the nodes' logs that pass the filter to a new file. */
  readonly saveLogs: (path: string, filter: LogFilter) => void;
  /** Starts, stops, restarts or pauses a node; `nodeActions` has the action until it is done. */
  readonly actOnNode: (node: string, action: NodeAction) => void;
  /** Opens the screen with the facts about a node. */
  readonly showNode: (node: string) => void;
  /** Unmounts the screens, opens a shell in a node, or in the CLI container as an admin, and mounts them again. */
  readonly openShell: (node: string, as: 'node' | 'admin') => void;
  /** Writes a text to the clipboard of the terminal. */
  readonly copy: (text: string) => void;
  /** Follows the blocks of a channel, by default the one that was followed last. */
  readonly watchBlocks: (channel?: string) => void;
  /** Reads the blocks before the first one in the state. */
  readonly loadOlderBlocks: () => void;
  /** Stops following blocks; those in the state stay. */
  readonly closeBlocks: () => void;
  /** Stops the network and removes its containers; ledgers stay. */
  readonly stopNetwork: () => void;
  /** Starts or stops rebuilding after every change of the source. */
  readonly toggleWatch: () => void;
  /** Opens the screen with the images that a peer will ask for. @param container default: any peer of the network */
  readonly showResolve: (container?: string) => void;
  /** Applies one of the repairs that `resolve` offers. */
  readonly applyRepair: (repair: Repair) => void;
  /** Writes the files for programs that use the network, and opens the text about them. */
  readonly showConnection: () => void;
  /** Opens the picture of the network. */
  readonly showTopology: () => void;
  /** Opens the explanation of a topic; without a known topic, the list of all topics. */
  readonly showTopic: (topic?: string) => void;
}
