/** Looks up what several facts are derived from, each at most once: engine, source, settings and network. */
import { join } from 'node:path';
import { buildSettings } from '../config/config.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { DEFAULT_RELEASE } from '../fabric/default-release.ts';
import { type Release, releaseOf } from '../fabric/release.ts';
import { type FabricSource, sourceHere, type ToClone } from '../fabric/source.ts';
import { STATE_FOLDER } from '../host/state-folder.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import { networkInPlace } from '../network/kept-networks.ts';
import type { NetworkSpec } from '../network/network-spec.ts';
import { networkOf, wantedSpec } from '../plan/wanted-spec.ts';
import type { DoctorFacts, EngineFact, FactName } from './doctor-facts.ts';

export interface GatheringInput {
  readonly docker: DockerPort;
  /** Folder of the configuration and of the state folder. */
  readonly dir: string;
  readonly project: string;
  readonly config: WizardConfig;
  /** Folder of the package, with `sample/` and `gateway/`. */
  readonly packageDir: string;
  /** The source, if the caller has resolved it. */
  readonly source?: FabricSource;
  /** The network that the caller is about to start; absent: that of the configuration. */
  readonly spec?: NetworkSpec;
  /** Facts that the caller knows. */
  readonly known?: Partial<DoctorFacts>;
  /** What earlier runs recorded in the folder. */
  readonly state: RecordedState;
  /** The command that the checks precede, to be run again after an error is corrected. */
  readonly again?: string;
  /** Called with a version that was not recorded yet. If absent, no container is started to find it. */
  readonly onGoVersion?: (imageId: string, version: string) => void;
}

/** Thrown if a fact depends on something that is missing, such as an engine. */
export class NotApplicable extends Error {}

/** Returns the value of a fact; other facts are requested through `from`. */
export type Probe<K extends FactName> = (from: FactSource) => Promise<DoctorFacts[K]>;

export type Probes<K extends FactName = FactName> = { readonly [Name in K]: Probe<Name> };

/** Time limits in milliseconds. */
export interface TimeLimits {
  /** For the first answer of the engine: an engine that does not answer is reported as such. */
  readonly engineMs: number;
  /** For all facts together. */
  readonly allMs: number;
}

export class FactSource {
  readonly input: GatheringInput;
  readonly limits: TimeLimits;
  readonly signal: AbortSignal;
  readonly #probes: Probes;
  readonly #found = new Map<string, Promise<unknown>>();

  constructor(input: GatheringInput, probes: Probes, limits: TimeLimits, signal: AbortSignal) {
    this.input = input;
    this.limits = limits;
    this.signal = signal;
    this.#probes = probes;
  }

  #once<T>(name: string, look: () => Promise<T>): Promise<T> {
    const found = this.#found.get(name) as Promise<T> | undefined;
    if (found) return found;
    const result = look();
    // After the deadline nothing awaits it.
    result.catch(() => undefined);
    this.#found.set(name, result);
    return result;
  }

  /** @throws NotApplicable, or the error of the probe */
  fact<K extends FactName>(name: K): Promise<DoctorFacts[K]> {
    const { known } = this.input;
    return this.#once(name, async () => {
      // A fact may be known to be undefined.
      if (known && Object.hasOwn(known, name)) return known[name] as DoctorFacts[K];
      return this.#probes[name](this);
    });
  }

  /** @throws NotApplicable if no engine answers */
  async engine(): Promise<Extract<EngineFact, { answers: true }>> {
    const engine = await this.fact('engine');
    if (!engine.answers) throw new NotApplicable();
    return engine;
  }

  /** `docker info`, and this machine's time in milliseconds when it was requested. */
  info() {
    return this.#once('docker info', async () => {
      await this.engine();
      const requestedAt = Date.now();
      return { ...(await this.input.docker.info()), requestedAt };
    });
  }

  containers(): Promise<ContainerInfo[]> {
    return this.#once('containers', async () => {
      await this.engine();
      return this.input.docker.listContainers();
    });
  }

  /** The source on this machine, or the tag to clone. @throws WizardFailure `source` */
  source(): Promise<FabricSource | ToClone> {
    const { source, config, dir, packageDir } = this.input;
    const sampleDir = join(packageDir, 'sample');
    return this.#once('local source', async () => {
      if (source) return source;
      // The default release depends on the engine.
      const depends = config.source === 'auto' && !config.gateway;
      const engine = depends ? await this.engine().catch(() => undefined) : undefined;
      return sourceHere(config.source, { dir, stateDir: join(dir, STATE_FOLDER), sampleDir, engine });
    });
  }

  /** @throws NotApplicable if there is no engine or no usable source; each of them has a check of its own */
  async settings(): Promise<{ readonly source: FabricSource; readonly settings: BuildSettings }> {
    const [engine, source] = await Promise.all([this.engine(), this.source().catch(() => ({ toClone: '' }))]);
    if ('toClone' in source) throw new NotApplicable();
    return { source, settings: buildSettings(this.input.config, source, engine.arch) };
  }

  /**
   * The network that `up` starts. If there is no engine or no usable source, nothing tells whether the one in place can be
   * used, and it is taken; it is of the default release if the source is not known.
   */
  async spec(): Promise<NetworkSpec> {
    const { config, project, state: journal, dir } = this.input;
    if (this.input.spec) return this.input.spec;
    const place = { config, project, journal, stateDir: join(dir, STATE_FOLDER) };
    const known = await this.settings().catch(() => undefined);
    if (known) return wantedSpec('up', { ...place, ...known }, await networkOf('up', { ...place, ...known }));
    const source = await this.source().catch(() => ({ toClone: '' }));
    const release: Release | undefined =
      'toClone' in source ? (releaseOf(source.toClone) ?? releaseOf(DEFAULT_RELEASE)) : source.release;
    if (!release) throw new Error(`${DEFAULT_RELEASE} is not in the table of releases`);
    const made = await networkInPlace(place.stateDir, journal);
    return wantedSpec('up', { ...place, source: { release } }, made);
  }
}
