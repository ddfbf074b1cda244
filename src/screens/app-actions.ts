/** What screens may ask for. They start no work themselves, and learn by the store what became of it. */
import type { Repair } from '../pipeline/resolve/resolve-report.ts';
import type { Store } from '../ui/store.ts';
import type { AppState, RunCommand } from './app-state.ts';
import type { WizardActions } from './wizard/wizard-actions.ts';

export interface AppActions {
  readonly store: Store<AppState>;
  /** As package.json has it. */
  readonly version: string;
  /** For the screens that ask. */
  readonly wizard: WizardActions;
  /**
   * Looks at engine, source and journal and plans by the answers; `work` becomes `planned` or `refused`. In place
   * of a plan that is being made, or that waits.
   */
  readonly prepare: (request: RunCommand) => void;
  /** Gives such a plan up, so that others may work in the folder. */
  readonly dismiss: () => void;
  /** Keeps the answers and runs what was planned; while the plan is being made, as soon as it is there. */
  readonly start: () => void;
  /** Takes that back while the plan is being made. */
  readonly hold: () => void;
  /** Both, without a look at the plan; nothing while something is under way. */
  readonly run: (request: RunCommand) => void;
  /** Ends what is under way, and stays. */
  readonly cancel: () => void;
  /** Ctrl-C: the first one cancels, a second one leaves. Any other key in between takes the first one back. */
  readonly interrupt: () => void;
  /** Ends what is under way, and the program; `goes`: after stopping the network. */
  readonly leave: (network: 'stays' | 'goes') => void;
  /** Gives the terminal to a pager that shows all that a stage of the last run has said, and takes it back. */
  readonly openLog: (stage: string) => void;
  /** Watches the network from now on. Nothing where it is watched already. */
  readonly observe: () => void;
  /** Starts a node that is down. */
  readonly startNode: (node: string) => void;
  /** Stops the network and removes its containers; ledgers stay. */
  readonly down: () => void;
  /** Rebuilds now and at every change of the source, or no more. */
  readonly toggleWatch: () => void;
  /** Goes to what peers will ask for, and whether it is there. */
  readonly resolve: () => void;
  /** Does one of the repairs that `resolve` offered. */
  readonly repair: (repair: Repair) => void;
  /** Goes to what a stage or a word is for; without one, to all that can be explained. */
  readonly explain: (topic?: string) => void;
}
