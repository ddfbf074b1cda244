/** The state of a copy of a network that a command has begun. */

/** `running`: the command goes on; `interrupted`: it was killed, and the next run in the folder ends what it began. */
export type CopyState = 'running' | 'interrupted';
