/** PURE: decides what a deployment has to do, from what the user wants and what the network says. */
import { type ChannelMembers, peersOn } from '../network/channel-members.ts';
import { packageLabel, parseVersion, SMOKE_PREFIX, versionText } from './chaincode-version.ts';
import type { InstalledChaincode, ObservedNetwork } from './deployed-chaincodes.ts';

/** The definition of one channel. */
export interface ChannelStep {
  readonly channel: string;
  /** `first`: the channel does not have the chaincode yet. */
  readonly kind: 'first' | 'upgrade';
  /** Version that the channel has. */
  readonly from?: string;
  /** For the package lifecycle. */
  readonly sequence: number;
}

/** What is done with the process of a service that this program runs: `restart` brings its files as they are now. */
export type ProcessStep = 'start' | 'restart';

export interface DeployPlan {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  /** All channels that are to have it. */
  readonly channels: readonly string[];
  /** Names of the peers that lack it. */
  readonly install: readonly string[];
  readonly define: readonly ChannelStep[];
  /** Whether peers may not run it yet: it is new to them, or the run that deployed it did not end. */
  readonly start: boolean;
  /** Absent if the process runs with the files as they are now, or if this program runs none. */
  readonly process?: ProcessStep;
  /** Whether no channel keeps another version. */
  readonly replacesAll: boolean;
  /** Present if peers get it, but nothing starts or asks it. */
  readonly installOnly?: true;
}

/** Whether everything is as it should be. */
export function isDeployed({ install, define, start, process }: DeployPlan): boolean {
  return install.length === 0 && define.length === 0 && !start && process === undefined;
}

/** The names of packages contain the digest only; the names of the legacy lifecycle have a version. */
function isInstalled(
  each: InstalledChaincode,
  { name, version, digest }: Pick<DeployPlan, 'name' | 'version' | 'digest'>,
) {
  return 'label' in each
    ? each.label === packageLabel(name, digest)
    : each.name === name && each.version === version;
}

/**
 * Plans the installation of a chaincode that the channels have on the peers that lack it.
 * @param isFinished whether a run that deployed this version on all peers has ended well
 * @returns a plan for each version that a peer lacks; `unknown` for one that another program has deployed
 */
export function missingOn(
  name: string,
  { committed, installed }: ObservedNetwork,
  spec: ChannelMembers,
  isFinished: (version: string) => boolean,
): readonly (DeployPlan | 'unknown')[] {
  if (installed === 'recorded' || name.startsWith(SMOKE_PREFIX)) return [];
  const versionOn = (channel: string) => committed.get(channel)?.find((each) => each.name === name)?.version;
  const versions = new Set(spec.channels.flatMap((channel) => versionOn(channel) ?? []));
  return [...versions].flatMap((version): (DeployPlan | 'unknown')[] => {
    const digest = parseVersion(version)?.digest;
    if (digest === undefined) return ['unknown'];
    const wanted = { name, version, digest };
    const channels = spec.channels.filter((channel) => versionOn(channel) === version);
    const install = peersOn(spec, channels)
      .map((peer) => peer.name)
      .filter((peer) => !installed.get(peer)?.some((each) => isInstalled(each, wanted)));
    if (install.length === 0 && isFinished(version)) return [];
    return [{ ...wanted, channels, install, define: [], start: true, replacesAll: false }];
  });
}

/** The chaincode of a plan, and the channels that are to have it; undefined: all channels of the network. */
interface PlannedScope {
  readonly name: string;
  readonly channels?: readonly string[] | undefined;
}

/**
 * @param digest of the content that is to be deployed
 * @param isFinished whether a run that deployed this version has ended well
 */
export function deployPlan(
  { name, channels: given }: PlannedScope,
  digest: string,
  { committed, installed }: ObservedNetwork,
  spec: ChannelMembers,
  isFinished: (version: string) => boolean,
): DeployPlan {
  const channels = [...new Set(given ?? spec.channels)];
  const found = channels.map((channel) => ({
    channel,
    known: committed.get(channel)?.find((each) => each.name === name),
  }));
  const versions = found.flatMap(({ known }) => (known ? [known.version] : []));
  const same = versions.find((version) => parseVersion(version)?.digest === digest);
  // A version of another program counts as the first one.
  const highest = Math.max(0, ...versions.map((version) => parseVersion(version)?.count ?? 1));
  const version = same ?? versionText({ count: highest + 1, digest });
  const define = found
    .filter(({ known }) => known?.version !== version)
    .map(
      ({ channel, known }): ChannelStep => ({
        channel,
        kind: known ? 'upgrade' : 'first',
        ...(known ? { from: known.version } : {}),
        sequence: (known?.sequence ?? 0) + 1,
      }),
    );
  const wanted = { name, version, digest };
  const install = peersOn(spec, channels)
    .map((peer) => peer.name)
    .filter(
      (peer) => installed !== 'recorded' && !installed.get(peer)?.some((each) => isInstalled(each, wanted)),
    );
  const others = spec.channels.filter((channel) => !channels.includes(channel));
  const replacesAll = !others.some((channel) => committed.get(channel)?.some((each) => each.name === name));
  const start = install.length > 0 || define.length > 0 || !isFinished(version);
  return { ...wanted, channels, install, define, start, replacesAll };
}
