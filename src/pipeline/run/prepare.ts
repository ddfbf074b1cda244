/** Prepares a run, from the user's command to a plan: engine, compose, source, context, observation, preflight. */

import { join } from 'node:path';
import { requireParts } from '../chaincode/chaincode-parts.ts';
import { type ChaincodeChoice, channelsFor, type WantedChaincode } from '../config/chaincode-list.ts';
import { releaseIssues } from '../config/choice-checks.ts';
import { buildSettings, commandFlags, defaultProject, type EffectiveConfig } from '../config/config.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import type { ObservedState } from '../context/observed-state.ts';
import type { RunContext } from '../context/run-context.ts';
import type { PlanGoal } from '../context/stage-definition.ts';
import type { Resources } from '../core/budget.ts';
import { orCancelled } from '../core/cancellation.ts';
import type { RunEventBody } from '../core/events.ts';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { type Plan, stagesToRun } from '../core/plan.ts';
import { engineFact } from '../doctor/engine-probes.ts';
import type { GatheringInput } from '../doctor/fact-source.ts';
import { preflight } from '../doctor/preflight.ts';
import type { ComposePort } from '../engine/compose-port.ts';
import { currentDocker } from '../engine/current-docker.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { apiForPeers, type EngineApiRange } from '../fabric/engine-api.ts';
import type { Release } from '../fabric/release.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { type FabricSource, notCloned, resolveSource, sourceHere } from '../fabric/source.ts';
import { ensureEngine } from '../host/host-setup.ts';
import { couchdbImageOf } from '../images/couchdb-image.ts';
import { metricsImageOf } from '../images/metrics-image.ts';
import { SharedBuilds } from '../images/shared-builds.ts';
import type { Journal } from '../journal/journal.ts';
import { downNodes, recordedSpec, requiredNodes } from '../network/down-nodes.ts';
import type { KeptNetwork } from '../network/kept-networks.ts';
import type { Addition } from '../network/members.ts';
import { requireEngineOfNetwork } from '../network/network-engine.ts';
import type { NetworkSpec } from '../network/network-spec.ts';
import { nodeContainers } from '../network/peer-cli.ts';
import { placesOf } from '../network/placement.ts';
import { SAVED_NETWORK } from '../network/saved-network.ts';
import { placed, type SwarmPlan } from '../network/swarm-plan.ts';
import { makePlan } from '../plan/make-plan.ts';
import { observe } from '../plan/observe.ts';
import { networkOf, wantedSpec } from '../plan/wanted-spec.ts';
import { networkGateway } from '../resolve/network-gateway.ts';
import { hooksOfPlan } from '../stages/hook-stage.ts';
import { deploysChaincodes, leavesNetwork, makesNetwork } from '../stages/plan-scope.ts';
import { STAGES, type StageId } from '../stages/stage-list.ts';
import type { TestRequest } from '../tests/test-request.ts';
import { againCommand } from './again-command.ts';
import { certificatesLost, restoreCertificates } from './certificates.ts';
import { caOf, withNetworkCas } from './chosen-ca.ts';
import { chaincodesOf } from './chosen-chaincodes.ts';
import { testedBy } from './chosen-suites.ts';
import { ComposeLookup, runsCompose } from './compose-lookup.ts';
import { engineMemory, withEngineCores } from './engine-machine.ts';
import { endKilledRuns } from './killed-runs.ts';
import { protectOldKeys, removeHalfWritten, removeUnserved, removeWorkContainers } from './leftovers.ts';
import { removeMarks } from './run-marker.ts';
import { swarmOf } from './swarm-machines.ts';

export interface RunRequest {
  readonly dir: string;
  readonly config: EffectiveConfig;
  /** As the user typed it: `up`, `build`, `smoke`. */
  readonly command: string;
  /** Words after it, for a shell. */
  readonly words?: readonly string[] | undefined;
  /** Folder of the package, with `sample/`, `compose/` and `gateway/`. */
  readonly packageDir: string;
  /** If `images` is absent, all images of the release. */
  readonly goal: Omit<PlanGoal, 'images' | 'chaincodes' | 'languages' | 'tests' | 'suites'> & {
    readonly images?: readonly ImageName[];
  };
  /** What to test; required for the goal `test`. */
  readonly tests?: TestRequest | undefined;
  /** Chaincodes to deploy, if they are not all those of the configuration. */
  readonly chaincodes?: readonly ChaincodeChoice[] | undefined;
  /** What is added to the network; required for the goal `add`. */
  readonly addition?: Addition | undefined;
  readonly binariesDir?: string;
  /** Keep the smoke test's chaincode running. */
  readonly keepChaincode: boolean;
  /** Compile chaincode even if the gateway has kept the program of an earlier run. */
  readonly fresh: boolean;
  /** Restart changed nodes one after another. */
  readonly oneByOne: boolean;
  /** False: run even if the machine is not ready. */
  readonly preflight: boolean;
  /** True: only plan; nothing is removed, cloned or written. */
  readonly dryRun?: boolean;
  /** Whether packages may be installed and services started on this host. */
  readonly allowInstall: boolean;
  /** Start the network on the selected engine even if it was started on another one. */
  readonly replaceNetwork?: boolean;
  readonly signal: AbortSignal;
}

