/** Calls of the `peer` command that deploy a chaincode, in either lifecycle. */
import type { StageContext } from '../context/run-context.ts';
import type { Phrase } from '../core/phrase.ts';
import { until } from '../core/waiting.ts';
import { onChannel } from '../network/channel-members.ts';
import { deadlineOf } from '../network/deadlines.ts';
import {
  anchorPeer,
  firstPeer,
  type NetworkSpec,
  type OrgSpec,
  type PeerSpec,
} from '../network/network-spec.ts';
import { endorserFlags, nodeLogs, ordererFlags, type PeerCli } from '../network/peer-cli.ts';
import type { Installable } from './chaincode-package.ts';

/** A rebuild may have just restarted the orderers. */
export const ORDERED = { awaitLeader: true } as const;

/** How the members of a channel define a chaincode. */
export interface ChaincodeDefinition {
  readonly name: string;
  readonly version: string;
  /** Increases with each definition; only the package lifecycle has it. */
  readonly sequence: number;
  /** An expression, or the path of a policy of the channel (`/Channel/…`); absent: the release's default. */
  readonly policy?: string;
  /** Path of the file with the private data collections in the CLI container. */
  readonly collections?: string;
  /** Arguments of `Init`; absent if it is not called. */
  readonly init?: readonly string[];
}

/** A definition on its way into one channel. */
export interface Deployment {
  readonly context: Pick<StageContext, 'spec' | 'docker' | 'project' | 'signal'>;
  readonly cli: PeerCli;
  readonly channel: string;
  readonly definition: ChaincodeDefinition;
  readonly given: Installable;
  /** Reports that a step is done. */
  readonly step: (item: Phrase) => void;
}

/** Returns the network with the members of the channel. */
export function membersOf({
  context,
  channel,
}: {
  readonly context: Pick<StageContext, 'spec'>;
  readonly channel: string;
}): NetworkSpec {
  return onChannel(context.spec, channel);
}

/** Returns the argument of `-c`. */
export function callText(args: readonly string[]): string {
  return JSON.stringify({ Args: args });
}

/** Returns the flag that names the language; without it, the legacy lifecycle takes the chaincode for Go. */
function languageFlags(given: Installable): string[] {
  return 'path' in given && given.language !== 'go' ? ['-l', given.language] : [];
}

/** Installs the chaincode. In the package lifecycle this ends when the peer has built it. */
export async function install(
  { cli, definition: { name, version }, given, step }: Deployment,
  peer: PeerSpec,
): Promise<void> {
  if ('file' in given) await cli.run(peer, ['chaincode', 'install', given.file]);
  else if ('path' in given) {
    const args = [
      'chaincode',
      'install',
      '-n',
      name,
      '-v',
      version,
      '-p',
      given.path,
      ...languageFlags(given),
    ];
    await cli.run(peer, args, { gopath: given.gopath });
  } else await cli.run(peer, ['lifecycle', 'chaincode', 'install', given.package]);
  step({ key: 'step.installed', peer: peer.name });
}

function collectionFlags({ collections }: ChaincodeDefinition): string[] {
  return collections === undefined ? [] : ['--collections-config', collections];
}

/** Returns the flags of the definition, which must be the same in the approvals of all organisations. */
function definitionFlags({ channel, definition }: Deployment): string[] {
  const { name, version, sequence, policy, init } = definition;
  const policyFlag = policy?.startsWith('/') ? '--channel-config-policy' : '--signature-policy';
  return [
    ...['--channelID', channel, '--name', name, '--version', version, '--sequence', String(sequence)],
    ...(init === undefined ? [] : ['--init-required']),
    ...(policy === undefined ? [] : [policyFlag, policy]),
    ...collectionFlags(definition),
  ];
}

/** Answer of a peer whose organisation has approved exactly this definition, in a run that was interrupted. */
const APPROVED_BEFORE = /redefine uncommitted sequence .* with unchanged content/i;

