/** Finds out what can be deployed, and which deployed chaincodes have other files now, again and again. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { KnownHashes } from '../pipeline/chaincode/chaincode-digest.ts';
import { packageLabel, parseVersion } from '../pipeline/chaincode/chaincode-version.ts';
import { knownChoices, recordedDeployments } from '../pipeline/chaincode/deployment-record.ts';
import { isOutdated, type ServiceEngine } from '../pipeline/chaincode/service-state.ts';
import { type ChaincodeChoice, isOurService } from '../pipeline/config/chaincode-list.ts';
import { CONFIG_FILE } from '../pipeline/config/config-choices.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { recordedState, stateFile } from '../pipeline/journal/wizard-state.ts';
import { SAVED_NETWORK } from '../pipeline/network/saved-network.ts';
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
  /** By default the engine that is selected. */
  readonly engine?: () => Promise<ServiceEngine>;
}

interface Known {
  /** Changes when one of the files is written. */
  readonly stamp: string;
  readonly recorded: ReturnType<typeof recordedDeployments>;
  readonly choices: readonly ChaincodeChoice[];
  /** Absent before a network was made. */
  readonly project: string | undefined;
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
    const state = recordedState(await readState(dir));
    const recorded = recordedDeployments(state);
    const { chaincodes } = await loadEffectiveConfig(dir, flags);
    const project = state.getFact(SAVED_NETWORK)?.spec.project;
    this.#known = { stamp, recorded, choices: knownChoices(chaincodes, recorded), project };
    return this.#known;
  }

  async #find(): Promise<Pick<ChaincodesState, 'choices' | 'changed'>> {
    const { recorded, choices, project } = await this.#read();
    const deployed = choices.filter(({ name }) => recorded.has(name));
    const digests = await digestsOf(deployed, this.#hashes);
    const isChanged = (name: string, digest: string) =>
      parseVersion(recorded.get(name)?.version ?? '')?.digest !== digest;
    // Without the engine, nothing is known of processes.
    const outdated = await this.#outdated(deployed, digests, project).catch(() => new Set<string>());
    const changed = [...digests].flatMap(([name, digest]) =>
      isChanged(name, digest) || outdated.has(name) ? [name] : [],
    );
    return { choices, changed };
  }

  /** Returns the services whose process was made of other files. */
  async #outdated(
    choices: readonly ChaincodeChoice[],
    digests: ReadonlyMap<string, string>,
    project: string | undefined,
  ): Promise<ReadonlySet<string>> {
    const services = choices.filter(isOurService).filter(({ name }) => digests.has(name));
    if (services.length === 0 || project === undefined) return new Set();
    const { engine = () => currentDocker() } = this.#options;
    const network = { docker: await engine(), spec: { project } };
    const outdated = services.map(async (choice) => {
      const label = packageLabel(choice.name, digests.get(choice.name) ?? '');
      return (await isOutdated(network, choice, label, this.#hashes)) ? [choice.name] : [];
    });
    return new Set((await Promise.all(outdated)).flat());
  }
}
