/** What a symptom is, and what it is looked for in. */

/** Facts that a text or the engine gives: names of images, ports, files, as words need them. */
export type Facts = Readonly<Record<string, string>>;

/**
 * Who said a line: the failure itself (a command's output, the engine's or compose's answer), a node's log, a
 * chaincode container's.
 */
export type LogSource = 'failure' | 'node' | 'chaincode';

export interface LogExcerpt {
  readonly source: LogSource;
  /** Name of the container, or empty for the failure itself. */
  readonly name: string;
  readonly lines: readonly string[];
}

/** An image that the peers ask for when chaincode is built. */
export interface AskedImage {
  readonly role: 'builder' | 'runtime';
  readonly ref: string;
  /** The key of core.yaml that it was made of, or the environment variable that took its place. */
  readonly key: string;
  readonly here: boolean;
  /** What was built or found for this role, by the name that it has on this engine. */
  readonly own: string;
}

export interface ContainerSummary {
  /** As it is called on the engine. */
  readonly name: string;
  /** Name of our node; absent for a container that is none. */
  readonly node?: string;
  readonly state: string;
  /** The engine's own phrase, e.g. "Exited (137) 2 seconds ago". */
  readonly status: string;
  /** Ports of this host that it publishes. */
  readonly ports: readonly number[];
}

/** What was looked at when a stage failed. Everything may be empty: the engine may not have answered in time. */
export interface Evidence {
  readonly logs: readonly LogExcerpt[];
  /** The last lines of every node's log, whenever they were written: to be shown, and no evidence. */
  readonly lastLines: readonly { readonly node: string; readonly lines: readonly string[] }[];
  readonly asked: readonly AskedImage[];
  /** Every container of the engine. */
  readonly containers: readonly ContainerSummary[];
  /** The network that the chaincode containers should join. */
  readonly network: string;
}

export const NO_EVIDENCE: Evidence = {
  logs: [],
  lastLines: [],
  asked: [],
  containers: [],
  network: '',
};

export interface SignMatch {
  /** Named groups of the pattern. */
  readonly facts: Facts;
  /** All lines among which the line stands, for patterns that need a second one. */
  readonly lines: readonly string[];
}

export interface Symptom {
  readonly id: string;
  /** Who counts as a witness; others may say the same in passing. */
  readonly sources: readonly LogSource[];
  /** Any of these; their named groups are facts. */
  readonly signs: readonly RegExp[];
  /** 4: a cause of which others are consequences, 3: names the thing, 2: names the kind, 1: what many causes look like. */
  readonly weight: 1 | 2 | 3 | 4;
  /** Tells look-alikes apart by what the engine has: the facts with more of them, or undefined where it is another case. */
  readonly confirm?: (found: SignMatch, evidence: Evidence) => Facts | undefined;
}
