/** Deploys a user's chaincode as a plan says: installs, defines, starts it on every peer, and removes what it replaces. */

import { readFile } from 'node:fs/promises';
import { type ChaincodeChoice, isListening, isOurService } from '../config/chaincode-list.ts';
import type { StageContext } from '../context/run-context.ts';
import type { Phrase } from '../core/phrase.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import { peersOn } from '../network/channel-members.ts';
import { allPeers, anchorPeer, firstPeer, type PeerSpec } from '../network/network-spec.ts';
import { nodeContainers, type PeerCli } from '../network/peer-cli.ts';
import { buildsAtOnce, shareBuilds } from './admission.ts';
import { namesOnPeer, type PackedChaincode, packChaincode } from './chaincode-package.ts';
import { packageLabel } from './chaincode-version.ts';
import { cliFiles, removeCliFiles } from './cli-files.ts';
import type { ChannelStep, DeployPlan } from './deploy-plan.ts';
import { marksOf, type ObservedNetwork } from './deployed-chaincodes.ts';
import { aboutChaincode, removeUndefined, withDefined } from './failed-deployment.ts';
import { approveLate, initialiseLate } from './late-steps.ts';
import {
  approve,
  commit,
  type Deployment,
  initialise,
  install,
  instantiate,
  membersOf,
} from './lifecycle-calls.ts';
import { type PlannedDeployment, startOnPeers } from './peer-starts.ts';
import { packRelay } from './relay-package.ts';
import { hasRelays, registeredName, servedId } from './relays.ts';
import { ownHubAddress } from './service-address.ts';
import { packService } from './service-package.ts';
import { ourServiceAddress, serviceContainerName } from './service-process.ts';
import {
  type MadeProcess,
  makeProcess,
  removeService,
  requireBuilder,
  serviceAddress,
} from './service-start.ts';
import { onPeersSharing } from './shared-builds.ts';

export interface DeployRun {
  readonly context: StageContext;
  /** Result of the compile stage, if there is one. */
  readonly outputs: BuildOutputs | undefined;
  readonly cli: PeerCli;
  /** Id of the CLI container. */
  readonly cliId: string;
  /** Ids of the gateways' containers. */
  readonly gatewayIds: readonly string[];
  readonly step: (item: Phrase) => void;
  /** Reports what is being done. It is no step by itself. */
  readonly doing: (item: Phrase) => void;
}

/** Where a peer runs the chaincode. */
export interface StartedChaincode {
  readonly peer: string;
  /** Absent if the user runs the process. */
  readonly container?: string;
}

/** What a deployment has done. */
export interface FinishedChaincode {
  readonly peers: readonly StartedChaincode[];
  /** Absent if peers run the chaincode. */
  readonly service?: {
    readonly packageId: string;
    readonly address: string;
    readonly answers: boolean;
    /** Whether the process registers at the address as `packageId`, instead of listening there. */
    readonly registers?: true;
  };
}

/** Returns the number of steps that `deployChaincode` reports. */
export function stepCount(
  { install: missing, channels: all, define: channels, installOnly, process }: DeployPlan,
  { init }: Pick<ChaincodeChoice, 'init'>,
  { spec, settings }: Pick<StageContext, 'spec' | 'settings'>,
): number {
  const isPackage = settings.release.lifecycle === 'package';
  const perChannel = isPackage ? (init === undefined ? 2 : 3) : 1;
  const starts = installOnly ? 0 : peersOn(spec, all).length;
  const ofProcess = process === undefined ? 0 : 2;
  return missing.length + perChannel * channels.length + starts + ofProcess;
}

/** Returns how deployments with these steps report them. @param total see `stepCount` */
export function reportedSteps(
  { report }: Pick<StageContext, 'report'>,
  total: number,
): Pick<DeployRun, 'step' | 'doing'> {
  let done = 0;
  const doing = (item: Phrase) => report.progress(done, total, 'steps', item);
  return {
    doing,
    step: (item) => {
      done += 1;
      doing(item);
    },
  };
}

/** Where a peer keeps what is installed, in the legacy lifecycle: a file for each version. */
const INSTALLED = '/var/hyperledger/production/chaincodes';
/** What a deployment has done when it fails. */
interface Progress {
  /** Process of a service, which listens. */
  readonly process: MadeProcess | undefined;
  /** The channels that have the new definition. */
  readonly defined: string[];
}

/** Brings the definition into a channel, and calls `Init`, for which a service must answer. */
async function define(
  deployment: Deployment,
  { kind, channel }: ChannelStep,
  { process, defined }: Progress,
): Promise<void> {
  const members = membersOf(deployment);
  const first = firstPeer(members);
  if (!('id' in deployment.given)) {
    // Peers call `Init` before the channel has the definition.
    await process?.serve();
    await instantiate(deployment, first, kind === 'upgrade' ? 'upgrade' : 'instantiate');
    defined.push(channel);
    return;
  }
  await approve(deployment);
  await commit(deployment);
  defined.push(channel);
  await process?.serve();
  if (deployment.definition.init !== undefined)
    await initialise(deployment, first, members.orgs.map(anchorPeer));
}

