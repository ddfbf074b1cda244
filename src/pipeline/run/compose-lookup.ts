/** Finds compose in the background, because this takes as long as the rest of the preparation. */
import type { Text } from '../core/phrase.ts';
import { type Plan, stagesToRun } from '../core/plan.ts';
import { ComposePort } from '../engine/compose-port.ts';
import type { EngineAddress } from '../engine/engine-address.ts';
import { ensureCompose, findCompose } from '../host/host-setup.ts';
import type { Journal } from '../journal/journal.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { makesNetwork, type Purpose } from '../stages/plan-scope.ts';
import type { StageId } from '../stages/stage-list.ts';

/** Whether a stage of the plan runs compose. */
export function runsCompose(plan: Plan<StageId>): boolean {
  const running = stagesToRun(plan);
  return running.has('start') || running.has('prometheus');
}

interface LookupRequest extends Purpose {
  readonly allowInstall: boolean;
  readonly signal: AbortSignal;
}

export class ComposeLookup {
  readonly #request: LookupRequest;
  readonly #engine: EngineAddress;
  readonly #onNotice: (message: Text) => void;
  readonly #abort = new AbortController();
  readonly #found: ReturnType<typeof findCompose> | undefined;

  constructor(
    request: LookupRequest,
    engine: EngineAddress,
    journal: Journal,
    onNotice: (message: Text) => void,
  ) {
    this.#engine = engine;
    this.#request = request;
    this.#onNotice = onNotice;
    const remembered = journal.getFact(STATE_KEYS.compose);
    this.#found = makesNetwork(request)
      ? findCompose(engine, AbortSignal.any([request.signal, this.#abort.signal]), remembered)
      : undefined;
  }

  /** @throws WizardFailure `compose-missing` */
  async require(): Promise<ComposePort> {
    const { allowInstall, signal } = this.#request;
    const setup = { allowInstall, onNotice: this.#onNotice, signal };
    return new ComposePort(await ensureCompose(setup, this.#engine, this.#found), this.#engine);
  }

  giveUp(): void {
    this.#abort.abort();
  }
}
