/** Hooks: commands of fabric-wizard.yaml that run on this host when something has happened to the network, or will. */

export const HOOK_EVENTS = ['after-start', 'after-proof', 'before-down'] as const;
export type HookEvent = (typeof HOOK_EVENTS)[number];

export interface Hook {
  /** A line for `sh`. */
  readonly command: string;
  /** `hooks.after-start`, `hooks.after-start[1]` */
  readonly key: string;
  /** Its position: `fabric-wizard.yaml:3:7`. */
  readonly where: string;
}

/** The hooks of a file by their events, in the order in which they run. */
export type Hooks = Readonly<Partial<Record<HookEvent, readonly Hook[]>>>;

/** A hook ended with another exit code than 0. */
export interface HookFailure extends Hook {
  readonly kind: 'hook';
  readonly exitCode: number;
  /** Last lines of its output. */
  readonly tail: readonly string[];
  /** Commands that the user can run instead. */
  readonly next: readonly string[];
}