/**
 * @param before what the network had when it was planned
 * @throws WizardFailure `chaincode` if peers could not build it; `command`, `timeout`
 */
export async function deployChaincode(
  run: DeployRun,
  choice: ChaincodeChoice,
  plan: DeployPlan,
  before: ObservedNetwork,
): Promise<FinishedChaincode> {
  const { context, cliId } = run;
  try {
    if (choice.service !== undefined) await requireBuilder(context, context.settings.release);
    const packed = await packedFor(run, choice, plan, before);
    // Before anything is installed: an error of the source changes nothing.
    const process = await madeProcess(run, choice, plan, before);
    try {
      return await deployPacked(run, choice, { plan, packed, before }, process);
    } catch (error) {
      // The error of the deployment is what the user has to know.
      await removeUndefined(context, plan, packed).catch(() => undefined);
      throw error;
    }
  } catch (error) {
    throw aboutChaincode(error, choice, context.options.again);
  } finally {
    await removeCliFiles(context.docker, cliId, plan.name, plan.version);
  }
}

/**
 * Returns the file of the legacy lifecycle that a peer has of this version, so that the others install the same.
 * @returns undefined if the version is new, or no peer has it
 */
async function installedFile(
  { context }: DeployRun,
  { name, version, define: channels, install: missing }: DeployPlan,
  before: ObservedNetwork,
): Promise<PackedChaincode | undefined> {
  const { docker, spec, settings } = context;
  if (settings.release.lifecycle !== 'legacy' || channels.length > 0) return undefined;
  const owner = allPeers(spec).find((peer) =>
    marksOf(before, peer, name).some(({ mark }) => mark === version),
  );
  const container = owner && (await nodeContainers(context)).get(owner.name);
  if (!container) return undefined;
  const { installed: path } = cliFiles(name, version);
  const found = { label: name, mark: version, given: { file: `/${path}` } };
  if (missing.length === 0) return { ...found, files: [] };
  const [file] = (await docker.readFiles(container.id, `${INSTALLED}/${name}.${version}`)) ?? [];
  return file && { ...found, files: [{ name: path, content: file.content }] };
}

/**
 * Returns what peers install. A package that a peer already has stays the one: another with the same files can differ in what
 * it brings from Fabric, and then has another id.
 */
async function packedFor(
  run: DeployRun,
  choice: ChaincodeChoice,
  plan: DeployPlan,
  before: ObservedNetwork,
): Promise<PackedChaincode> {
  const { context, cli, outputs } = run;
  const { name, version, digest } = plan;
  const installed = await installedFile(run, plan, before);
  if (installed) return installed;
  const label = packageLabel(name, digest);
  const owners = allPeers(context.spec).flatMap((peer) =>
    marksOf(before, peer, name).flatMap((each) => (each.label === label ? { peer, mark: each.mark } : [])),
  );
  const [owner] = owners;
  if (owner === undefined && choice.service === undefined)
    return packChaincode(context, outputs, {
      ...{ name, label, version, dir: choice.path, language: choice.language },
      shipped: false,
    });
  if (owner === undefined) {
    if (hasRelays(context.settings.release)) return packRelay(context, plan, choice.path);
    const place = cliFiles(name, version).folder;
    return packService({ label, place }, serviceAddress(context.spec, choice), choice.path);
  }
  const { peer, mark } = owner;
  const id = `${label}:${mark}`;
  const folder = `/${cliFiles(name, version).folder}`;
  // The peer's command names the file after the id.
  if (plan.install.length > 0) {
    await context.docker.upload(run.cliId, [{ name: `${folder.slice(1)}/.keep`, content: '' }]);
    const what = ['--package-id', id, '--output-directory', folder];
    await cli.run(peer, ['lifecycle', 'chaincode', 'getinstalledpackage', ...what]);
  }
  return { label, mark, files: [], given: { package: `${folder}/${id}.tar.gz`, id } };
}

/** Makes the program of a service, if its process is to start. */
async function madeProcess(
  run: DeployRun,
  choice: ChaincodeChoice,
  plan: DeployPlan,
  before: ObservedNetwork,
): Promise<MadeProcess | undefined> {
  const isNew = ![...before.committed.values()].flat().some(({ name }) => name === plan.name);
  // A process of a chaincode that no channel has is left of a first deployment that was killed.
  if (isNew && choice.service !== undefined) await removeService(run.context, plan.name);
  if (plan.process === undefined) return undefined;
  run.doing({ key: 'step.making', chaincode: plan.name });
  return makeProcess(run, choice, plan.define.length > 0);
}

