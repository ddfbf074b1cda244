/** Actions that the wizard's screens may request. Results arrive through the store. */
import type { ChoiceField } from '../../pipeline/config/config-choices.ts';
import type { Preset } from '../../pipeline/config/presets.ts';
import type { Store } from '../../ui/store.ts';
import type { WizardState } from './wizard-state.ts';

/** The actions with their arguments. */
export interface WizardActionArguments {
  /** Examines engine, machine, source candidates and source. Ignored while a scan runs. */
  readonly scan: [];
  /** Runs `doctor --fix CODE`, then scans again. */
  readonly repair: [code: string];
  readonly answer: [field: ChoiceField, text: string];
  /** Answers with the choices of a preset. */
  readonly applyPreset: [preset: Preset];
  /** Resets every answer to its default, including answers from file and last run. */
  readonly resetAnswers: [];
  /** Checks the network's ports again. A change of the answers triggers a check by itself. */
  readonly checkPorts: [];
  /** Finds out what a path or tag that is being typed refers to; the result is `typed`. */
  readonly previewSource: [choice: string];
  /** Reads or clones a source as `--source` does and answers with it; `source` becomes `ready` or `failed`. */
  readonly selectSource: [choice: string];
  /** Cancels `selectSource`. */
  readonly cancelSource: [];
  /** Sets `equivalent` to the command and the file of the current answers. */
  readonly showEquivalent: [];
}

export type WizardActionName = keyof WizardActionArguments;

export type WizardActions = {
  readonly [Name in WizardActionName]: (...args: WizardActionArguments[Name]) => void;
};

export interface WizardHandle {
  readonly store: Store<WizardState>;
  /** Performs an action, at once if the wizard is loaded, else after loading it. */
  readonly perform: <Name extends WizardActionName>(name: Name, ...args: WizardActionArguments[Name]) => void;
}
