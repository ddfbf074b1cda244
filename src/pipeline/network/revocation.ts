/** Brings the revocation list of an organisation into its channels, and proves that peers refuse a revoked identity. */
import { until } from '../core/waiting.ts';
import { folderFiles } from '../host/folder-files.ts';
import type { CaOrg } from './ca-orgs.ts';
import { withRevocations } from './channel-config.ts';
import { channelsOfPeer } from './channel-members.ts';
import { currentConfig, makeUpdate, sendUpdate, type Updating, withUpdateFolder } from './channel-update.ts';
import { deadlineOf } from './deadlines.ts';
import { orgOf, type PeerSpec } from './network-spec.ts';
import { askPeer, outputLines } from './peer-cli.ts';

const DEADLINE_MS = 30_000;
const REMOVE_MS = 10_000;

/** Returns the channels of an organisation: one that has orderers only is on all of them. */
export function channelsOfOrg({ spec }: Pick<Updating, 'spec'>, { name }: CaOrg): readonly string[] {
  const { peers } = spec.orgs.find((org) => org.name === name) ?? {};
  if (!peers) return spec.channels;
  return spec.channels.filter((channel) =>
    peers.some((peer) => channelsOfPeer(spec, peer).includes(channel)),
  );
}

/**
 * Updates a channel, signed by the admin of the organisation.
 * @param peer one on the channel, and of the organisation if it has peers
 * @returns whether the channel had another list
 * @throws WizardFailure, CancelledError
 */
export function bringRevocations(
  updating: Updating,
  channel: string,
  { org, peer, crl }: { readonly org: CaOrg; readonly peer: PeerSpec; readonly crl: string },
): Promise<boolean> {
  const isMember = updating.spec.orgs.some(({ name }) => name === org.name);
  const asOrderer = isMember ? undefined : org;
  return withUpdateFolder(updating, channel, async () => {
    const before = await currentConfig(updating, channel, { peer });
    const after = withRevocations(before, org.mspId, crl);
    if (!after) return false;
    await sendUpdate(updating, channel, await makeUpdate(updating, channel, before, after), {
      peer,
      asOrderer,
    });
    return true;
  });
}

/** A revoked identity that a peer has refused, with the last line of the refusal. */
export interface RefusedIdentity {
  readonly name: string;
  readonly peer: string;
  readonly channel: string;
  readonly answer: string;
}

/**
 * What a peer says if a certificate is not valid for its organisation. One that has expired, or that a policy does not let read,
 * is refused in other words.
 */
function refusalBy({ spec }: Pick<Updating, 'spec'>, peer: PeerSpec, channel: string): string {
  return `access denied: channel [${channel}] creator org [${orgOf(spec, peer).mspId}]`;
}

/**
 * Returns a question about a channel. `peer channel getinfo` asks outside of the channel, where the peer does not know the list of
 * the channel, so that only a policy refuses it.
 */
function questionOn(channel: string): readonly string[] {
  const call = JSON.stringify({ Args: ['GetChainInfo', channel] });
  return ['chaincode', 'query', '--hex', '-C', channel, '-n', 'qscc', '-c', call];
}

/**
 * Asks a peer as the identity until the peer refuses its certificate: the update takes a moment to reach every peer.
 * @param msp path of the MSP of the identity on this host
 * @param peer one of its organisation
 * @throws WizardFailure `timeout` if the peer still answers, or refuses for another reason; CancelledError
 */
export async function provedRefusal(
  updating: Updating,
  {
    name,
    msp,
    peer,
    channel,
  }: { readonly name: string; readonly msp: string; readonly peer: PeerSpec; readonly channel: string },
): Promise<RefusedIdentity> {
  const { docker, spec, cliId, signal } = updating;
  const folder = `/tmp/refused-${name}`;
  const refusal = refusalBy(updating, peer, channel);
  const { files } = await folderFiles(msp, () => false);
  await docker.upload(
    cliId,
    files.map(({ path, file }) => ({ name: `${folder.slice(1)}/${path}`, content: { file }, mode: 0o600 })),
  );
  let answer = '';
  try {
    await until({
      what: { key: 'wait.refusal', peer: peer.name, identity: name },
      deadlineMs: deadlineOf(spec, DEADLINE_MS),
      signal,
      poll: async () => {
        const env = { CORE_PEER_MSPCONFIGPATH: folder };
        const result = await askPeer({ docker, spec }, cliId, peer, questionOn(channel), { env, signal });
        const lines = outputLines(result);
        answer = lines.find((line) => line.includes(refusal)) ?? lines.at(-1) ?? '';
        return result.exitCode !== 0 && answer.includes(refusal) ? { yes: true } : { no: answer };
      },
      evidence: async () => [],
    });
  } finally {
    // Also after a cancelled command: the folder has the key of the identity.
    const ending = AbortSignal.timeout(REMOVE_MS);
    await docker.exec(cliId, ['rm', '-rf', folder], { signal: ending }).catch(() => undefined);
  }
  return { name, peer: peer.name, channel, answer: answer.trim() };
}