export interface PreparedRun {
  readonly context: RunContext;
  readonly observed: ObservedState;
  readonly plan: Plan<StageId>;
  readonly budget: Resources;
}

/** @throws WizardFailure `usage` if the release does not have one of the images */
function wholeGoal(
  request: RunRequest,
  { id, imagesBuilt }: Release,
  chosen: readonly WantedChaincode[],
  tested: Pick<PlanGoal, 'tests' | 'suites'>,
): PlanGoal {
  const { images, ...goal } = request.goal;
  const chaincodes = chosen.map(({ choice }) => choice.name);
  const languages = [...new Set(chosen.flatMap(({ choice }) => choice.language ?? []))];
  const absent = images?.find((name) => !imagesBuilt.includes(name));
  if (absent === undefined)
    return { ...goal, images: images ?? imagesBuilt, chaincodes, languages, ...tested };
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.absent-image', release: id, name: absent, images: imagesBuilt.join(', ') },
    next: ['fabric-wizard build'],
  });
}

function projectOf({ config, dir }: Pick<RunRequest, 'config' | 'dir'>): string {
  return config.values.project ?? defaultProject(dir);
}

/** @throws WizardFailure `config` if the release cannot have the network's shape */
function requireShape({ config, dir }: RunRequest, release: Release): void {
  const { values, origin } = config;
  const issues = releaseIssues(values, release, (field) => origin[field]);
  if (issues.length === 0) return;
  const wrong = issues.map(({ path }) => path);
  throw new WizardFailure({ kind: 'config', issues, given: commandFlags(config, dir, wrong) });
}

/**
 * The smoke test, a rebuild and an addition keep certificates, channels and ledgers. An addition also keeps the nodes, so
 * that it must not write files for others.
 * @throws WizardFailure `usage` if they cannot
 */
export function requireSameNetwork(
  { network }: Pick<ObservedState, 'network'>,
  request: Pick<RunRequest, 'goal' | 'config' | 'dir'>,
): void {
  const { until } = request.goal;
  if (until === 'up' || leavesNetwork(request) || !network.running) return;
  if (network.lost.length > 0) throw certificatesLost(network, request);
  if (until === 'smoke' || until === 'deploy') return;
  const { changed } = network;
  // A member that is added can change the channel artifacts.
  const isSame =
    network.crypto === 'same' && (until === 'add' ? changed.length === 0 : network.artifacts === 'same');
  if (isSame) return;
  const nodes = changed.map(({ node, keys }) => `${node} (${keys.join(', ')})`).join(', ');
  throw new WizardFailure({
    kind: 'usage',
    message:
      nodes === '' ? { key: 'usage.other-network', command: until } : { key: 'usage.add-changes', nodes },
    next: ['fabric-wizard up --dry-run', 'fabric-wizard up --yes', 'fabric-wizard config'],
    given: commandFlags(request.config, request.dir),
  });
}

/** Runs that need the network of the folder, or start it. @throws WizardFailure `usage` */
async function requireEngine(
  { command, goal, config, dir, replaceNetwork }: RunRequest,
  docker: DockerPort,
  journal: Journal,
): Promise<void> {
  if (leavesNetwork({ goal }) || replaceNetwork) return;
  await requireEngineOfNetwork(docker, journal, command, commandFlags(config, dir));
}

/**
 * The smoke test needs a network whose nodes run, except orderers that the others can do without, and a deployment needs
 * only the peers of its channels: without such a network, no source is looked for. A rebuild starts nodes that are down.
 * @throws WizardFailure `usage`
 */
