/** Plans deployments from the files of the chaincodes and from what the network has. It changes nothing. */
import type { ChaincodeChoice, WantedChaincode } from '../config/chaincode-list.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import type { ReleaseFacts } from '../fabric/release-facts.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import { isOnChannel } from '../network/channel-members.ts';
import { runningPeers } from '../network/down-nodes.ts';
import { type ChaincodeContent, contentOf, withProcess } from './chaincode-content.ts';
import { type DeployPlan, deployPlan } from './deploy-plan.ts';
import {
  type AskedNetwork,
  type CommittedChaincode,
  committedOn,
  type ObservedNetwork,
  observeChaincodes,
} from './deployed-chaincodes.ts';
import { hasSamePeers, isRecordedDeployment, recordedOn } from './deployment-record.ts';

/** A network, some of whose peers run. */
export interface RunningNetwork extends AskedNetwork {
  readonly release: AskedNetwork['release'] & Pick<ReleaseFacts, 'externalBuilders'>;
  readonly docker: DockerPort;
  readonly state: Pick<RecordedState, 'getFact'>;
  /** Id of the CLI container. */
  readonly cliId: string;
  /** Of the nodes, by name. */
  readonly containers: ReadonlyMap<string, Pick<ContainerInfo, 'id' | 'state'>>;
}

/** The part of a network that knows its chaincodes. */
export type KnownNetwork = AskedNetwork & Pick<RunningNetwork, 'state' | 'containers'>;

/**
 * Returns the chaincodes of a channel. If none of its peers runs, they are those that this program has deployed there last.
 * @throws WizardFailure `command`
 */
export async function knownOn(network: KnownNetwork, channel: string): Promise<CommittedChaincode[]> {
  const { spec, state, containers } = network;
  const peer = runningPeers(spec, containers).find((each) => isOnChannel(spec, each, channel));
  return peer ? committedOn(network, peer, channel) : recordedOn(state, channel);
}

/** Returns what is known of each channel, and what is installed on the peers that run. @throws WizardFailure `command` */
export async function observeRunning(network: KnownNetwork): Promise<ObservedNetwork> {
  const { spec, containers } = network;
  return observeChaincodes(network, runningPeers(spec, containers), (channel) => knownOn(network, channel));
}

/** A chaincode with what has to be done. */
export interface PlannedChaincode extends ChaincodeContent {
  readonly plan: DeployPlan;
  /** Whether the plan was made without asking the peers what is installed. */
  readonly recorded: boolean;
}

function isFinished({ state, spec }: RunningNetwork, { name }: ChaincodeChoice) {
  return (version: string) => isRecordedDeployment(state, spec, name, version);
}

export interface PlanOptions {
  readonly signal: AbortSignal;
  /** Whether the plans must list every step. Otherwise they only tell whether there is something to do. */
  readonly complete: boolean;
}

/** Returns the chaincodes of the channels that are wanted. */
async function committedFor(
  network: RunningNetwork,
  wanted: readonly WantedChaincode[],
): Promise<ObservedNetwork['committed']> {
  const { spec } = network;
  const channels = [...new Set(wanted.flatMap((each) => each.channels ?? spec.channels))];
  const asked = channels.map(async (channel) => [channel, await knownOn(network, channel)] as const);
  return new Map(await Promise.all(asked));
}

interface Known {
  /** Of the files and the definition of each chaincode. */
  readonly digests: readonly string[];
  readonly committed: ObservedNetwork['committed'];
}

/**
 * Returns what the network has. Peers are not asked what is installed if the answer changes nothing: an earlier deployment
 * left nothing to do, or channels need a definition and that is enough to know.
 */
async function observed(
  network: RunningNetwork,
  wanted: readonly WantedChaincode[],
  { digests, committed }: Known,
  { complete }: PlanOptions,
): Promise<ObservedNetwork> {
  const { spec, state, containers } = network;

  const isDecided = wanted.every(({ choice, channels: given }, index) => {
    const { define, version } = deployPlan(
      { name: choice.name, channels: given },
      digests[index] ?? '',
      { committed, installed: 'recorded' },
      spec,
      isFinished(network, choice),
    );
    if (define.length > 0) return !complete;
    return isFinished(network, choice)(version) && hasSamePeers(state, spec, choice.name, containers);
  });
  return isDecided ? { committed, installed: 'recorded' } : observeRunning(network);
}

/** @throws WizardFailure `check` if a folder cannot be read, `command` */
export async function plannedDeployments(
  network: RunningNetwork,
  wanted: readonly WantedChaincode[],
  options: PlanOptions,
): Promise<readonly PlannedChaincode[]> {
  const { docker, cliId, spec, release } = network;
  const { signal } = options;
  // The files are read while the peer answers.
  const [content, committed] = await Promise.all([
    Promise.all(wanted.map(({ choice }) => contentOf({ docker, signal }, cliId, choice, release))),
    committedFor(network, wanted),
  ]);
  const digests = content.map(({ digest }) => digest);
  const found = await observed(network, wanted, { digests, committed }, options);
  return Promise.all(
    content.map(async (each, index) => {
      const { choice, digest } = each;
      const { channels } = wanted[index] as WantedChaincode;
      const plan = deployPlan(
        { name: choice.name, channels },
        digest,
        found,
        spec,
        isFinished(network, choice),
      );
      const recorded = found.installed === 'recorded';
      return { ...each, plan: await withProcess({ docker, spec, signal }, choice, plan, release), recorded };
    }),
  );
}
