/** The network in the state file: `status`, `logs` and `env` read it instead of the source. */
import * as z from 'zod/mini';
import { type NetworkSpec, ORDERER_ORG } from './network-spec.ts';
import { UNRECORDED_PORTS } from './port-scheme.ts';

/** A spec without `channelCreation` is of a version that knew one channel only. */
const savedSpec = z.custom<NetworkSpec>(
  (value) => typeof value === 'object' && value !== null && 'channelCreation' in value,
);

/** Adds the ports inside to a spec of a version that recorded none. */
function withPortsInside(spec: NetworkSpec): NetworkSpec {
  if (spec.ports) return spec;
  return {
    ...spec,
    orderers: spec.orderers.map((orderer) => ({ ...orderer, listens: UNRECORDED_PORTS.orderer })),
    orgs: spec.orgs.map((org) => ({
      ...org,
      peers: org.peers.map((peer) => ({ ...peer, listens: UNRECORDED_PORTS.peer })),
    })),
  };
}

/** The organisation of the orderers, as specs of earlier versions have it. */
interface OneOrdererOrg {
  readonly ordererMspId?: string;
}

/** Adds the organisation of the orderers to a spec of a version that knew one only. */
function withOrdererOrgs(spec: NetworkSpec & OneOrdererOrg): NetworkSpec {
  const { ordererMspId: mspId } = spec;
  if (mspId === undefined) return spec;
  const org = { ...ORDERER_ORG, mspId, domain: spec.domain };
  return {
    ...spec,
    ordererOrgs: [org],
    orderers: spec.orderers.map((orderer) => ({ ...orderer, org: org.name })),
  };
}

export const SAVED_NETWORK = {
  key: 'network',
  schema: z.object({
    spec: z.pipe(
      savedSpec,
      z.transform((spec) => withOrdererOrgs(withPortsInside(spec))),
    ),
    version: z.string(),
  }),
} as const;

export type SavedNetwork = Readonly<z.infer<typeof SAVED_NETWORK.schema>>;
