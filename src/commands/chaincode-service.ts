/** What the chaincode commands and the chaincode screen share: the list, and what peers have made of a chaincode. */
import { chaincodeDigest, type KnownHashes } from '../pipeline/chaincode/chaincode-digest.ts';
import { namesOnPeer } from '../pipeline/chaincode/chaincode-package.ts';
import { parseVersion } from '../pipeline/chaincode/chaincode-version.ts';
import {
  marksOf,
  type ObservedNetwork,
  observeChaincodes,
} from '../pipeline/chaincode/deployed-chaincodes.ts';
import { knownChoices, recordedDeployments } from '../pipeline/chaincode/deployment-record.ts';
import { type ChaincodeRemains, removableRemains } from '../pipeline/chaincode/remains.ts';
import type { ChaincodeChoice } from '../pipeline/config/chaincode-list.ts';
import { allPeers } from '../pipeline/network/network-spec.ts';
import type { ChaincodeRow } from '../report/chaincode-text.ts';
import type { ChaincodeNetwork } from './chaincode-network.ts';

/** Returns digests by name, without those of folders that cannot be read. */
export async function digestsOf(
  choices: readonly ChaincodeChoice[],
  known?: KnownHashes,
): Promise<ReadonlyMap<string, string>> {
  const digests = await Promise.all(
    choices.map(async (choice) => {
      const digest = await chaincodeDigest(choice, known).catch(() => undefined);
      return digest === undefined ? [] : [[choice.name, digest] as const];
    }),
  );
  return new Map(digests.flat());
}

/** Returns what can be deployed again on the network of the folder. */
export function choicesOn(
  { state }: Pick<ChaincodeNetwork, 'state'>,
  configured: readonly ChaincodeChoice[],
): readonly ChaincodeChoice[] {
  return knownChoices(configured, recordedDeployments(state));
}

/**
 * Returns the chaincodes of all channels.
 * @param digests of the files as they are now, by name
 */
async function rowsOf(
  network: ChaincodeNetwork,
  observed: ObservedNetwork,
  digests: ReadonlyMap<string, string>,
): Promise<ChaincodeRow[]> {
  const { spec, release, docker } = network;
  const containers = new Set(
    (await docker.listContainers()).filter(({ state }) => state === 'running').map(({ name }) => name),
  );
  const isVersion = (
    mark: { readonly label: string; readonly mark: string },
    name: string,
    version: string,
  ) => {
    const digest = parseVersion(version)?.digest;
    // A label without a digest, as that of a smoke test, stands for one version only.
    if (release.lifecycle === 'package' && mark.label === name) return true;
    return (
      mark.mark === version ||
      (mark.label !== name && digest !== undefined && mark.label.endsWith(`_${digest}`))
    );
  };
  return [...observed.committed].flatMap(([channel, all]) =>
    all.map(({ name, version, sequence }): ChaincodeRow => {
      const has = allPeers(spec).map((peer) => ({
        peer,
        marks: marksOf(observed, peer, name).filter((mark) => isVersion(mark, name, version)),
      }));
      const runs = has.filter(({ peer, marks }) =>
        marks.some((mark) =>
          containers.has(namesOnPeer({ spec, settings: { release } }, mark, peer).container),
        ),
      );
      const digest = digests.get(name);
      return {
        ...{ channel, name, version },
        ...(release.lifecycle === 'package' ? { sequence } : {}),
        installed: has.filter(({ marks }) => marks.length > 0).map(({ peer }) => peer.name),
        running: runs.map(({ peer }) => peer.name),
        ...(digest === undefined ? {} : { current: parseVersion(version)?.digest === digest }),
      };
    }),
  );
}

/**
 * Asks the peers that run for the chaincodes of all channels.
 * @param configured the chaincodes of fabric-wizard.yaml
 * @throws WizardFailure `command`
 */
export async function chaincodeRows(
  network: ChaincodeNetwork,
  configured: readonly ChaincodeChoice[],
): Promise<readonly ChaincodeRow[]> {
  const [observed, digests] = await Promise.all([
    observeChaincodes(network, network.peers),
    digestsOf(choicesOn(network, configured)),
  ]);
  return rowsOf(network, observed, digests);
}

/** A container of a chaincode, or an image that a peer has made of it. */
interface ChaincodeNames {
  readonly peer: string;
  readonly container: string;
  readonly image: string;
}

/** Returns the names of containers and images that the peers have made of a chaincode. */
export async function namesOf(network: ChaincodeNetwork, name: string): Promise<readonly ChaincodeNames[]> {
  const { spec, release, peers } = network;
  const observed = await observeChaincodes(network, peers);
  // A peer that does not run has what the others have.
  const marks = new Map(
    peers.flatMap((peer) => marksOf(observed, peer, name)).map((mark) => [JSON.stringify(mark), mark]),
  );
  return allPeers(spec).flatMap((peer) =>
    [...marks.values()].map((mark) => ({
      peer: peer.name,
      ...namesOnPeer({ spec, settings: { release } }, mark, peer),
    })),
  );
}

/** The command that holds the folder's lock while a chaincode is removed. */
export const REMOVAL = 'fabric-wizard chaincode remove';

/** Returns what can be removed of a chaincode. */
export async function remainsOf(network: ChaincodeNetwork, name: string): Promise<ChaincodeRemains> {
  const { docker, release } = network;
  return removableRemains(docker, release, await namesOf(network, name));
}
