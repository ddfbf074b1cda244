/** What `resolve` finds out, as data: where a peer was read from, what it asks for, and what is wrong. */
import type { EngineApi } from '../fabric/engine-api.ts';
import type { ImageRole, TemplateVariable } from '../fabric/peer-release.ts';
import type { PeerVersion } from '../fabric/peer-version.ts';
import type { Resolution } from '../fabric/resolution.ts';

/** The two images that Go chaincode cannot do without. */
export type GoRole = Extract<ImageRole, 'builder' | 'runtime'>;

/** What the answer was read from. */
export type Subject =
  | { readonly kind: 'container'; readonly name: string; readonly running: boolean; readonly ours: boolean }
  | { readonly kind: 'image'; readonly ref: string; readonly ours: boolean }
  /** Nothing is built yet: a folder's choices and its source's core.yaml. */
  | { readonly kind: 'configuration'; readonly source: string };

/** Where the values that are compiled in were read. */
export type VersionOrigin = 'peer version' | 'labels' | 'choices';

export interface ResolvedImage extends Resolution {
  /** Undefined where the peer's engine can't be asked. */
  readonly present: boolean | undefined;
  readonly id: string | undefined;
  /** Absent now, and `up` makes an image of this name. */
  readonly willBeMade: boolean;
}

export type CandidateReason = 'own-template' | 'repository' | 'tag' | 'namespace' | 'layers';

/** A local image that may be what a peer means. */
export interface Candidate {
  readonly ref: string;
  readonly id: string;
  /** What speaks for it. */
  readonly because: readonly CandidateReason[];
  /** More than a like name: it may be used in place of what is asked for. */
  readonly likely: boolean;
}

/** How a candidate's tag comes to differ from the one that is asked for. */
export type TagCause = 'latest-only' | 'architecture' | 'snapshot' | 'other';

interface Absent {
  readonly role: GoRole;
  readonly ref: string;
  readonly key: string;
  readonly variable: string;
  readonly origin: string;
  /** What the release's own core.yaml says, where the peer's says something else. */
  readonly ownTemplate: string | undefined;
  /** Whether `fabric-wizard build` makes an image of this name. */
  readonly madeHere: boolean;
  /** The likeliest first. */
  readonly candidates: readonly Candidate[];
}

export type Problem =
  /** Nothing here has this name, nor one that is nearly it. */
  | (Absent & { readonly code: `${GoRole}-absent` })
  /** The same repository, under another tag. */
  | (Absent & { readonly code: `${GoRole}-tag`; readonly cause: TagCause })
  /** The same repository and tag, in another namespace than the one compiled in. */
  | (Absent & { readonly code: `${GoRole}-namespace`; readonly compiled: string })
  /** `$(…)` is left in the reference. */
  | {
      readonly code: `${GoRole}-variable`;
      readonly role: GoRole;
      readonly ref: string;
      readonly key: string;
      readonly variable: string;
      readonly origin: string;
      readonly unknown: readonly string[];
      readonly known: readonly TemplateVariable[];
      readonly release: string;
    }
  /** No engine takes this for a reference. */
  | {
      readonly code: `${GoRole}-invalid`;
      readonly role: GoRole;
      readonly ref: string;
      readonly key: string;
      readonly variable: string;
      readonly origin: string;
      /** Linker flags that were not set. */
      readonly empty: readonly string[];
    }
  /** The peer's image is of one namespace, and it asks in another one. */
  | {
      readonly code: 'namespace';
      readonly compiled: string;
      readonly image: string;
      readonly imageNamespace: string;
    }
  | {
      readonly code: 'engine-api';
      readonly release: string;
      readonly peer: EngineApi;
      readonly engine: { readonly version: string; readonly api: string; readonly minApi: string };
      readonly side: 'engine-too-old' | 'engine-too-new';
    }
  /** Chaincode is to be attached to a network that is not there, or that the peer is not in. */
  | {
      readonly code: 'network-mode';
      readonly mode: string;
      readonly origin: string;
      readonly exists: boolean;
      readonly attached: readonly string[];
    }
  | {
      readonly code: 'always-pull';
      readonly release: string;
      readonly ref: string;
      /** `release`: it can't be helped by configuration. */
      readonly cause: 'release' | 'chaincode.pull';
    }
  | {
      readonly code: 'architecture';
      readonly of: 'peer' | GoRole;
      readonly ref: string;
      readonly is: string;
      readonly should: string;
    }
  | { readonly code: 'stale-chaincode'; readonly images: readonly string[]; readonly builder: string }
  /** The peer's engine is not the one that was asked. */
  | {
      readonly code: 'other-engine';
      readonly endpoint: string;
      readonly origin: string;
      readonly asked: string;
      readonly how: 'tcp' | 'other-socket' | 'not-mounted' | 'disabled';
      /** The socket on the host, where one is mounted. */
      readonly hostPath: string | undefined;
    }
  /** `peer version` could not be had: labels and the image's name stand in. */
  | { readonly code: 'version-unknown'; readonly detail: string; readonly taken: VersionOrigin }
  /** The version compiled in is none of a release. */
  | { readonly code: 'release-guessed'; readonly version: string; readonly release: string }
  | { readonly code: 'core-yaml-missing'; readonly path: string };

/** Something that `--fix` does about a problem. */
export type Repair =
  /** Builds what is missing, in this folder. */
  | { readonly kind: 'build' }
  /** Makes a runtime of Debian packages, under the name that the peer asks for. */
  | { readonly kind: 'build'; readonly runtime: string }
  /** Gives an image that is there the name that the peer asks for. */
  | { readonly kind: 'tag'; readonly from: string; readonly to: string }
  /** Tells the peers of this folder's network an image that is there, and makes them anew. */
  | { readonly kind: 'override'; readonly role: GoRole; readonly ref: string };

export interface Finding {
  readonly severity: 'fail' | 'warn';
  readonly problem: Problem;
}

export interface RepairableFinding extends Finding {
  /** What can be done from here, the likeliest first. */
  readonly repairs: readonly Repair[];
}

export interface ResolveReport {
  /** Nothing is certain to go wrong. */
  readonly ok: boolean;
  readonly subject: Subject;
  readonly image: { readonly ref: string; readonly id: string | undefined };
  readonly version: PeerVersion & { readonly origin: VersionOrigin };
  /** Where core.yaml was read: a path in the container or image, or on this host. */
  readonly coreYaml: string;
  readonly builder: ResolvedImage;
  readonly runtime: ResolvedImage;
  /** For CAR, Java and Node, where the peer's configuration has them. */
  readonly others: readonly ResolvedImage[];
  readonly findings: readonly RepairableFinding[];
}
