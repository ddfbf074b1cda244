/** The shape of a symptom and of the evidence that symptoms are matched against. */
import type { CheckId } from '../core/check-id.ts';
import type { DiagnosisFacts, LogSource, SymptomId } from '../core/diagnosis-types.ts';
import type { DoctorCheck } from '../core/doctor-report.ts';
import type { PeerImageStatus } from '../resolve/peer-images.ts';

export interface LogExcerpt {
  readonly source: LogSource;
  /** Name of the container; empty for the failure itself. */
  readonly name: string;
  readonly lines: readonly string[];
}

export interface ContainerSummary {
  /** Name on the engine. */
  readonly name: string;
  /** Name of the node, for containers of this network. */
  readonly node?: string;
  readonly state: string;
  /** Status text of the engine, e.g. "Exited (137) 2 seconds ago". */
  readonly status: string;
  /** Ports that the container publishes on this host. */
  readonly ports: readonly number[];
  /** For ended nodes: whether the kernel ended it because its memory was used up; undefined if that is not known. */
  readonly outOfMemory?: boolean;
  /** For nodes: whether it accepts connections; undefined if that is not known. */
  readonly listens?: boolean;
}

/** State collected when a stage failed. Every part may be empty: the engine may not have answered in time. */
export interface Evidence {
  readonly logs: readonly LogExcerpt[];
  /** Last lines of every node's log, regardless of their age. For display only, never matched against symptoms. */
  readonly lastLines: readonly { readonly node: string; readonly lines: readonly string[] }[];
  readonly peerImages: readonly PeerImageStatus[];
  /** Every container on the engine. */
  readonly containers: readonly ContainerSummary[];
  /** Name of the network that chaincode containers should join. */
  readonly network: string;
  /** Nodes that connect to other nodes through a proxy. */
  readonly proxied: readonly string[];
  /** Warnings of the checks before the run. */
  readonly warnings: readonly DoctorCheck[];
  /** Address of the engine, if its ports are not those of this host. */
  readonly elsewhere?: string;
}

export const NO_EVIDENCE: Evidence = {
  logs: [],
  lastLines: [],
  peerImages: [],
  containers: [],
  network: '',
  proxied: [],
  warnings: [],
};

export interface PatternMatch {
  /** Name of the node or container whose log matched; empty for the failure itself. */
  readonly name: string;
  /** Named groups of the pattern. */
  readonly facts: DiagnosisFacts;
  /** All lines of the excerpt, for patterns that depend on a second line. */
  readonly lines: readonly string[];
}

export interface Symptom {
  readonly id: SymptomId;
  /** Sources in which a match counts. Other sources may mention the same text in passing. */
  readonly sources: readonly LogSource[];
  /** One match is enough. Named groups become facts. */
  readonly patterns: readonly RegExp[];
  /**
   * 4: a root cause that produces other symptoms, 3: names the thing, 2: names its kind, 1: has many possible causes.
   */
  readonly weight: 1 | 2 | 3 | 4;
  /** Checks that foresee it: if one of them warned before the run, the symptom is preferred to others of its weight. */
  readonly checks?: readonly CheckId[];
  /**
   * Tells similar cases apart by the state of the engine.
   * @returns the facts, with more of them if known; undefined if this is another case
   */
  readonly confirm?: (match: PatternMatch, evidence: Evidence) => DiagnosisFacts | undefined;
}

/** What a peer writes about a failed build, and what its command writes if `go list` fails before an install. */
const CHAINCODE_BUILD = /Error returned from build:|Error obtaining (?:imports|dependencies)/;

/** Whether these lines are about a build of chaincode. */
export function isChaincodeBuild(lines: readonly string[]): boolean {
  return lines.some((line) => CHAINCODE_BUILD.test(line));
}