async function deployPacked(
  run: DeployRun,
  choice: ChaincodeChoice,
  planned: PlannedDeployment,
  process: MadeProcess | undefined,
): Promise<FinishedChaincode> {
  const { plan, packed } = planned;
  const defined: string[] = [];
  try {
    // Before anything is installed: a process that does not listen changes nothing.
    if (process) {
      run.step({ key: 'step.made', chaincode: plan.name });
      await process.start(servedId(plan, packed.given));
      run.step({ key: 'step.listens', chaincode: plan.name });
    }
    return await deployWith(run, choice, planned, { process, defined });
  } catch (error) {
    throw withDefined(error, plan, defined);
  } finally {
    // Whether or not a channel has the package: a process that does not serve would never do so.
    await process?.discard().catch(() => undefined);
  }
}

async function deployWith(
  run: DeployRun,
  choice: ChaincodeChoice,
  planned: PlannedDeployment,
  progress: Progress,
): Promise<FinishedChaincode> {
  const { plan, packed, before } = planned;
  const { context, cli, cliId, step } = run;
  const { spec, config, docker } = context;
  const { name, version } = plan;
  const { collections } = cliFiles(name, version);
  const files =
    choice.collections === undefined
      ? packed.files
      : [...packed.files, { name: collections, content: await readFile(choice.collections, 'utf8') }];
  await Promise.all([
    docker.upload(cliId, files),
    shareBuilds(context, run.gatewayIds, `${name}-${version}`),
  ]);
  const deploymentIn = (channel: string, sequence: number): Deployment => ({
    ...{ context, cli, channel, given: packed.given, step },
    definition: {
      ...{ name, version, sequence, policy: choice.policy, init: choice.init },
      ...(choice.collections === undefined ? {} : { collections: `/${collections}` }),
    },
  });
  const [channel = spec.channel, ...others] = plan.channels;
  const deployment = deploymentIn(channel, 1);
  const limit = buildsAtOnce(config, run.gatewayIds.length > 0);
  const missing = allPeers(spec).filter((peer) => plan.install.includes(peer.name));
  await onPeersSharing(context, packed, missing, limit, (peer) => install(deployment, peer));
  for (const each of plan.define) {
    context.report.log(
      `${name} ${version} ${each.from === undefined ? 'is new' : `replaces ${each.from}`} on ${each.channel}`,
    );
    await define(deploymentIn(each.channel, each.sequence), each, progress);
  }
  await progress.process?.serve();
  const isLegacy = !('id' in packed.given);
  const later = plan.channels.filter((each) => !plan.define.some((defined) => defined.channel === each));
  if (!isLegacy)
    for (const each of later) {
      const known = before.committed.get(each)?.find((chaincode) => chaincode.name === name);
      const there = deploymentIn(each, known?.sequence ?? 1);
      await approveLate(there);
      if (choice.init !== undefined && !plan.installOnly) await initialiseLate(there);
    }
  if (plan.installOnly) return { peers: [] };
  const deployments = [deployment, ...others.map((each) => deploymentIn(each, 1))] as const;
  // Nothing needs the user's process now, and peers start their relays when they are called.
  const isLater = isListening(choice) && isLegacy && plan.define.length === 0;
  const answers = !isLater && (await startOnPeers(run, choice, planned, deployments));
  // It may have ended since it listened: the engine starts it again each time.
  await progress.process?.requireRunning();
  if (choice.service === undefined || (isListening(choice) && !isLegacy)) await removeService(context, name);
  return {
    peers: peersOn(spec, plan.channels).map((peer) => ({
      peer: peer.name,
      ...containerOf(context, choice, packed, peer),
    })),
    ...(choice.service === undefined ? {} : { service: { ...servedAt(context, choice, planned), answers } }),
  };
}

/** Returns how a process serves a chaincode. */
function servedAt(
  { spec, settings }: StageContext,
  choice: ChaincodeChoice,
  { plan, packed }: PlannedDeployment,
): Pick<Required<FinishedChaincode>['service'], 'packageId' | 'address' | 'registers'> {
  const packageId = servedId(plan, packed.given);
  if (!hasRelays(settings.release)) return { packageId, address: serviceAddress(spec, choice) };
  const address = isListening(choice) ? ownHubAddress(choice.service) : ourServiceAddress(spec, plan.name);
  return { packageId: registeredName(plan.name, packageId), address, registers: true };
}

/** Returns where a peer runs the chaincode, if this program knows it. */
function containerOf(
  context: StageContext,
  choice: ChaincodeChoice,
  packed: PackedChaincode,
  peer: PeerSpec,
): { readonly container?: string } {
  if (choice.service === undefined) return { container: namesOnPeer(context, packed, peer).container };
  return isOurService(choice) ? { container: serviceContainerName(context.spec, choice.name) } : {};
}