/** @throws WizardFailure `command` */
export async function approve(
  deployment: Deployment,
  orgs: readonly OrgSpec[] = membersOf(deployment).orgs,
): Promise<void> {
  const {
    context: { spec },
    cli,
    given,
    step,
  } = deployment;
  if (!('id' in given)) throw new Error('nothing to approve');
  const of = [...definitionFlags(deployment), '--package-id', given.id];
  const args = ['lifecycle', 'chaincode', 'approveformyorg', ...of, ...ordererFlags(spec, cli.orderer)];
  await Promise.all(
    orgs.map((org) => cli.run(anchorPeer(org), args, { ...ORDERED, accepts: APPROVED_BEFORE })),
  );
  step({ key: 'step.approved', organisations: orgs.map(({ name }) => name) });
}

const APPROVED_MS = 30_000;

/** Commits the definition once all organisations have approved it. @throws WizardFailure `timeout`, `command` */
export async function commit(deployment: Deployment): Promise<void> {
  const { context, cli, step } = deployment;
  const spec = membersOf(deployment);
  const first = firstPeer(spec);
  const flags = definitionFlags(deployment);
  const ready = ['lifecycle', 'chaincode', 'checkcommitreadiness', ...flags, '--output', 'json'];
  await until({
    what: { key: 'wait.approvals', peer: first.name },
    deadlineMs: deadlineOf(spec, APPROVED_MS),
    signal: context.signal,
    poll: async () => {
      const { stdout } = await cli.run(first, ready);
      const missing = spec.orgs.filter(({ mspId }) => !new RegExp(`"${mspId}"\\s*:\\s*true`).test(stdout));
      return missing.length === 0
        ? { yes: true }
        : { no: { key: 'last.no-approval', organisations: missing.map(({ name }) => name) } };
    },
    evidence: () => nodeLogs(context, [first.name]),
  });
  const endorsers = spec.orgs.flatMap((org) => endorserFlags(spec, anchorPeer(org)));
  await cli.run(
    first,
    ['lifecycle', 'chaincode', 'commit', ...flags, ...endorsers, ...ordererFlags(spec, cli.orderer)],
    ORDERED,
  );
  step({ key: 'step.committed', chaincode: deployment.definition.name, channel: deployment.channel });
}

/**
 * Calls `Init`, which in the package lifecycle is an ordinary invocation and must be the first.
 * @param endorsers peers whose endorsements the policy asks for; absent: only `peer`
 */
export async function initialise(
  { context: { spec }, cli, definition: { name, init = [] }, channel, step }: Deployment,
  peer: PeerSpec,
  endorsers: readonly PeerSpec[] = [],
): Promise<void> {
  const what = ['-C', channel, '-n', name, '--isInit', '-c', callText(init), '--waitForEvent'];
  const to = endorsers.flatMap((each) => endorserFlags(spec, each));
  await cli.run(peer, ['chaincode', 'invoke', ...what, ...to, ...ordererFlags(spec, cli.orderer)], ORDERED);
  step({ key: 'step.initialised', peer: peer.name });
}

/** Instantiates or upgrades the chaincode. Ends when the peer has built and started it. */
export async function instantiate(
  { context: { spec }, cli, definition, channel, given, step }: Deployment,
  peer: PeerSpec,
  command: 'instantiate' | 'upgrade' = 'instantiate',
): Promise<void> {
  const { name, version, policy, init = [] } = definition;
  const what = ['-C', channel, '-n', name, '-v', version, ...languageFlags(given), '-c', callText(init)];
  const how = [...(policy === undefined ? [] : ['-P', policy]), ...collectionFlags(definition)];
  await cli.run(peer, ['chaincode', command, ...what, ...how, ...ordererFlags(spec, cli.orderer)], ORDERED);
  step({ key: command === 'upgrade' ? 'step.upgraded' : 'step.instantiated', peer: peer.name });
}
