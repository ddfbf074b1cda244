/** Reads blocks of a channel from a peer, and decodes them with configtxlator in the CLI container. */
import { WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ExecResult } from '../engine/engine-types.ts';
import { releaseOf } from '../fabric/release.ts';
import { blockOf, type DecodedBlock } from './block-summary.ts';
import type { NetworkSpec, PeerSpec } from './network-spec.ts';
import { askPeer, cliFailure, runAsAdmin } from './peer-cli.ts';

export interface BlockNetwork {
  readonly docker: Pick<DockerPort, 'exec'>;
  readonly spec: NetworkSpec;
  /** Version of Fabric. */
  readonly version: string;
  /** Id of the CLI container. */
  readonly cli: string;
}

export interface BlockPlace {
  readonly peer: PeerSpec;
  readonly channel: string;
}

/**
 * Prints each block as one line of JSON. All whitespace of the JSON is outside of its strings. `$1` is how blocks are
 * read, `$2` the channel; numbers follow. The peer, not the orderer, adds the validation codes.
 */
export const READ_SCRIPT = `
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
how=$1 channel=$2
shift 2
for number; do
  if [ "$how" = query ]; then
    call='{"Args":["GetBlockByNumber","'$channel'","'$number'"]}'
    peer chaincode query -C "$channel" -n qscc -c "$call" --raw >answer 2>log || { cat log >&2; exit 1; }
    tail -c +21 answer >block
  else
    peer channel fetch "$number" block -c "$channel" >log 2>&1 || { cat log >&2; exit 1; }
  fi
  configtxlator proto_decode --type common.Block --input block --output json || exit 1
  tr -d '\\n\\t' <json
  echo
done
`;

/** How blocks are read. @throws WizardFailure `usage` if the release's tools cannot decode them */
export function blockReading(version: string): 'fetch' | 'query' {
  const reading = releaseOf(version)?.blockReading ?? 'fetch';
  if (reading !== 'none') return reading;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.no-block-decoder', version },
    next: ['fabric-wizard logs orderer', 'fabric-wizard status'],
  });
}

function failed(command: readonly string[], { peer }: BlockPlace, result: ExecResult): WizardFailure {
  return cliFailure(command, { key: 'where.cli-to', org: peer.org, peer: peer.name }, result);
}

/** Returns the number of blocks of the channel. @throws WizardFailure `command`; CancelledError */
export async function blockHeight(
  network: BlockNetwork,
  place: BlockPlace,
  signal: AbortSignal,
): Promise<number> {
  const args = ['channel', 'getinfo', '-c', place.channel];
  const result = await askPeer(network, network.cli, place.peer, args, { signal });
  const height = /"height":\s*(\d+)/.exec(result.stdout)?.[1];
  if (result.exitCode === 0 && height !== undefined) return Number(height);
  throw failed(['peer', ...args], place, result);
}

/**
 * Returns the blocks from `from` up to and without `to`, read by one command in the container.
 * @throws WizardFailure `command`, `usage`; CancelledError
 */
export async function readBlocks(
  network: BlockNetwork,
  place: BlockPlace,
  range: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<DecodedBlock[]> {
  const numbers = Array.from({ length: Math.max(0, range.to - range.from) }, (_, i) =>
    String(range.from + i),
  );
  if (numbers.length === 0) return [];
  const how = blockReading(network.version);
  const script = ['sh', '-c', READ_SCRIPT, 'sh', how, place.channel, ...numbers];
  const result = await runAsAdmin(network, network.cli, place.peer, script, { signal });
  if (result.exitCode !== 0)
    // What it has printed are blocks.
    throw failed(['peer', 'channel', 'fetch', ...numbers.slice(0, 1)], place, { ...result, stdout: '' });
  return result.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => blockOf(JSON.parse(line)));
}
