/** Gathers facts, each at most once, all at the same time and within one deadline. */

import { join } from 'node:path';
import { buildSettings } from '../config/config.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import type { PlanGoal } from '../context/stage-definition.ts';
import { toFailure } from '../core/failure.ts';
import { type Plan, stagesToRun } from '../core/plan.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { DEFAULT_RELEASE } from '../fabric/default-release.ts';
import { type Release, releaseOf } from '../fabric/release.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { type FabricSource, sourceHere, tagOf } from '../fabric/source.ts';
import { foldersOf } from '../fabric/tree-watch.ts';
import { findCompose } from '../host/host-setup.ts';
import { takenPorts } from '../host/ports.ts';
import { STATE_FOLDER } from '../host/state-folder.ts';
import { couchdbCandidates, couchdbImageOf } from '../images/couchdb-image.ts';
import { imageRefs, primaryRef } from '../images/image-recipe.ts';
import { isUpstream } from '../images/upstream-dockerfiles.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import { type NetworkSpec, networkSpec, publishedPorts } from '../network/network-spec.ts';
import { makePlan } from '../plan/make-plan.ts';
import { observe } from '../plan/observe.ts';
import { readConfiguration } from '../resolve/read-configuration.ts';
import { resolvePeer } from '../resolve/resolve-peer.ts';
import { STAGES } from '../stages/stage-list.ts';
import type {
  Answer,
  DoctorFacts,
  EngineFact,
  FactName,
  PeerImageFact,
  PlanFact,
  PlannedImage,
  SourceFact,
} from './doctor-facts.ts';
import {
  availableMemory,
  clockAround,
  debianTools,
  dockerContext,
  folderAt,
  gitAt,
  proxiesAround,
  roomAt,
  roomOfFolder,
  selinuxMode,
  socketAt,
  watchLimit,
} from './host-probes.ts';
import { otherNetworks } from './other-networks.ts';
import { abandoned } from './work-containers.ts';

export interface GatheringInput {
  readonly docker: DockerPort;
  /** Where the configuration and the state live. */
  readonly dir: string;
  readonly project: string;
  readonly config: WizardConfig;
  /** The bundled practice source. */
  readonly sampleDir: string;
  /** Where the caller has it already. */
  readonly source?: FabricSource;
  /** What the caller knows already. */
  readonly known?: Partial<DoctorFacts>;
  /** What earlier runs recorded in the folder. */
  readonly state: RecordedState;
  /** Told of an answer that is new. Without it no container is run to ask; the compile will tell. */
  readonly onGoVersion?: (imageId: string, version: string) => void;
}

/** An engine that is silent is a finding and no lack of one: it has less than the time for all. */
const ENGINE_SHARE = 0.85;

export function engineFact(
  endpoint: string,
  { engine, api, minApi, arch }: Awaited<ReturnType<DockerPort['version']>>,
): EngineFact {
  return { answers: true, endpoint, version: engine, api, minApi, arch };
}

/** What the checks need of a plan. */
export function planFact(plan: Plan): PlanFact {
  return { stages: stagesToRun(plan), ...plan.disk };
}

/** A fact hangs on something that is not to be had. */
class NotApplicable extends Error {}
class TimedOut extends Error {}

export class FactGatherer {
  readonly #input: GatheringInput;
  readonly #limitMs: number;
  readonly #signal: AbortSignal;
  readonly #answers = new Map<string, Promise<unknown>>();
  readonly #passed: Promise<never>;

