/** Which container a shell for a node runs in, and with which variables. */
import { WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { statusOf } from '../engine/engine-answers.ts';
import { adminEnv, CLI_CRYPTO, CLI_HOME } from './cli-environment.ts';
import { addressInside, allPeers, type NetworkSpec } from './network-spec.ts';

export interface NodeShell {
  /** Name of the node whose container it is. */
  readonly node: string;
  readonly env: Readonly<Record<string, string>>;
  readonly workdir?: string;
}

/** The first shell that the image has; it replaces this one. */
export const SHELL: readonly string[] = [
  'sh',
  '-c',
  'if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi',
];

/** Debian's prompt shows the first variable, and other shells show the second one. */
function promptEnv(name: string): Record<string, string> {
  return { debian_chroot: name, PS1: `(${name}) # ` };
}

/** A shell in the node's own container, which has the node's variables. */
export function ownShell(node: string): NodeShell {
  return { node, env: promptEnv(node) };
}

/**
 * A shell in the CLI container whose `peer` speaks with this peer, as the admin of its organisation.
 * @returns undefined if the node is no peer
 */
export function adminShell(spec: NetworkSpec, node: string): NodeShell | undefined {
  const peer = allPeers(spec).find(({ name }) => name === node);
  if (!peer) return undefined;
  const client = adminEnv(spec, peer, { crypto: CLI_CRYPTO, address: addressInside(peer) });
  return { node: 'cli', env: { ...promptEnv(`cli: ${node}`), ...client }, workdir: CLI_HOME };
}

/** The failure for a node whose image has no shell. */
export function noShell(node: string): WizardFailure {
  return new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.no-shell', node },
    next: ['fabric-wizard shell cli', `fabric-wizard logs ${node}`],
  });
}

/** Exit codes for a program that cannot be run: 126 and 127, as in a shell. */
const CANNOT_RUN = [126, 127];

/** Returns whether a running container has a shell. */
export async function hasShell(
  docker: Pick<DockerPort, 'exec'>,
  container: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { exitCode } = await docker.exec(container, ['sh', '-c', 'exit 0'], { direct: true, signal });
    return !CANNOT_RUN.includes(exitCode);
  } catch (error) {
    // Some engines refuse to start a program that the image does not have.
    if (statusOf(error) === undefined) throw error;
    return false;
  }
}