async function requireNodes(
  { goal, config, dir, chaincodes = config.chaincodes }: RunRequest,
  docker: DockerPort,
  journal: Journal,
): Promise<void> {
  const usesNetwork = goal.until === 'smoke' || goal.until === 'deploy' || goal.until === 'add';
  if (!usesNetwork && !(goal.until === 'rebuild' && goal.smoke)) return;
  const project = projectOf({ config, dir });
  const nodes = await nodeContainers({ docker, project });
  const spec = recordedSpec(journal, project);
  const channels = goal.until === 'deploy' && spec ? channelsFor(chaincodes, spec.channels) : undefined;
  const down = requiredNodes(spec, downNodes(spec, nodes), channels).map(({ node }) => node);
  const runs = [...nodes.values()].some(({ state }) => state === 'running');
  if (runs && (down.length === 0 || goal.until === 'rebuild')) return;
  const isNew = nodes.size === 0 && journal.getFact(SAVED_NETWORK) === undefined;
  const message: Phrase = runs
    ? { key: 'usage.nodes-down', nodes: down, count: down.length }
    : { key: isNew ? 'usage.no-network' : 'usage.nothing-runs', dir };
  throw new WizardFailure({
    kind: 'usage',
    message,
    next: ['fabric-wizard up --yes'],
    given: commandFlags(config, dir),
  });
}

/** The source, cloned if it is not on this machine; compose is required first, so that no clone is wasted. */
async function findSource(
  { config, dir, packageDir, signal, goal, dryRun }: RunRequest,
  stateDir: string,
  engine: EngineApiRange,
  compose: ComposeLookup,
  onNotice: (message: Text) => void,
): Promise<{ readonly source: FabricSource; readonly compose: ComposePort | undefined }> {
  const range = apiForPeers(config.values, engine);
  const places = { dir, stateDir, sampleDir: join(packageDir, 'sample'), engine: range };
  const choice = config.values.source;
  const here = await sourceHere(choice, places);
  if (!('toClone' in here)) return { source: here, compose: undefined };
  if (dryRun) throw notCloned(here.toClone, '--dry-run');
  const port = makesNetwork({ goal }) ? await compose.require() : undefined;
  return { source: await resolveSource(choice, { ...places, signal, onLine: onNotice }), compose: port };
}

async function createContext(
  request: RunRequest,
  found: {
    readonly config: WizardConfig;
    readonly project: string;
    readonly stateDir: string;
    readonly journal: Journal;
    readonly docker: DockerPort;
    readonly swarm: SwarmPlan | undefined;
    readonly ca: Awaited<ReturnType<typeof caOf>>;
    readonly source: FabricSource;
    readonly settings: BuildSettings;
    readonly made: KeptNetwork | undefined;
    readonly compose: ComposePort | undefined;
    readonly goal: PlanGoal;
    readonly chaincodes: readonly WantedChaincode[];
  },
): Promise<RunContext> {
  const { dir, packageDir, goal, addition, binariesDir, keepChaincode, fresh, oneByOne } = request;
  const again = againCommand(request);
  const { config, project, stateDir, journal, docker, swarm, ca, source, settings, made } = found;
  const { compose, chaincodes } = found;
  const [couchdb, gateway] = await Promise.all([
    couchdbImageOf(config, settings, docker),
    // It has to parse core.yaml, which takes longer than all else that a build does if it has nothing to do.
    goal.until === 'build' ? undefined : networkGateway({ source, settings, config, packageDir }),
  ]);
  const wanted = wantedSpec(goal.until, { config, project, journal, source }, made, addition);
  const spec = placed(wanted, swarm, made?.crypto);
  const hasMetrics = { ...config, metrics: spec.metrics !== undefined };
  const metrics = await metricsImageOf(hasMetrics, settings, docker);
  return {
    dir,
    stateDir,
    project,
    runId: `${new Date().toISOString().replace(/[:.]/g, '-')}-${process.pid}`,
    ...{ config, source, settings, spec, docker, couchdb },
    ...(gateway ? { gateway } : {}),
    ...(ca ? { ca } : {}),
    ...(metrics ? { metrics } : {}),
    compose,
    journal,
    dataDir: join(packageDir, 'compose'),
    sharedBuilds: new SharedBuilds(),
    chaincodes,
    options: {
      ...{ again, addition, images: found.goal.images, force: goal.force },
      ...{ binariesDir, keepChaincode, fresh, oneByOne, hooks: hooksOfPlan(goal) },
      ...{ tests: found.goal.tests, suites: found.goal.suites },
      startsLastPrograms: goal.until === 'up',
    },
  };
}

/**
 * Whether the peers use the engine through a gateway when the stages run. A run that starts no nodes leaves the network
 * as it was made.
 */
export function peersHaveGateway(
  starts: boolean,
  config: Pick<WizardConfig, 'gateway'>,
  made: Pick<NetworkSpec, 'gateway'> | undefined,
): boolean {
  return starts || !made ? config.gateway : made.gateway !== undefined;
}

