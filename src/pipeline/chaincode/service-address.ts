/** The address of a chaincode as a service, as its peers reach it. */
import { hasNodesHere } from '../core/engine-origin.ts';
import { WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';

/** Addresses of this host. Programs print that of all interfaces when they listen on it. */
const LOCAL = /^(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\]):/i;
/** A name of the host that some engines give to every container. */
const HOST = 'host.docker.internal';

/** Whether an address is one of the host that the user works on, which is another one in a container. */
export function isLocalAddress(address: string): boolean {
  return LOCAL.test(address);
}

export function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1);
}

/** Returns where the user's process registers: the hub has this port of 127.0.0.1. */
export function ownHubAddress(service: string): string {
  return `localhost:${portOf(service)}`;
}

/** Returns the address of the gateway in the content of `/proc/net/route`. */
export function gatewayIn(routes: string): string | undefined {
  const fields = routes.split('\n').map((line) => line.split(/\s+/));
  const hex = fields.find(([, destination]) => destination === '00000000')?.[2];
  // The bytes are in the order of the processor.
  const bytes = hex?.match(/../g)?.reverse() ?? [];
  return bytes.length === 4 ? bytes.map((byte) => Number.parseInt(byte, 16)).join('.') : undefined;
}

/**
 * Returns the address under which containers of the network reach an address of this host. Other addresses stay.
 * @param cliId id of the CLI container
 * @throws WizardFailure `usage` if the engine is on another host
 */
export async function addressForPeers(
  { docker, signal }: { readonly docker: Pick<DockerPort, 'exec' | 'address'>; readonly signal: AbortSignal },
  cliId: string,
  address: string,
): Promise<string> {
  if (!isLocalAddress(address)) return address;
  const port = portOf(address);
  if (!hasNodesHere(docker.address))
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.service-here', address, endpoint: docker.address.endpoint },
      next: [`fabric-wizard chaincode deploy NAME --service HOST:${port}`],
    });
  const named = await docker.exec(cliId, ['getent', 'hosts', HOST], { signal });
  if (named.exitCode === 0) return `${HOST}:${port}`;
  const { stdout } = await docker.exec(cliId, ['cat', '/proc/net/route'], { signal });
  const gateway = gatewayIn(stdout);
  return gateway === undefined ? address : `${gateway}:${port}`;
}

/** Returns the environment from which a process takes where it listens, and which package it serves. */
export function serviceVariables(listens: string, packageId: string): Record<string, string> {
  return {
    CHAINCODE_SERVER_ADDRESS: listens,
    CHAINCODE_ID: packageId,
    CORE_CHAINCODE_ID_NAME: packageId,
  };
}

/** Returns where a process registers, and as which chaincode. @param address of the hub */
export function registrationVariables(address: string, registered: string): Record<string, string> {
  return {
    CORE_PEER_ADDRESS: address,
    CORE_CHAINCODE_ID_NAME: registered,
    CORE_PEER_TLS_ENABLED: 'false',
  };
}
