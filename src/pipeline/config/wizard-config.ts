/** The type of the configuration. */
import type { Consensus } from '../fabric/release-facts.ts';

/** Every choice of the user. The default of an optional field depends on the source or the folder. */
export interface WizardConfig {
  /** `auto`, `sample`, a tag, or an absolute path. */
  readonly source: string;
  readonly fabricVersion?: string;
  readonly dockerNs?: string;
  readonly baseDockerNs?: string;
  readonly baseVersion?: string;
  readonly dockerLabel: string;
  readonly commitSha?: string;
  /** Separated by blanks or commas; may be empty. */
  readonly goTags: string;
  readonly link?: 'static' | 'dynamic';
  /** Dockerfiles of images from 2.0 on: `own` are this program's, `upstream` the checkout's. */
  readonly dockerfiles: 'own' | 'upstream';
  readonly base: 'auto' | 'local' | 'pull' | 'debian';
  readonly builderImage?: string;
  readonly runtimeImage?: string;
  /** Image in which peers compile chaincode: a reference, or `core.yaml` for the value in that file. */
  readonly chaincodeBuilder: string;
  /** Image on which peers run Go chaincode: a reference, or `core.yaml` for the value in that file. */
  readonly chaincodeRuntime: string;
  /** Number of organisations with peers. */
  readonly orgs: number;
  /** Organisations with names of their own, see `organisationsOf`; empty: `orgs` of them. */
  readonly organisations: string;
  /** Number of peers of each organisation that does not say it. */
  readonly peers: number;
  readonly orderers: number;
  readonly consensus?: Consensus;
  readonly tls: boolean;
  readonly couchdb: boolean;
  /** Overrides the release's default. */
  readonly couchdbImage?: string;
  /** Names of the channels. */
  readonly channel: string;
  /** Channels with members or policies of their own, see `channelsOf`; empty: those of `channel`, with all peers. */
  readonly channels: string;
  readonly project?: string;
  readonly portBase: number;
  readonly jobs: number;
  /** Absolute path or URL. */
  readonly chaintool?: string;
  /** Absolute path. */
  readonly chaincode?: string;
  /** Whether each peer builds the chaincode of the smoke test; otherwise one builds it for all that can run its image. */
  readonly proveEveryPeer: boolean;
  /** Whether peers reach the engine through the gateway; otherwise each has the engine's socket. */
  readonly gateway: boolean;
  /** Timers of gossip between peers: `quiet` are for peers that share a machine, `default` those of core.yaml. */
  readonly gossip: 'quiet' | 'default';
  /** Whether nodes collect metrics, which a Prometheus of the network reads. */
  readonly metrics: boolean;
  /** Image of Prometheus; default: the first one that can be had. */
  readonly metricsImage?: string;
  /** Whether each organisation with peers has a Fabric CA. */
  readonly ca: boolean;
  /** What makes the certificates of the network: with `ca`, each organisation has a Fabric CA. */
  readonly identities: 'cryptogen' | 'ca';
  /** Checkout of Fabric CA: `auto`, a tag, or an absolute path. */
  readonly caSource: string;
  /** Whether the nodes run on several machines of a Docker Swarm. */
  readonly swarm: boolean;
  /** Machines of the organisations, see `placementRules`; empty: they are spread. */
  readonly placement: string;
  /** Addresses of the machines' engines, see `machineAddresses`; empty: those that follow from the selected engine. */
  readonly machines: string;
  /** Registry through which machines get images, with an optional path; absent: images are copied from engine to engine. */
  readonly registry?: string;
}
