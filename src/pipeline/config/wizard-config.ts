import type { Consensus } from '../fabric/release-facts.ts';

/** Every choice of the user. A field that may be absent has a default that depends on the source or the folder. */
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
  /** Of the images of 2.0 and later: ours, or the checkout's own. */
  readonly dockerfiles: 'own' | 'upstream';
  readonly base: 'auto' | 'local' | 'pull' | 'debian';
  readonly builderImage?: string;
  readonly runtimeImage?: string;
  /** What peers are told to compile chaincode in: a reference, or `core.yaml` for what that says. */
  readonly chaincodeBuilder: string;
  /** What peers are told to put Go chaincode on, likewise. */
  readonly chaincodeRuntime: string;
  readonly orgs: number;
  /** Of each organisation. */
  readonly peers: number;
  readonly orderers: number;
  readonly consensus?: Consensus;
  readonly tls: boolean;
  readonly couchdb: boolean;
  /** In place of the line's own. */
  readonly couchdbImage?: string;
  readonly channel: string;
  readonly project?: string;
  readonly portBase: number;
  readonly jobs: number;
  /** Absolute path or URL. */
  readonly chaintool?: string;
  /** Absolute path. */
  readonly chaincode?: string;
  /** In the smoke test each peer builds the chaincode; else one does, for all that can start its image. */
  readonly proveEveryPeer: boolean;
}
