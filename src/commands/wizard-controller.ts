/** The controller behind the screens that ask. What looks, checks and clones is imported after the first frame. */
import type { EffectiveConfig } from '../pipeline/config/config.ts';
import { toFailure } from '../pipeline/core/failure.ts';
import type { WizardActions } from '../screens/wizard/wizard-actions.ts';
import { type Equivalent, initialWizardState, type WizardState } from '../screens/wizard/wizard-state.ts';
import { createStore, type Store } from '../ui/store.ts';
import type { Terminal } from './terminal.ts';
import type { WizardService } from './wizard-service.ts';

export interface WizardOptions {
  readonly terminal: Terminal;
  readonly flags: Readonly<Record<string, unknown>>;
}

export class WizardController implements WizardActions {
  readonly store: Store<WizardState>;
  readonly #options: WizardOptions;
  #work: Promise<WizardService> | undefined;
  #opened: WizardService | undefined;

  constructor(options: WizardOptions) {
    this.#options = options;
    this.store = createStore(initialWizardState(options.terminal.dir));
  }

  readonly look = (): void => this.#do((work) => work.look());
  readonly repair: WizardActions['repair'] = (code) => this.#do((work) => work.repair(code));
  readonly answer: WizardActions['answer'] = (field, text) => this.#do((work) => work.answer(field, text));
  readonly forget = (): void => this.#do((work) => work.forget());
  readonly askPorts = (): void => this.#do((work) => work.askPorts());
  readonly consider: WizardActions['consider'] = (choice) => this.#do((work) => work.consider(choice));
  readonly take: WizardActions['take'] = (choice) => this.#do((work) => work.take(choice));
  readonly compare = (): void => this.#do((work) => void work.compare());

  readonly stop = (): boolean => {
    if (this.store.now().source.kind !== 'getting') return false;
    this.#opened?.stop();
    return true;
  };

  /** The answers as choices. @throws WizardFailure `config`, `state-newer` */
  async choices(): Promise<EffectiveConfig> {
    return (await this.#open()).choices();
  }

  /** The answers of now as a command and as a file, where somebody wanted to see them so. */
  async equivalent(): Promise<Equivalent | undefined> {
    return this.store.now().equivalent && (await this.#open()).equivalent();
  }

  /** Writes what was answered to fabric-wizard.yaml. @throws WizardFailure */
  async keep(): Promise<void> {
    await (await this.#open()).keep();
  }

  /** Ends everything that is under way. */
  close(): void {
    this.#opened?.close();
  }

  /** At once where it was opened before: what is typed must be there when it is drawn. */
  #do(act: (work: WizardService) => void): void {
    const refuse = (error: unknown) =>
      this.store.updateNow((state) => ({ ...state, refused: toFailure(error) }));
    if (this.#opened) act(this.#opened);
    else this.#open().then(act, refuse);
  }

  /** Once; and again where it failed, for a file may have been mended meanwhile. */
  #open(): Promise<WizardService> {
    this.#work ??= import('./wizard-service.ts').then(async ({ openWizard }) => {
      try {
        const work = await openWizard(this.#options, this.store);
        this.#opened = work;
        work.begin();
        return work;
      } catch (error) {
        this.#work = undefined;
        throw error;
      }
    });
    return this.#work;
  }
}
