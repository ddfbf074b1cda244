/** PURE: finds nodes by the names that users type. */
import { WizardFailure } from '../core/failure.ts';

/**
 * Returns the node that a name means: its whole name, its first labels (`peer0.org1`), or its first letters.
 * @param again returns the user's command with another name, for the commands to try next
 * @throws WizardFailure `usage` if no node or several nodes have such a name
 */
export function nodeNamed(name: string, nodes: readonly string[], again: (name: string) => string): string {
  const candidates = [
    nodes.filter((node) => node === name),
    nodes.filter((node) => node.startsWith(`${name}.`)),
    nodes.filter((node) => name !== '' && node.startsWith(name)),
  ].find((found) => found.length > 0);
  const [node, ...others] = candidates ?? [];
  if (node !== undefined && others.length === 0) return node;
  const offered = candidates ?? nodes;
  throw new WizardFailure({
    kind: 'usage',
    message: {
      key: candidates ? 'usage.ambiguous-node' : 'usage.unknown-node',
      name,
      nodes: offered.join(', '),
    },
    next: [...offered.slice(0, 1).map(again), 'fabric-wizard status'],
  });
}
