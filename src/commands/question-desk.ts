/** The desk behind the screens that ask. What looks, checks and clones is imported after the first frame. */
import type { EffectiveConfig } from '../pipeline/choices/config.ts';
import { toFailure } from '../pipeline/run/failure.ts';
import type { WizardDesk } from '../screens/wizard/wizard-desk.ts';
import { type Equivalent, initialWizardState, type WizardState } from '../screens/wizard/wizard-state.ts';
import { createStore, type Store } from '../ui/store.ts';
import type { QuestionWork } from './question-work.ts';
import type { Terminal } from './terminal.ts';

export interface QuestionOptions {
  readonly terminal: Terminal;
  readonly flags: Readonly<Record<string, unknown>>;
}

export class QuestionDesk implements WizardDesk {
  readonly store: Store<WizardState>;
  readonly #options: QuestionOptions;
  #work: Promise<QuestionWork> | undefined;
  #opened: QuestionWork | undefined;

  constructor(options: QuestionOptions) {
    this.#options = options;
    this.store = createStore(initialWizardState(options.terminal.dir));
  }

  readonly look = (): void => this.#do((work) => work.look());
  readonly repair: WizardDesk['repair'] = (code) => this.#do((work) => work.repair(code));
  readonly answer: WizardDesk['answer'] = (field, text) => this.#do((work) => work.answer(field, text));
  readonly forget = (): void => this.#do((work) => work.forget());
  readonly askPorts = (): void => this.#do((work) => work.askPorts());
  readonly consider: WizardDesk['consider'] = (choice) => this.#do((work) => work.consider(choice));
  readonly take: WizardDesk['take'] = (choice) => this.#do((work) => work.take(choice));
  readonly compare = (): void => this.#do((work) => void work.compare());

  readonly stop = (): boolean => {
    if (this.store.now().source.is !== 'getting') return false;
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
  #do(act: (work: QuestionWork) => void): void {
    const refuse = (error: unknown) =>
      this.store.updateNow((state) => ({ ...state, refused: toFailure(error) }));
    if (this.#opened) act(this.#opened);
    else this.#open().then(act, refuse);
  }

  /** Once; and again where it failed, for a file may have been mended meanwhile. */
  #open(): Promise<QuestionWork> {
    this.#work ??= import('./question-work.ts').then(async ({ openQuestions }) => {
      try {
        const work = await openQuestions(this.#options, this.store);
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