  /** @param signal ends all that is being asked, at the latest after `limitMs` */
  constructor(input: GatheringInput, limitMs: number, signal: AbortSignal) {
    this.#input = input;
    this.#limitMs = limitMs;
    this.#signal = signal;
    this.#passed = new Promise((_, reject) => {
      if (signal.aborted) reject(new TimedOut());
      signal.addEventListener('abort', () => reject(new TimedOut()), { once: true });
    });
    // Nobody may be waiting when it fires.
    this.#passed.catch(() => undefined);
  }

  /** How asking ended, at the latest when the signal fires. */
  async ask<K extends FactName>(name: K): Promise<Answer<DoctorFacts[K]>> {
    try {
      return { kind: 'known', value: await Promise.race([this.#need(name), this.#passed]) };
    } catch (error) {
      if (error instanceof TimedOut || this.#signal.aborted) return { kind: 'timed-out' };
      if (error instanceof NotApplicable) return { kind: 'not-applicable' };
      return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  #once<T>(name: string, look: () => Promise<T>): Promise<T> {
    const asked = this.#answers.get(name) as Promise<T> | undefined;
    if (asked) return asked;
    const answer = look();
    // Whoever needs it hears of it; and it may be that nobody waits any more.
    answer.catch(() => undefined);
    this.#answers.set(name, answer);
    return answer;
  }

  #need<K extends FactName>(name: K): Promise<DoctorFacts[K]> {
    const { known } = this.#input;
    return this.#once(name, async () => {
      // A fact may be known to be undefined.
      if (known && Object.hasOwn(known, name)) return known[name] as DoctorFacts[K];
      return (this.#probes[name] as () => Promise<DoctorFacts[K]>)();
    });
  }

  /** The engine, where one answers. */
  async #engine() {
    const engine = await this.#need('engine');
    if (!engine.answers) throw new NotApplicable();
    return engine;
  }

  #info() {
    return this.#once('docker info', async () => {
      await this.#engine();
      const askedAt = Date.now();
      return { ...(await this.#input.docker.info()), askedAt };
    });
  }

  #containers(): Promise<ContainerInfo[]> {
    return this.#once('containers', async () => {
      await this.#engine();
      return this.#input.docker.listContainers();
    });
  }

  /** The source as it is here, or the tag to clone. */
  #source() {
    const { source, config, dir, sampleDir } = this.#input;
    return this.#once('source here', async () => {
      if (source) return source;
      // The default release depends on the engine.
      const engine = config.source === 'auto' ? await this.#engine().catch(() => undefined) : undefined;
      return sourceHere(config.source, { dir, stateDir: join(dir, STATE_FOLDER), sampleDir, engine });
    });
  }

  async #settings(): Promise<{ source: FabricSource; settings: BuildSettings }> {
    const [engine, source] = await Promise.all([
      this.#engine(),
      // A source that can't be used has a row of its own.
      this.#source().catch(() => ({ toClone: '' })),
    ]);
    if ('toClone' in source) throw new NotApplicable();
    return { source, settings: buildSettings(this.#input.config, source, engine.arch) };
  }

  /** The images that are built on our base images. */
  async #ours(): Promise<readonly ImageName[]> {
    const built = await this.#settings();
    return built.settings.release.imagesBuilt.filter((name) => !isUpstream(name, built));
  }

  async #spec(): Promise<NetworkSpec> {
    const { config, project } = this.#input;
    const source = await this.#source().catch(() => ({ toClone: '' }));
    const line: Release | undefined =
      'toClone' in source ? (releaseOf(source.toClone) ?? releaseOf(DEFAULT_RELEASE)) : source.release;
    if (!line) throw new Error(`the table has no line ${DEFAULT_RELEASE}`);
    return networkSpec(config, line, project);
  }

  /** The plan that `up` would make, without asking the peers for their channels: no check depends on that. */
  async #planOfUp(): Promise<Plan> {
    const { docker, dir, project, config, state } = this.#input;
    const { source, settings } = await this.#settings();
    const [spec, couchdb] = await Promise.all([this.#spec(), couchdbImageOf(config, settings, docker)]);
    const stateDir = join(dir, STATE_FOLDER);
    const context = {
      docker,
      dir,
      stateDir,
      project,
      config,
      source,
      settings,
      spec,
      couchdb,
      journal: state,
    };
    const goal: PlanGoal = {
      until: 'up',
      images: settings.release.imagesBuilt,
      force: false,
      binaries: false,
      smoke: false,
    };
    const observed = await observe(context, goal, { signal: this.#signal, askPeers: false });
    return makePlan(STAGES, observed, goal, { cores: config.jobs, memoryMb: Number.MAX_SAFE_INTEGER });
  }

  readonly #probes: { readonly [K in FactName]: () => Promise<DoctorFacts[K]> } = {
    engine: async () => {
      const { docker } = this.#input;
      try {
        return engineFact(docker.endpoint, await docker.version(ENGINE_SHARE * this.#limitMs, this.#signal));
      } catch (error) {
        return { answers: false, endpoint: docker.endpoint, failure: toFailure(error) };
      }
    },
    engineInfo: async () => {
      const { security, time, askedAt } = await this.#info();
      return { security, time, askedAt };
    },
    compose: () => findCompose(this.#signal),
    ports: async () => {
      const { docker, project } = this.#input;
      const wanted = publishedPorts(await this.#spec());
      // An engine that does not answer would not say who has a port either.
      const { answers } = await this.#need('engine');
      return {
        wanted: wanted.length,
        taken: await takenPorts(wanted, answers ? docker : undefined, project),
      };
    },
    disk: async () => {
      const { rootDir } = await this.#info();
      const [engine, state] = await Promise.all([roomAt(rootDir), roomOfFolder(this.#input.dir)]);
      return { engine, engineRoot: rootDir, state };
    },
    memory: async () => {
      const { config, project } = this.#input;
      const containers = await this.#containers().catch((): ContainerInfo[] => []);
      const running = containers.filter(
        ({ state, labels }) => state === 'running' && labels[LABEL.project] === project && labels[LABEL.node],
      );
      // An idle CouchDB takes as much as an idle peer.
      const nodes = config.orgs * config.peers * (config.couchdb ? 2 : 1) + 1;
      return { available: await availableMemory(), nodes: Math.max(0, nodes - running.length) };
    },
    socket: () => socketAt(this.#input.docker.endpoint, this.#input.docker.socketPath),
    context: () => dockerContext(this.#input.docker.endpoint),
    source: async (): Promise<SourceFact> => {
      try {
        const source = await this.#source();
        if ('toClone' in source)
          return { found: false, tag: source.toClone, auto: this.#input.config.source === 'auto' };
        const { dir, version, release, goVersion, practice, tree } = source;
        return { found: true, dir, version, release, goVersion, practice, folders: foldersOf(tree).size };
      } catch (error) {
        return { found: false, failure: toFailure(error) };
      }
    },
    images: async () => {
      const { settings } = await this.#settings();
      const { docker } = this.#input;
      const look = async (ref: string, refs: readonly string[]): Promise<PlannedImage> => {
        const image = await docker.inspectImage(ref);
        const missingRefs = refs.filter((each) => !image?.tags.includes(each));
        return { ref, architecture: image?.architecture, missingRefs };
      };
      const [builder, runtime, ...built] = await Promise.all([
        look(settings.builderImage, [settings.builderImage]),
        look(settings.runtimeImage, [settings.runtimeImage]),
        ...settings.release.imagesBuilt.map((name) =>
          look(primaryRef(settings, name), imageRefs(settings, name)),
        ),
      ]);
      const byName = settings.release.imagesBuilt.map((name, i) => [name, built[i]] as const);
      return {
        builder,
        runtime,
        ...(Object.fromEntries(byName) as Partial<Record<ImageName, PlannedImage>>),
      };
    },
    plan: async () => planFact(await this.#planOfUp()),
    base: async () => {
      const { config, docker } = this.#input;
      const { answers } = await this.#need('engine');
      const own = [config.builderImage, config.runtimeImage].filter((ref) => ref !== undefined);
      const there = await Promise.all(
        own.map(async (ref) => answers && (await docker.inspectImage(ref)) !== undefined),
      );
      return {
        mode: config.base,
        own: { builder: config.builderImage !== undefined, runtime: config.runtimeImage !== undefined },
        ownAbsent: answers ? own.filter((_, i) => !there[i]) : [],
        ...(await debianTools()),
        unused: await this.#ours().then(
          (ours) => ours.length === 0,
          () => false,
        ),
      };
    },
    couchdb: async () => {
      const { config, docker } = this.#input;
      const { settings } = await this.#settings();
      const image = await couchdbImageOf(config, settings, docker);
      return (
        image && {
          ...image,
          looked: couchdbCandidates(config, settings),
          pulled: config.base !== 'local',
        }
      );
    },
    go: async () => {
      const { config, docker, state, onGoVersion, project } = this.#input;
      const [{ settings }, { unused }] = await Promise.all([this.#settings(), this.#need('base')]);
      if (unused) throw new NotApplicable();
      const ref = config.builderImage ?? settings.builderImage;
      const image = await docker.inspectImage(ref);
      if (!image) throw new NotApplicable();
      const goVersions = state.getFact(STATE_KEYS.goVersions.key, STATE_KEYS.goVersions.schema);
      const known = goVersions?.[image.id];
      if (known !== undefined) return { image: ref, version: known };
      if (!onGoVersion) throw new NotApplicable();
      const lines: string[] = [];
      await docker.runToEnd(
        {
          image: image.id,
          cmd: ['sh', '-c', 'go version'],
          networkMode: 'none',
          labels: { [LABEL.project]: project, [LABEL.run]: `doctor-${process.pid}` },
          signal: this.#signal,
          onLine: (line) => lines.push(line),
        },
        async () => undefined,
      );
      const version = /^go version (\S+)/m.exec(lines.join('\n'))?.[1];
      if (version !== undefined) onGoVersion(image.id, version);
      return { image: ref, version };
    },
    asked: async () => {
      const { source, settings } = await this.#settings();
      const { docker, config } = this.#input;
      const peer = await readConfiguration(config, settings, source);
      const report = await resolvePeer(docker, peer);
      const madeBy = new Map([
        ...settings.release.imagesBuilt.flatMap((name) =>
          imageRefs(settings, name).map((ref) => [ref, `image.${name}`] as const),
        ),
        [settings.builderImage, 'base.builder'],
        [settings.runtimeImage, 'base.runtime'],
      ]);
      return (['builder', 'runtime'] as const).map((role): PeerImageFact => {
        const { ref, key, origin, present } = report[role];
        if (ref === '') throw new Error(`${report.coreYaml} has no ${key}`);
        const found = report.findings.find(({ problem }) => 'role' in problem && problem.role === role);
        const tag = found?.repairs.find((repair) => repair.kind === 'tag');
        return {
          role,
          ref,
          key,
          origin,
          present: present === true,
          madeBy: madeBy.get(ref),
          problem: found?.problem,
          substitute: tag?.from,
          ownTemplate: settings.release.images[role].template,
          coreYaml: report.coreYaml,
        };
      });
    },
    proxies: async () => {
      const [info, spec] = await Promise.all([this.#info(), this.#spec()]);
      return proxiesAround(info.proxies, this.#input.docker.endpoint, spec.domain);
    },
    others: async () => {
      const { docker, project } = this.#input;
      const [containers, networks, volumes, images] = await Promise.all([
        this.#containers(),
        docker.listNetworks([]),
        docker.listVolumes([]),
        docker.listImages(),
      ]);
      return otherNetworks(
        {
          containers,
          networks: networks.map(({ name }) => name),
          volumes,
          tags: images.flatMap(({ tags }) => tags),
        },
        project,
      );
    },
    work: async () => abandoned(await this.#containers()),
    git: async () => {
      const source = await this.#need('source');
      const { config } = this.#input;
      const needed = !source.found && (tagOf(config.source) !== undefined || config.source === 'auto');
      return gitAt(source.found ? source.dir : undefined, needed && !('failure' in source), this.#signal);
    },
    folder: async () => {
      const source = await this.#need('source');
      return folderAt(this.#input.dir, source.found ? source.dir : undefined);
    },
    watches: () => watchLimit(),
    clock: () => clockAround(this.#input.dir),
    selinux: () => selinuxMode(),
  };
}
