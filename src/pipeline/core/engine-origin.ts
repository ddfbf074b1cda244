/** The address of the Docker Engine, and what names it. */
import type { Phrase } from './phrase.ts';
import { unreachable } from './unreachable.ts';

export const UNIX = 'unix://';
export const DEFAULT_ENDPOINT = `${UNIX}/var/run/docker.sock`;

/** Returns the path of a Unix socket; undefined for an engine that is reached in another way. */
export function socketPathOf(endpoint: string): string | undefined {
  return endpoint.startsWith(UNIX) ? endpoint.slice(UNIX.length) : undefined;
}

export function isSsh({ endpoint }: { readonly endpoint: string }): boolean {
  return endpoint.startsWith('ssh://');
}

/** Where `ssh` connects to. Empty texts are up to its configuration. */
export interface SshTarget {
  readonly host: string;
  readonly port: string;
  readonly user: string;
}

/** @param endpoint `ssh://[user@]host[:port][/path]` */
export function sshTarget(endpoint: string): SshTarget {
  const { hostname, port, username } = new URL(endpoint);
  // A URL has an IPv6 address in brackets.
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port, user: decodeURIComponent(username) };
}

/**
 * Returns the words of a command by which the user connects to the host of an engine. How to log in to the host of an engine
 * behind TCP is up to the configuration of `ssh`.
 */
export function sshWords(
  endpoint: string,
  options: readonly string[] = [],
  command: readonly string[] = [],
): string[] {
  const { host, port, user } = sshTarget(endpoint);
  const destination = user === '' ? host : `${user}@${host}`;
  const login = isSsh({ endpoint }) && port !== '' ? ['-p', port] : [];
  // Else `ssh` would take it for an option.
  const end = destination.startsWith('-') ? ['--'] : [];
  return ['ssh', ...options, ...login, ...end, destination, ...command];
}

/**
 * Whether containers can mount the files of this machine, and whether their published ports are ports of this machine. An
 * engine behind TCP or SSH is treated as another machine, whatever its address.
 */
export function sharesHost({ endpoint }: { readonly endpoint: string }): boolean {
  return socketPathOf(endpoint) !== undefined;
}

/** An engine of a Swarm, besides the selected one. */
export interface Machine {
  /** Host name of the node in the Swarm. */
  readonly name: string;
  /** As in `EngineAddress`. */
  readonly endpoint: string;
  readonly certificates?: string;
  readonly unverified?: boolean;
}

/** The machines of a network in a Swarm. */
export interface Machines {
  /** Name of the machine of the selected engine. */
  readonly selected: string;
  readonly others: readonly Machine[];
}

/** Whether this machine has the files and the ports of all nodes of a network. */
export function hasNodesHere(address: { readonly endpoint: string; readonly machines?: Machines }): boolean {
  return sharesHost(address) && address.machines === undefined;
}

/**
 * Whether an engine runs on this machine itself. One that runs in a virtual machine can have its socket on this machine.
 * @param hosts names of the engine's host and of this one
 */
export function runsHere(
  address: { readonly endpoint: string },
  hosts: { readonly engine: string; readonly here: string },
): boolean {
  return sharesHost(address) && hosts.engine === hosts.here;
}

/** Path of the socket of an engine on another host, such as the virtual machine of Docker Desktop, unless its address names one. */
const USUAL_SOCKET = '/var/run/docker.sock';

/** Returns the path of the engine's socket on the host of an engine that runs on another host. */
export function socketElsewhere(endpoint: string): string {
  const path = isSsh({ endpoint }) ? new URL(endpoint).pathname : '';
  return path === '' || path === '/' ? USUAL_SOCKET : decodeURIComponent(path);
}

/** What names the address. */
export type EngineOrigin =
  /** The variable `DOCKER_HOST`. */
  | { readonly kind: 'variable' }
  /** A context of docker; `from` is `DOCKER_CONTEXT`, or the path of docker's configuration file. */
  | { readonly kind: 'context'; readonly name: string; readonly from: string }
  /** Nothing: docker's default address. */
  | { readonly kind: 'default' }
  /** Another machine of the network. */
  | { readonly kind: 'machine'; readonly name: string }
  /** Nothing, and only the socket of this user's rootless engine answers. */
  | { readonly kind: 'rootless' };

/** Returns what names the address, to be shown beside it. */
export function originText(origin: EngineOrigin): Phrase {
  switch (origin.kind) {
    case 'variable':
      return { key: 'engine-from.variable' };
    case 'context':
      return { key: 'engine-from.context', name: origin.name, from: origin.from };
    case 'default':
      return { key: 'engine-from.default' };
    case 'rootless':
      return { key: 'engine-from.rootless' };
    case 'machine':
      return { key: 'engine-from.machine', name: origin.name };
    default:
      return unreachable(origin);
  }
}

/** Returns the command after which docker's client uses its default address again. */
export function toDefaultEngine(origin: EngineOrigin | undefined): string | undefined {
  switch (origin?.kind) {
    case 'variable':
      return 'unset DOCKER_HOST';
    case 'context':
      return origin.from === 'DOCKER_CONTEXT' ? 'unset DOCKER_CONTEXT' : 'docker context use default';
    default:
      return undefined;
  }
}
