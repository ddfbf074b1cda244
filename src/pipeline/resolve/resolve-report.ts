/** The report of `resolve` as data: where the peer was read from, which images it asks for, and what is wrong. */
import type { EngineApi } from '../fabric/engine-api.ts';
import type { ImageRole, TemplateVariable } from '../fabric/peer-release.ts';
import type { PeerVersion } from '../fabric/peer-version.ts';
import type { Resolution } from '../fabric/resolution.ts';

/** The two images that every Go chaincode needs. */
export type GoRole = Extract<ImageRole, 'builder' | 'runtime'>;

/** The peer that the report is about. */
export type Subject =
  | { readonly kind: 'container'; readonly name: string; readonly running: boolean; readonly ours: boolean }
  | { readonly kind: 'image'; readonly ref: string; readonly ours: boolean }
  /** A project's configuration and its source's core.yaml; nothing is built yet. */
  | { readonly kind: 'configuration'; readonly source: string };

/** Where the values compiled into the peer were read. */
export type VersionOrigin = 'peer version' | 'labels' | 'choices';

export interface ResolvedImage extends Resolution {
  /** Undefined if the peer's engine cannot be queried. */
  readonly present: boolean | undefined;
  readonly id: string | undefined;
  /** True if the image is absent and `up` will produce it. */
  readonly willBeMade: boolean;
}

export type CandidateReason = 'own-template' | 'repository' | 'tag' | 'namespace' | 'layers';

/** A local image that may be the intended one. */
export interface Candidate {
  readonly ref: string;
  readonly id: string;
  /** Reasons for the match. */
  readonly because: readonly CandidateReason[];
  /** True if more than the name matches, so that the image can replace the missing one. */
  readonly likely: boolean;
}

/** Why a candidate's tag differs from the wanted one. */
export type TagCause = 'latest-only' | 'architecture' | 'snapshot' | 'other';

interface Absent {
  readonly role: GoRole;
  readonly ref: string;
  readonly key: string;
  readonly variable: string;
  readonly origin: string;
  /** Template of the release's own core.yaml; undefined if the peer's is equal. */
  readonly ownTemplate: string | undefined;
  /** Command that gives this name to the likeliest image; undefined without one, or if the reference pins a digest. */
  readonly tagCommand: string | undefined;
  /** Whether `fabric-wizard build` produces this reference. */
  readonly madeHere: boolean;
  /** Most likely first. */
  readonly candidates: readonly Candidate[];
}

export type Problem =
  /** No local image has this reference or a similar one. */
  | (Absent & { readonly kind: `${GoRole}-absent` })
  /** A local image has the same repository and another tag. */
  | (Absent & { readonly kind: `${GoRole}-tag`; readonly cause: TagCause })
  /** A local image has the same repository and tag, in a namespace other than the compiled-in one. */
  | (Absent & { readonly kind: `${GoRole}-namespace`; readonly compiled: string })
  /** The reference contains an unknown `$(…)` variable. */
  | {
      readonly kind: `${GoRole}-variable`;
      readonly role: GoRole;
      readonly ref: string;
      readonly key: string;
      readonly variable: string;
      readonly origin: string;
      readonly unknown: readonly string[];
      readonly known: readonly TemplateVariable[];
      readonly release: string;
    }
  /** The reference is not valid. */
  | {
      readonly kind: `${GoRole}-invalid`;
      readonly role: GoRole;
      readonly ref: string;
      readonly key: string;
      readonly variable: string;
      readonly origin: string;
      /** Linker flags without a value. */
      readonly empty: readonly string[];
    }
  /** The peer's image is in another namespace than the one compiled into the peer. */
  | {
      readonly kind: 'namespace';
      readonly compiled: string;
      readonly image: string;
      readonly imageNamespace: string;
    }
  | {
      readonly kind: 'engine-api';
      readonly release: string;
      readonly peer: EngineApi;
      readonly engine: { readonly version: string; readonly api: string; readonly minApi: string };
      readonly side: 'engine-too-old' | 'engine-too-new';
      /** A newer patch release that works with an engine that is too new. */
      readonly newer: string | undefined;
    }
  /** The network of chaincode containers is absent, or chaincode cannot reach the peer from it. */
  | {
      readonly kind: 'network-mode';
      readonly mode: string;
      readonly origin: string;
      readonly exists: boolean;
      readonly attached: readonly string[];
    }
  /** Chaincode cannot reach the peer at the address that the peer gives it, in a network that both share. */
  | {
      readonly kind: 'peer-address';
      readonly address: string;
      readonly origin: string;
      readonly network: string;
      /** Name of the peer's container. */
      readonly name: string;
    }
  /** The peer builds and starts no chaincode. */
  | { readonly kind: 'dev-mode'; readonly origin: string }
  | {
      readonly kind: 'always-pull';
      readonly release: string;
      readonly ref: string;
      /** `release`: no configuration can prevent the pull. */
      readonly cause: 'release' | 'chaincode.pull';
    }
  | {
      readonly kind: 'architecture';
      readonly of: 'peer' | GoRole;
      readonly ref: string;
      readonly is: string;
      readonly should: string;
    }
  | { readonly kind: 'stale-chaincode'; readonly images: readonly string[]; readonly builder: string }
  /** The peer uses another engine than the one that was queried. */
  | {
      readonly kind: 'other-engine';
      readonly endpoint: string;
      readonly origin: string;
      readonly asked: string;
      readonly how: 'tcp' | 'other-socket' | 'not-mounted' | 'disabled';
      /** Path of the mounted socket on the host; undefined if none is mounted. */
      readonly hostPath: string | undefined;
    }
  /** `peer version` failed; labels and the image's name were used instead. */
  | { readonly kind: 'version-unknown'; readonly detail: string; readonly taken: VersionOrigin }
  /** The compiled-in version is not a known release. */
  | { readonly kind: 'release-guessed'; readonly version: string; readonly release: string }
  | { readonly kind: 'core-yaml-missing'; readonly path: string };

/** A repair that `resolve --fix` can do. */
export type Repair =
  /** Builds the missing image in this folder. */
  | { readonly kind: 'build' }
  /** Builds a runtime from Debian packages, under the reference that the peer asks for. */
  | { readonly kind: 'build'; readonly runtime: string }
  /** Tags a local image with the reference that the peer asks for. */
  | { readonly kind: 'tag'; readonly from: string; readonly to: string }
  /** Configures a local image for the peers of this folder's network, and recreates the peers. */
  | { readonly kind: 'override'; readonly role: GoRole; readonly ref: string };

export interface ResolveFinding {
  readonly severity: 'fail' | 'warn';
  readonly problem: Problem;
}

export interface RepairableFinding extends ResolveFinding {
  /** Most likely first. */
  readonly repairs: readonly Repair[];
}

export interface ResolveReport {
  /** True if there is no finding of severity `fail`. */
  readonly ok: boolean;
  readonly subject: Subject;
  readonly image: { readonly ref: string; readonly id: string | undefined };
  readonly version: PeerVersion & { readonly origin: VersionOrigin };
  /** Path of core.yaml in the container or image, or on this host. */
  readonly coreYaml: string;
  readonly builder: ResolvedImage;
  readonly runtime: ResolvedImage;
  /** Images for CAR, Java and Node.js chaincode, if the peer's configuration names them. */
  readonly others: readonly ResolvedImage[];
  readonly findings: readonly RepairableFinding[];
}