/** Runs the checks of the stages that will run. @throws WizardFailure `preflight`, or the failure of a single check */
async function checkMachine(
  { command, packageDir, signal }: RunRequest,
  { context, plan }: Pick<PreparedRun, 'context' | 'plan'>,
  known: NonNullable<GatheringInput['known']>,
  emit: (event: RunEventBody) => void,
): Promise<void> {
  const { docker, dir, project, config, source, spec, journal } = context;
  const input: GatheringInput = {
    again: context.options.again,
    docker,
    dir,
    project,
    config,
    source,
    spec,
    known,
    packageDir,
    state: journal,
  };
  const warnings = await preflight(plan, command, input, signal);
  for (const { id, detail, fix } of warnings)
    emit({ type: 'preflight-warning', check: id, detail, ...(fix === undefined ? {} : { fix }) });
}

/**
 * Finds engine, compose and source, removes what a killed run left, observes and plans. It changes nothing else, except
 * what a notice announces. A dry run changes nothing at all.
 * @throws WizardFailure, CancelledError
 */
export async function prepareRun(
  request: RunRequest,
  journal: Journal,
  emit: (event: RunEventBody) => void,
): Promise<PreparedRun> {
  const { allowInstall, signal } = request;
  const stateDir = journal.folder;
  const onNotice = (message: Text) => emit({ type: 'notice', message });
  const engine = await ensureEngine({ allowInstall, onNotice, signal });
  const { version } = engine;
  await requireEngine(request, engine.docker, journal);
  const swarm = await swarmOf(request, projectOf(request), engine.docker, journal);
  const docker = await currentDocker(signal);
  if (!request.dryRun) await endKilledRuns(request, { docker, journal, stateDir }, onNotice);
  await requireNodes(request, docker, journal);
  const composeLookup = new ComposeLookup(request, docker.address, journal, onNotice);
  try {
    const { source, compose } = await findSource(request, stateDir, version, composeLookup, onNotice);
    const chosen = await orCancelled(withEngineCores(request.config, docker), signal);
    const config = withNetworkCas(request, chosen, recordedSpec(journal, projectOf(request)));
    const settings = buildSettings(config, source, version.arch);
    const wanting = { config, project: projectOf(request), settings, source, stateDir, journal };
    const made = await networkOf(request.goal.until, wanting);
    const chaincodes = await chaincodesOf(request, made, onNotice);
    const tested = await orCancelled(testedBy(request, source, settings, docker), signal);
    const goal = wholeGoal(request, source.release, chaincodes, tested);
    requireShape(request, source.release);
    if (deploysChaincodes({ goal }))
      for (const { choice } of chaincodes) requireParts(choice, source, () => ['fabric-wizard config']);
    const ca = await caOf(request, { docker, config, stateDir, source, settings }, onNotice);
    const found = { ...wanting, docker, swarm, ca, made, compose, goal, chaincodes };
    const context = await createContext(request, found);
    if (signal.aborted) throw new CancelledError();
    if (swarm) onNotice({ key: 'step.placement', places: placesOf(context.spec) });
    if (!request.dryRun) {
      const removals = [
        removeWorkContainers(docker, context.project),
        removeUnserved(docker, context.project),
        removeMarks(docker, context.project),
        removeHalfWritten(stateDir),
        protectOldKeys(stateDir),
      ];
      await orCancelled(Promise.all(removals), signal);
    }
    const memory = await orCancelled(engineMemory(docker), signal);
    const budget: Resources = { cores: context.config.jobs, memoryMb: Math.floor(memory / 2 ** 20) };
    if (!request.dryRun && !leavesNetwork({ goal }))
      await orCancelled(restoreCertificates(context, onNotice), signal);
    const observed = await orCancelled(
      observe(context, goal, { signal, askPeers: true, chaincodes }),
      signal,
    );
    requireSameNetwork(observed, request);
    const plan = makePlan(STAGES, observed, goal, budget);
    const starts = stagesToRun(plan).has('start');
    const withCompose = {
      ...context,
      compose: compose ?? (runsCompose(plan) ? await composeLookup.require() : undefined),
    };
    const prepared = { context: withCompose, observed, plan, budget };
    const known = {
      engine: engineFact(docker.address, version),
      ...(withCompose.compose ? { compose: withCompose.compose.program } : {}),
      gateway: peersHaveGateway(starts, context.config, recordedSpec(journal, context.project)),
    };
    if (request.preflight) await checkMachine(request, prepared, known, emit);
    return prepared;
  } finally {
    composeLookup.giveUp();
  }
}
