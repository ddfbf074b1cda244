/** Facts about the source, the plan of `up`, and the images that it needs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chaincodeWorld } from '../chaincode/chaincode-source.ts';
import { CORE_YAML } from '../config/config-choices.ts';
import type { PlanGoal } from '../context/stage-definition.ts';
import { toFailure } from '../core/failure.ts';
import { type Plan, stagesToRun } from '../core/plan.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import { type CaSource, type CaToClone, caSourceHere } from '../fabric/ca-source.ts';
import { chaincodeProblem, retriedWith } from '../fabric/chaincode-check.ts';
import { readChaincodeFolder } from '../fabric/chaincode-folder.ts';
import { mayBePublished } from '../fabric/published-images.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { foldersOf } from '../fabric/tree-watch.ts';
import { hostGoArch } from '../host/go-arch.ts';
import { STATE_FOLDER } from '../host/state-folder.ts';
import { caImage } from '../images/ca-image.ts';
import { SQLITE_HEADER } from '../images/ca-layout.ts';
import { couchdbCandidates, couchdbImageOf } from '../images/couchdb-image.ts';
import { imageRefs, primaryRef } from '../images/image-recipe.ts';
import { metricsImageOf } from '../images/metrics-image.ts';
import { isUpstream } from '../images/upstream-dockerfiles.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { makePlan } from '../plan/make-plan.ts';
import { observe } from '../plan/observe.ts';
import { networkGateway } from '../resolve/network-gateway.ts';
import { readConfiguration } from '../resolve/read-configuration.ts';
import { resolvePeer } from '../resolve/resolve-peer.ts';
import { baseImageKinds, pulledRef } from '../stages/ensure-base-image.ts';
import { STAGES, type StageId } from '../stages/stage-list.ts';
import type { CaFact, DoctorFacts, PeerImageFact, PlanFact, PlannedImage } from './doctor-facts.ts';
import { type FactSource, NotApplicable, type Probes } from './fact-source.ts';
import { debianTools, gitAt } from './host-probes.ts';

/** Returns what the checks need from a plan. */
export function planFact(plan: Plan<StageId>): PlanFact {
  const memoryMb = Math.max(0, ...plan.stages.map(({ cost }) => cost.memoryMb));
  return { stages: stagesToRun(plan), memoryMb, ...plan.disk };
}

/** Returns the plan that `up` would make. The peers are not asked for their channels: no check depends on them. */
async function planOfUp(from: FactSource): Promise<Plan<StageId>> {
  const { docker, dir, project, config, packageDir, state } = from.input;
  const { source, settings } = await from.settings();
  const [spec, couchdb, metrics, gateway] = await Promise.all([
    from.spec(),
    couchdbImageOf(config, settings, docker),
    metricsImageOf(config, settings, docker),
    networkGateway({ source, settings, config, packageDir }),
  ]);
  const caSource = await caHere(from).catch(() => undefined);
  const ca = caSource && !('toClone' in caSource) ? caImage(caSource, settings) : undefined;
  const stateDir = join(dir, STATE_FOLDER);
  const context = {
    ...{ docker, dir, stateDir, project, config, source, settings, spec, couchdb, journal: state },
    dataDir: join(packageDir, 'compose'),
    ...(gateway ? { gateway } : {}),
    ...(ca ? { ca } : {}),
    ...(metrics ? { metrics } : {}),
  };
  const goal: PlanGoal = {
    until: 'up',
    images: settings.release.imagesBuilt,
    force: false,
    binaries: false,
    smoke: false,
  };
  const observed = await observe(context, goal, { signal: from.signal, askPeers: false, chaincodes: [] });
  return makePlan(STAGES, observed, goal, { cores: config.jobs, memoryMb: Number.MAX_SAFE_INTEGER });
}

async function plannedImage(docker: DockerPort, ref: string, refs: readonly string[]): Promise<PlannedImage> {
  const image = await docker.inspectImage(ref);
  const missingRefs = refs.filter((each) => !image?.tags.includes(each));
  return { ref, architecture: image?.architecture, missingRefs };
}

/** What the release says of its base images; nothing as long as the source is not known. */
async function basesOfRelease(
  from: FactSource,
): Promise<Pick<DoctorFacts['base'], 'unused' | 'unpublished'>> {
  try {
    const built = await from.settings();
    const { settings } = built;
    return {
      // With the checkout's own Dockerfiles.
      unused: settings.release.imagesBuilt.every((name) => isUpstream(name, built)),
      unpublished: baseImageKinds.some((kind) => !mayBePublished(pulledRef(settings, kind), settings.goArch)),
    };
  } catch {
    return { unused: false, unpublished: false };
  }
}

