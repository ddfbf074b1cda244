/** What the question screens may ask for. They learn by the store what became of it. */
import type { ChoiceField } from '../../pipeline/config/config-choices.ts';
import type { Store } from '../../ui/store.ts';
import type { WizardState } from './wizard-state.ts';

export interface WizardActions {
  readonly store: Store<WizardState>;
  /** Reads the choices of earlier times, and looks at machine, folder, network and sources. One look at a time. */
  readonly look: () => void;
  /** `doctor --fix`, then looks again. */
  readonly repair: (code: string) => void;
  readonly answer: (field: ChoiceField, text: string) => void;
  /** Takes every answer back, those of earlier times too. */
  readonly forget: () => void;
  /** Asks again who holds the ports of the network; whenever the answers change them, that is done by itself. */
  readonly askPorts: () => void;
  /** What a path or tag that is being typed would be. */
  readonly consider: (choice: string) => void;
  /** Gets a source, as `--source` takes it, and answers with it; `source` becomes `here` or `failed`. */
  readonly take: (choice: string) => void;
  /** Ends a clone that is under way; true where there was one. */
  readonly stop: () => boolean;
  /** `equivalent` becomes what the answers are now. */
  readonly compare: () => void;
}
