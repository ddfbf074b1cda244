/** Machines with an engine each that form a Docker Swarm. They share no folder of this one but the programs, and no port. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { cleanUpRunner } from '../../scripts/command-line.mjs';
import { startSwarmIn } from '../../scripts/machines/swarm.mjs';

export interface SwarmMachine {
  /** Its host name, and the name of its node. */
  readonly name: string;
  /** Its address, which this machine and the others reach. */
  readonly host: string;
  /** The address of its engine. */
  readonly tcp: string;
  /** A client of its engine that needs no network. It stays the same when the machine starts again. */
  readonly engine: Docker;
  /** Runs a program on the machine. @returns its output */
  readonly inside: (program: string, ...args: readonly string[]) => Promise<string>;
  /** Copies images of the default engine. */
  readonly copyImages: (refs: readonly string[]) => Promise<void>;
  /** Disconnects the machine from the others and from this one, or connects it again. */
  readonly setLink: (state: 'up' | 'down') => Promise<void>;
  /** Ends its engine and all containers at once, as a power failure does. */
  readonly kill: () => Promise<void>;
  /** Starts it again with the same data, after `kill`. Without a manager, a worker takes 20 s for each container. */
  readonly start: () => Promise<void>;
}

export interface SwarmOfMachines {
  /** `machine1` is the manager, `machine2` and following are workers. */
  readonly machines: readonly SwarmMachine[];
  /** Ends the machines and removes everything. */
  readonly stop: () => Promise<void>;
}

/** @param count of machines, at most 13 */
export async function startSwarmMachines(count: number): Promise<SwarmOfMachines> {
  const folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-swarm-'));
  const names = Array.from({ length: count }, (_, index) => `machine${index + 1}`);
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const { machines, stop } = await startSwarmIn({ folder, names, run: cleanUpRunner() });
    return { machines, stop: () => stop().then(removeFolder) };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
