/** The part of the controller that deals with the network that runs: it watches, starts nodes again, and stops it all. */

import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { orCancelled } from '../pipeline/core/cancellation.ts';
import type { Text } from '../pipeline/core/phrase.ts';
import type { Progress } from '../pipeline/core/run-state.ts';
import { ComposePort } from '../pipeline/engine/compose-port.ts';
import { DockerPort } from '../pipeline/engine/docker-port.ts';
import { networkDir, STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { lastProof } from '../pipeline/journal/run-record.ts';
import { readFact } from '../pipeline/journal/wizard-state.ts';
import type { NetworkSpec } from '../pipeline/network/network-spec.ts';
import { initialNetworkState, isDown, reduceNetwork } from '../pipeline/network/network-state.ts';
import { watchNetwork } from '../pipeline/network/network-watch.ts';
import { nodeContainers } from '../pipeline/network/peer-cli.ts';
import { SAVED_NETWORK } from '../pipeline/network/saved-network.ts';
import type { AppState } from '../screens/app-state.ts';
import type { Store } from '../ui/store.ts';
import { stopNetwork } from './remove.ts';

/** Somebody who leaves waits no longer for the engine. */
const LAST_ANSWER_MS = 1000;

interface Watch {
  readonly spec: NetworkSpec;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

export class NetworkController {
  readonly #dir: string;
  readonly #store: Store<AppState>;
  #watch: Watch | undefined;
  /** One after the other: each looks up what is to be watched now. */
  #observing: Promise<void> = Promise.resolve();

  constructor(dir: string, store: Store<AppState>) {
    this.#dir = dir;
    this.#store = store;
  }

  /** Watches the network that the last run has made; goes on where it is watched already. */
  observe(): Promise<void> {
    this.#observing = this.#observing.then(
      () => this.#observe(),
      () => this.#observe(),
    );
    return this.#observing;
  }

  async close(): Promise<void> {
    const watch = this.#watch;
    this.#watch = undefined;
    watch?.abort.abort();
    await watch?.ended;
  }

  /**
   * How many of its containers run, as the engine says: what was seen last may be older than what a run did since.
   * @throws WizardFailure `engine`; CancelledError where it does not answer in time
   */
  async running(): Promise<number> {
    const spec = await this.#spec();
    if (!spec) return 0;
    const asked = nodeContainers({ docker: new DockerPort(), project: spec.project });
    const containers = await orCancelled(asked, AbortSignal.timeout(LAST_ANSWER_MS));
    return [...containers.values()].filter((container) => !isDown(container)).length;
  }

  /** A node whose container is gone is made anew: ledger and certificates are not in it. */
  async startNode(node: string): Promise<void> {
    const found = this.#store.now().network.nodes.find((known) => known.node === node);
    if (found?.container) await new DockerPort().startContainer(found.container);
    else if (found && this.#watch) await this.#makeNode(node, this.#watch);
  }

  /** @throws WizardFailure `compose-missing`, `command`; CancelledError where the network is left */
  async #makeNode(node: string, { spec, abort: { signal } }: Watch): Promise<void> {
    const { ensureCompose } = await import('../pipeline/host/host-setup.ts');
    const compose = new ComposePort(
      await ensureCompose({ allowInstall: false, onNotice: () => undefined, signal }),
    );
    const dir = networkDir(join(this.#dir, STATE_FOLDER));
    await compose.up({ dir, project: spec.project, services: [node], signal, onLine: () => undefined });
  }

  async tag(from: string, to: string): Promise<void> {
    await new DockerPort().tag(from, to);
  }

  /** @throws WizardFailure, CancelledError */
  async buildRuntime(
    ref: string,
    signal: AbortSignal,
    say: {
      readonly log: (line: string) => void;
      readonly progress: (at: Progress) => void;
      readonly warn: (message: Text) => void;
    },
  ): Promise<void> {
    const { buildRuntime } = await import('./resolve-fix.ts');
    await buildRuntime({ docker: new DockerPort(), signal }, ref, say);
  }

  async down(): Promise<void> {
    const spec = await this.#spec();
    if (spec) await stopNetwork(this.#dir, spec.project);
  }

  async #spec(): Promise<NetworkSpec | undefined> {
    const fact = readFact(await readState(this.#dir), SAVED_NETWORK.key, SAVED_NETWORK.schema);
    return fact?.spec;
  }

  async #observe(): Promise<void> {
    const spec = await this.#spec();
    if (isDeepStrictEqual(spec, this.#watch?.spec)) return;
    await this.close();
    if (!spec) return;
    const proof = await lastProof(join(this.#dir, STATE_FOLDER));
    this.#store.update((state) => ({
      ...state,
      network: initialNetworkState,
      proof: state.proof ?? proof,
    }));
    const abort = new AbortController();
    this.#watch = { spec, abort, ended: this.#follow(spec, abort.signal) };
  }

  async #follow(spec: NetworkSpec, signal: AbortSignal): Promise<void> {
    const watched = { docker: new DockerPort(), project: spec.project, spec };
    for await (const event of watchNetwork(watched, signal)) {
      this.#store.update((state) => ({ ...state, network: reduceNetwork(state.network, event) }));
    }
  }
}
