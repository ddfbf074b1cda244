/** The chaincode of a smoke test: its name, its files, and the removal of earlier ones. */
import { type ChaincodeToPack, type PackedChaincode, packChaincode } from '../chaincode/chaincode-package.ts';
import { shippedChaincode } from '../chaincode/chaincode-source.ts';
import { SMOKE_PREFIX, SMOKE_VERSION } from '../chaincode/chaincode-version.ts';
import type { RunContext, StageContext } from '../context/run-context.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { allPeers } from '../network/network-spec.ts';

/** Its name is new in this network, so that an image of an earlier test does not count as a build. */
export type SmokeChaincode = PackedChaincode & Pick<ChaincodeToPack, 'name' | 'version' | 'shipped'>;

/**
 * Prepares a chaincode under a name that no chaincode of this network had before.
 * @throws WizardFailure `chaincode` if peers could not build the user's folder
 */
export async function freshChaincode(
  context: StageContext,
  outputs: BuildOutputs | undefined,
): Promise<SmokeChaincode> {
  const name = `${SMOKE_PREFIX}${Date.now().toString(36)}`;
  const version = SMOKE_VERSION;
  const { chaincode } = context.config;
  const shipped = chaincode === undefined;
  const dir = chaincode ?? shippedChaincode(context);
  const packed = await packChaincode(context, outputs, {
    ...{ name, label: name, version, dir, shipped },
    language: 'go',
    // Not the name: builds of the same source would not be equal.
    importPath: 'fabric-wizard/smoke',
  });
  return { ...packed, name, version, shipped };
}
/**
 * Removes the chaincode containers and images of this network's smoke tests, except the chaincode that `up` left, and
 * nothing else. Peers may share an image; it is removed with the last of its names.
 */
export async function removeSmokeChaincode({
  docker,
  spec,
  journal,
}: Pick<RunContext, 'docker' | 'spec' | 'journal'>): Promise<void> {
  const kept = journal.getFact(STATE_KEYS.keptChaincode);
  const isDoomed = (name: string) =>
    allPeers(spec).some((peer) => {
      const prefix = `${spec.networkId}-${peer.name}-`;
      return name.startsWith(`${prefix}${SMOKE_PREFIX}`) && !name.startsWith(`${prefix}${kept}-`);
    });
  const containers = (await docker.listContainers()).filter(({ name }) => isDoomed(name));
  await Promise.all(containers.map(({ id }) => docker.removeContainer(id)));
  const tags = (await docker.listImages()).flatMap((image) => image.tags).filter(isDoomed);
  await Promise.all(tags.map((tag) => docker.removeImage(tag, true)));
}
