/** The engine of this process, with those of its machines. */
import { DockerPort } from './docker-port.ts';
import { currentEngine, type EngineAddress } from './engine-address.ts';
import { MachinesPort } from './machines-port.ts';

/** Returns the engine at an address, with those of its machines. @param signal see `DockerPort` */
export function dockerAt(address: EngineAddress, signal?: AbortSignal): DockerPort {
  return address.machines ? new MachinesPort(address, signal) : new DockerPort(address, signal);
}

/**
 * Returns the engine of this process, without connecting to it.
 * @param signal see `DockerPort`
 * @throws WizardFailure `engine`: see `currentEngine`
 */
export async function currentDocker(signal?: AbortSignal): Promise<DockerPort> {
  return dockerAt(await currentEngine(), signal);
}
