/**
 * PURE: gossip settings of peers that share one machine. The timers of core.yaml are for peers with a machine each. On one
 * machine the work of all peers adds up, and it grows with the square of their number.
 */
import type { NetworkSpec } from './network-spec.ts';

/** Up to this number of peers, the timers are those of core.yaml. */
const FEW_PEERS = 8;

/** Timers, by the last part of their variable, with their values in core.yaml. All releases have them. */
const TIMERS = {
  /** How often a peer says that it is alive. Every peer verifies and forwards every such message. */
  ALIVETIMEINTERVAL: 5,
  /** When a silent peer counts as stopped. The ratio to the interval stays, so that lost messages do not matter. */
  ALIVEEXPIRATIONTIMEOUT: 25,
  /** How long after its start a peer sends its certificate along. It must be longer than the interval. */
  PUBLISHCERTPERIOD: 10,
  /** How often a peer asks three others for the state of all peers. A state that changes is also sent at once. */
  REQUESTSTATEINFOINTERVAL: 4,
  /** How often a peer asks three others for certificates and blocks. It gets blocks from the orderer already. */
  PULLINTERVAL: 4,
} as const;

/**
 * How long a peer collects messages before it forwards them. With the 10 ms of core.yaml, an idle peer wakes up a hundred
 * times a second.
 */
const FORWARD_EVERY = '100ms';

/**
 * When a peer tries again to connect to another one. Peers connect to the anchor peers of other organisations when they join a channel or
 * start, all at the same time, and one that is not ready refuses. With the 25 s of core.yaml, clients that use service discovery
 * find no peers of the other organisation until then.
 */
const RECONNECT_AFTER = '1s';

/** Returns the number of peers that the network was made with. Peers that are added must not restart the others. */
function peersAtFirst({ orgs }: Pick<NetworkSpec, 'orgs'>): number {
  const first = orgs.filter(({ added }) => !added).flatMap(({ peers }) => peers);
  return first.filter(({ added }) => !added).length;
}

/** Returns the variables of every peer for gossip that leaves an idle machine idle, and that soon connects organisations. */
export function quietGossip(spec: Pick<NetworkSpec, 'orgs'>): Record<string, string> {
  const slower = Math.ceil(peersAtFirst(spec) / FEW_PEERS);
  const timers = slower > 1 ? Object.entries(TIMERS) : [];
  return Object.fromEntries(
    [
      ['MAXPROPAGATIONBURSTLATENCY', FORWARD_EVERY] as const,
      ['RECONNECTINTERVAL', RECONNECT_AFTER] as const,
      ...timers.map(([timer, seconds]) => [timer, `${slower * seconds}s`] as const),
    ].map(([name, value]) => [`CORE_PEER_GOSSIP_${name}`, value]),
  );
}
