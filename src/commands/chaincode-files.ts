/** Finds out what can be deployed, and which deployed chaincodes have other files now, again and again. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { KnownHashes } from '../pipeline/chaincode/chaincode-digest.ts';
import { parseVersion } from '../pipeline/chaincode/chaincode-version.ts';
import { knownChoices, recordedDeployments } from '../pipeline/chaincode/deployment-record.ts';
import type { ChaincodeChoice } from '../pipeline/config/chaincode-list.ts';
import { CONFIG_FILE } from '../pipeline/config/config-choices.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { recordedState, stateFile } from '../pipeline/journal/wizard-state.ts';
import type { ChaincodesState } from '../screens/chaincode-state.ts';
import type { AppStore } from './app-store.ts';
import { digestsOf } from './chaincode-service.ts';
import { loadEffectiveConfig } from './load-config.ts';

const INTERVAL_MS = 2000;
/** A large folder is looked at less often, so that this takes at most a tenth of a core. */
const IDLE_SHARE = 9;

export interface ChaincodeFilesOptions {
  readonly dir: string;
  readonly flags: Readonly<Record<string, unknown>>;
  readonly app: AppStore;
  readonly intervalMs?: number;
}

interface Known {
  /** Changes when one of the files is written. */
  readonly stamp: string;
  readonly recorded: ReturnType<typeof recordedDeployments>;
  readonly choices: readonly ChaincodeChoice[];
}

export class ChaincodeFiles {
  readonly #options: ChaincodeFilesOptions;
  /** Files that were not written since are not read again. */
  readonly #hashes: KnownHashes = new Map();
  #known: Known | undefined;
  #watch: AbortController | undefined;

  constructor(options: ChaincodeFilesOptions) {
    this.#options = options;
  }

  /** Idempotent. */
  start(): void {
    if (this.#watch) return;
    this.#watch = new AbortController();
    void this.#follow(this.#watch.signal);
  }

  stop(): void {
    this.#watch?.abort();
    this.#watch = undefined;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { app, intervalMs = INTERVAL_MS } = this.#options;
    while (!signal.aborted) {
      const since = performance.now();
      // A configuration that is being edited may be invalid: what is shown stays.
      const found = await this.#find().catch(() => undefined);
      const { choices, changed } = app.state.chaincodes;
      if (!signal.aborted && found && !isDeepStrictEqual(found, { choices, changed }))
        app.update((state) => ({ ...state, chaincodes: { ...state.chaincodes, ...found } }));
      const pause = Math.max(intervalMs, IDLE_SHARE * (performance.now() - since));
      await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Reads what can be deployed, and what was deployed, unless neither file has changed since. */
  async #read(): Promise<Known> {
    const { dir, flags } = this.#options;
    const files = [stateFile(join(dir, STATE_FOLDER)), join(dir, CONFIG_FILE)];
    const stamps = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
    const stamp = stamps.map((each) => `${each?.ino} ${each?.size} ${each?.mtimeMs}`).join(', ');
    if (this.#known?.stamp === stamp) return this.#known;
    const recorded = recordedDeployments(recordedState(await readState(dir)));
    const { chaincodes } = await loadEffectiveConfig(dir, flags);
    this.#known = { stamp, recorded, choices: knownChoices(chaincodes, recorded) };
    return this.#known;
  }

  async #find(): Promise<Pick<ChaincodesState, 'choices' | 'changed'>> {
    const { recorded, choices } = await this.#read();
    const deployed = choices.filter(({ name }) => recorded.has(name));
    const digests = await digestsOf(deployed, this.#hashes);
    const changed = [...digests]
      .filter(([name, digest]) => parseVersion(recorded.get(name)?.version ?? '')?.digest !== digest)
      .map(([name]) => name);
    return { choices, changed };
  }
}
