/** The wizard's store, and its service once that is loaded: the first frame must not wait for it. */
import { toFailure } from '../pipeline/core/failure.ts';
import type { WizardActions, WizardHandle } from '../screens/wizard/wizard-actions.ts';
import { type Equivalent, initialWizardState, type WizardState } from '../screens/wizard/wizard-state.ts';
import { createStore, type Store } from '../ui/store.ts';
import type { WizardOptions, WizardService } from './wizard-service.ts';

export class WizardController implements WizardHandle {
  readonly store: Store<WizardState>;
  readonly #options: WizardOptions;
  #loading: Promise<WizardService> | undefined;
  #service: WizardService | undefined;

  constructor(options: WizardOptions) {
    this.#options = options;
    this.store = createStore(initialWizardState(options.terminal.dir));
  }

  readonly perform: WizardHandle['perform'] = (name, ...args) => {
    const act = (service: WizardActions) => service[name](...args);
    // Synchronous if possible: a typed character must be in the state when the screen is drawn.
    if (this.#service) act(this.#service);
    else
      this.service().then(act, (error: unknown) =>
        this.store.updateNow((state) => ({ ...state, loadFailure: toFailure(error) })),
      );
  };

  /**
   * The service, loaded once; a failed attempt is repeated, because the user may have fixed the file.
   * @throws WizardFailure `config`, `state-newer`
   */
  service(): Promise<WizardService> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** The current answers as command and file, if the user has asked for them. */
  async equivalent(): Promise<Equivalent | undefined> {
    return this.store.now().equivalent && (await this.service()).equivalent();
  }

  /** Cancels the loading of a source. */
  cancel(): void {
    this.#service?.cancelSource();
  }

  /** Cancels all work. */
  close(): void {
    this.#service?.close();
  }

  async #load(): Promise<WizardService> {
    const { openWizard } = await import('./wizard-service.ts');
    const service = await openWizard(this.#options, this.store);
    this.#service = service;
    service.begin();
    return service;
  }
}