/** Runs `go version` in an image. @returns undefined if it has no Go */
async function goVersionIn(
  { input: { docker, project }, signal }: FactSource,
  image: string,
): Promise<string | undefined> {
  const lines: string[] = [];
  await docker.runToEnd(
    {
      image,
      cmd: ['sh', '-c', 'go version'],
      networkMode: 'none',
      labels: { [LABEL.project]: project, [LABEL.run]: `doctor-${process.pid}` },
      signal,
      onLine: (line) => lines.push(line),
    },
    async () => undefined,
  );
  return /^go version (\S+)/m.exec(lines.join('\n'))?.[1];
}

async function peerImageFacts(from: FactSource): Promise<PeerImageFact[]> {
  const { source, settings } = await from.settings();
  const { docker, config } = from.input;
  const report = await resolvePeer(docker, await readConfiguration(config, settings, source));
  const madeBy = new Map<string, StageId>([
    ...settings.release.imagesBuilt.flatMap((name) =>
      imageRefs(settings, name).map((ref) => [ref, `image.${name}`] as const),
    ),
    [settings.builderImage, 'base.builder'],
    [settings.runtimeImage, 'base.runtime'],
  ]);
  return (['builder', 'runtime'] as const).map((role): PeerImageFact => {
    const { ref, key, origin, present } = report[role];
    if (ref === '') throw new Error(`${report.coreYaml} has no ${key}`);
    const finding = report.findings.find(({ problem }) => 'role' in problem && problem.role === role);
    const tag = finding?.repairs.find((repair) => repair.kind === 'tag');
    return {
      role,
      ref,
      key,
      origin,
      present: present === true,
      madeBy: madeBy.get(ref),
      problem: finding?.problem,
      substitute: tag?.from,
      ownTemplate: settings.release.images[role].template,
      coreYaml: report.coreYaml,
    };
  });
}

async function caHere(from: FactSource): Promise<CaSource | CaToClone | undefined> {
  const { config, dir } = from.input;
  if (!config.ca) return undefined;
  const { source, settings } = await from.settings();
  const stateDir = join(dir, STATE_FOLDER);
  return caSourceHere(config.caSource, {
    ...{ dir, stateDir, fabricDir: source.dir },
    goVersion: settings.goVersion,
  });
}

/** Returns where a checkout without SQLite gets it from. */
async function sqliteFor(from: FactSource): Promise<'builder' | 'package' | 'none'> {
  const { debian, foreign } = await from.fact('base');
  if (debian && foreign === undefined) return 'package';
  const { docker, project } = from.input;
  const { settings } = await from.settings();
  const builder = await docker.inspectImage(settings.builderImage);
  if (!builder) return 'none';
  const labels = { [LABEL.project]: project, [LABEL.run]: `doctor-${process.pid}` };
  const isThere = await docker.withCreated(builder.id, labels, (files) => files.has(SQLITE_HEADER));
  return isThere ? 'builder' : 'none';
}

async function caFact(from: FactSource): Promise<CaFact | undefined> {
  let ca: CaSource | CaToClone | undefined;
  try {
    ca = await caHere(from);
  } catch (error) {
    if (error instanceof NotApplicable) throw error;
    return { found: false, failure: toFailure(error) };
  }
  if (!ca) return undefined;
  if ('toClone' in ca) return { found: false, tag: ca.toClone };
  const { dir, version, goVersion, bundlesSqlite } = ca;
  const go = await from.fact('go').catch(() => undefined);
  const builderGo = /^go(\d+(?:\.\d+)*)/.exec(go?.version ?? '')?.[1];
  const sqlite = bundlesSqlite ? 'bundled' : await sqliteFor(from);
  return { found: true, dir, version, goVersion, builderGo, sqlite };
}

type PlanFactName =
  | 'source'
  | 'ca'
  | 'gateway'
  | 'scripts'
  | 'git'
  | 'plan'
  | 'images'
  | 'base'
  | 'couchdb'
  | 'chaincode'
  | 'go'
  | 'peerImages';

