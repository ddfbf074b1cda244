/** A machine of a network in a Swarm that does not answer, or that the Swarm does not treat as usual. */
import { shellLine } from './shell-text.ts';

/** State of a node whose machine does not answer. */
export const UNREACHABLE = 'unreachable';

export interface MachineTrouble {
  readonly machine: string;
  /**
   * `unreachable`: its engine does not answer. `down`: its engine answers, but the Swarm has lost it. `drain`, `pause`: a user
   * has set it so.
   */
  readonly state: 'unreachable' | 'down' | 'drain' | 'pause';
  /** Since when it does not answer, in milliseconds since the epoch; absent if that is not known. */
  readonly since?: number;
}

/** Returns the command that shows or changes what the Swarm does with a machine; undefined for one that does not answer. */
export function machineCommand({ machine, state }: MachineTrouble): string | undefined {
  switch (state) {
    case 'unreachable':
      return undefined;
    case 'down':
      return 'docker node ls';
    default:
      return shellLine(['docker', 'node', 'update', '--availability', 'active', machine]);
  }
}
