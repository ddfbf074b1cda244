/** Chaincode that peers on several machines share: one peer builds it, and the engines of the others get its image. */
import type { RunContext } from '../context/run-context.ts';
import { together } from '../core/cancellation.ts';
import { copyImages } from '../images/copied-images.ts';
import { machineOf, type PeerSpec } from '../network/network-spec.ts';
import { onPeers } from './admission.ts';
import { namesOnPeer, type PackedChaincode } from './chaincode-package.ts';

type Sharing = Pick<RunContext, 'docker' | 'spec' | 'config'> & {
  readonly settings: Pick<RunContext['settings'], 'release'>;
  readonly signal: AbortSignal;
};

type Packed = Pick<PackedChaincode, 'label' | 'mark'>;

function tagged(image: string): string {
  return `${image}:latest`;
}

/** Returns the peers that get the image of a peer on another machine: none if each peer must build. */
export function farPeers(
  { spec, config }: Pick<Sharing, 'spec' | 'config'>,
  builder: PeerSpec,
  peers: readonly PeerSpec[],
): PeerSpec[] {
  if (config.proveEveryPeer) return [];
  const machine = machineOf(spec, builder.name);
  return peers.filter(({ name }) => machineOf(spec, name) !== machine);
}

/**
 * Gives the chaincode image of a peer to peers on other machines, under the names that they look for before they build.
 * Does nothing on one engine, or if the peer has built no image.
 * @throws WizardFailure `engine-refused`, `engine`; CancelledError
 */
export async function shareImage(
  context: Sharing,
  packed: Packed,
  builder: PeerSpec,
  peers: readonly PeerSpec[],
): Promise<void> {
  const { docker, spec, signal } = context;
  const far = farPeers(context, builder, peers);
  if (far.length === 0) return;
  const image = tagged(namesOnPeer(context, packed, builder).image);
  const from = docker.on(machineOf(spec, builder.name));
  // Installing in 1.x builds nothing, and a service has no image.
  if (!(await from.inspectImage(image))) return;
  const machines = new Set(far.map(({ name }) => machineOf(spec, name)));
  await together([...machines], signal, async (machine, end) => {
    const to = docker.on(machine);
    await copyImages({ from, to, signal: end }, [image], false);
    const there = far.filter(({ name }) => machineOf(spec, name) === machine);
    for (const peer of there) await to.tag(image, tagged(namesOnPeer(context, packed, peer).image));
    await to.removeImage(image);
  });
}

/**
 * Calls peers that build chaincode, as `onPeers` does. If some of them are on other machines than the first, that one is
 * called alone at first, and its image is shared.
 */
export async function onPeersSharing(
  context: Sharing,
  packed: Packed,
  peers: readonly PeerSpec[],
  limit: number,
  call: (peer: PeerSpec) => Promise<void>,
): Promise<void> {
  const [first, ...others] = peers;
  if (first === undefined || farPeers(context, first, others).length === 0)
    return onPeers(peers, limit, call);
  await call(first);
  await shareImage(context, packed, first, others);
  await onPeers(others, limit, call);
}