export const PLAN_PROBES: Probes<PlanFactName> = {
  source: async (from) => {
    try {
      const source = await from.source();
      if ('toClone' in source)
        return {
          found: false,
          tag: source.toClone,
          auto: from.input.config.source === 'auto',
          ...(source.from ? { from: source.from.repository } : {}),
        };
      const { dir, version, release, goVersion, practice, tree } = source;
      return { found: true, dir, version, release, goVersion, practice, folders: foldersOf(tree).size };
    } catch (error) {
      return { found: false, failure: toFailure(error) };
    }
  },
  ca: caFact,
  gateway: async ({ input }) => input.config.gateway,
  scripts: async (from) => {
    const built = await from.settings();
    const { dir, tree } = built.source;
    const { goshimScript, imagesBuilt } = built.settings.release;
    const isUpstreamBuild = imagesBuilt.some((name) => isUpstream(name, built));
    const paths = [
      ...(goshimScript === undefined ? [] : [goshimScript]),
      ...(isUpstreamBuild ? ['Makefile'] : []),
    ];
    const texts = await Promise.all(paths.map((path) => readFile(join(dir, path), 'utf8').catch(() => '')));
    const withCrlf = paths.filter((_, index) => texts[index]?.includes('\r\n'));
    return { dir, isGit: tree.commit !== '', withCrlf };
  },
  git: async (from) => {
    const source = await from.fact('source');
    return gitAt(source.found ? source.dir : undefined, !source.found && !('failure' in source), from.signal);
  },
  plan: async (from) => planFact(await planOfUp(from)),
  images: async (from) => {
    const { settings } = await from.settings();
    const { docker } = from.input;
    const { builderImage, runtimeImage } = settings;
    const { imagesBuilt } = settings.release;
    const [builder, runtime, ...built] = await Promise.all([
      plannedImage(docker, builderImage, [builderImage]),
      plannedImage(docker, runtimeImage, [runtimeImage]),
      ...imagesBuilt.map((name) =>
        plannedImage(docker, primaryRef(settings, name), imageRefs(settings, name)),
      ),
    ]);
    const byName = Object.fromEntries(imagesBuilt.map((name, i) => [name, built[i]]));
    return { builder, runtime, ...(byName as Partial<Record<ImageName, PlannedImage>>) };
  },
  base: async (from) => {
    const { config, docker } = from.input;
    const engine = await from.fact('engine');
    const host = hostGoArch();
    const arch = engine.answers ? engine.arch : host;
    const refs = [config.builderImage, config.runtimeImage].filter((ref) => ref !== undefined);
    const own = await Promise.all(
      (engine.answers ? refs : []).map(async (ref) => ({
        ref,
        architecture: (await docker.inspectImage(ref))?.architecture,
      })),
    );
    return {
      mode: config.base,
      own: { builder: config.builderImage !== undefined, runtime: config.runtimeImage !== undefined },
      ownAbsent: own.filter(({ architecture }) => architecture === undefined).map(({ ref }) => ref),
      ownForeign: own.flatMap(({ ref, architecture }) =>
        architecture === undefined || architecture === arch ? [] : [{ ref, architecture }],
      ),
      ...(await debianTools()),
      foreign: host === arch ? undefined : { host, arch },
      ...(await basesOfRelease(from)),
    };
  },
  couchdb: async (from) => {
    const { config, docker } = from.input;
    const { settings } = await from.settings();
    const image = await couchdbImageOf(config, settings, docker);
    if (!image) return undefined;
    const looked = couchdbCandidates(config, settings);
    const unpublished = !looked.some((ref) => mayBePublished(ref, settings.goArch));
    return { ...image, looked, unpublished, pulled: config.base !== 'local' };
  },
  go: async (from) => {
    const { config, docker, state, onGoVersion } = from.input;
    const [{ settings }, { unused }] = await Promise.all([from.settings(), from.fact('base')]);
    if (unused) throw new NotApplicable();
    const ref = config.builderImage ?? settings.builderImage;
    const image = await docker.inspectImage(ref);
    if (!image) throw new NotApplicable();
    const recorded = state.getFact(STATE_KEYS.goVersions)?.[image.id];
    if (recorded !== undefined) return { image: ref, version: recorded };
    // The compile stage fails if it is too old.
    if (!onGoVersion) throw new NotApplicable();
    const version = await goVersionIn(from, image.id);
    if (version !== undefined) onGoVersion(image.id, version);
    return { image: ref, version };
  },
  chaincode: async (from) => {
    const { config, again } = from.input;
    const { chaincode: dir, chaincodeBuilder } = config;
    if (dir === undefined) return undefined;
    const { source, settings } = await from.settings();
    // Only the builder that ccenv is made from is known. If it is not there yet, its Go is not known either.
    const isOwn = chaincodeBuilder === CORE_YAML;
    const go = isOwn ? await from.fact('go').catch(() => undefined) : undefined;
    const world = chaincodeWorld({ source, settings }, go?.version);
    const problem = chaincodeProblem(await readChaincodeFolder(dir), world);
    return { dir, problem: problem && again !== undefined ? retriedWith(problem, again, dir) : problem };
  },
  peerImages: peerImageFacts,
};
