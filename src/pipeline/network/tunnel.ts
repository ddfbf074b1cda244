/** PURE: how clients of this host reach ports that are published on the host of an engine elsewhere. */
import { isSsh, sharesHost, sshTarget, sshWords } from '../core/engine-origin.ts';
import { shellLine } from '../core/shell-text.ts';
import { type NetworkSpec, publishedPorts } from './network-spec.ts';

export interface Tunnel {
  /** Host of the engine. */
  readonly host: string;
  /** `ssh`: the engine is reached in the same way; `other`: whether the host has SSH is not known. */
  readonly kind: 'ssh' | 'other';
  /** Command that runs as long as the tunnel exists. */
  readonly command: string;
}

/**
 * Returns the tunnel after which every published port of the network is a port of this host.
 * @param endpoint address of the engine
 * @returns undefined if the engine publishes ports on this host
 */
export function tunnelTo(endpoint: string, spec: NetworkSpec): Tunnel | undefined {
  if (sharesHost({ endpoint }) || !URL.canParse(endpoint)) return undefined;
  const { host } = sshTarget(endpoint);
  const ports = [...new Set(publishedPorts(spec).map((each) => each.port))].sort((a, b) => a - b);
  const forwarded = ports.flatMap((each) => ['-L', `${each}:127.0.0.1:${each}`]);
  const kind = isSsh({ endpoint }) ? 'ssh' : 'other';
  return { host, kind, command: shellLine(sshWords(endpoint, ['-N', ...forwarded])) };
}
