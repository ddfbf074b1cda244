/** PURE: short names of nodes. */
import { GATEWAY, isGateway } from '../pipeline/network/network-spec.ts';
import type { NodeState } from '../pipeline/network/network-state.ts';
import { cleanLine } from '../report/terminal-text.ts';

/** Terminals of at least this width show full node names. */
const WIDEST_COLUMNS = 100;

/** `peer0.org1` for `peer0.org1.example.com`, and `ca.org1`: several organisations have a CA. */
export function shortNode(node: string): string {
  const [host = '', org = ''] = node.split('.');
  return /^(?:peer\d|ca$)/.test(host) && org !== '' ? `${host}.${org}` : host;
}

/** `peer0.org1@machine1` */
export function placedName(peer: string, machine: string | undefined): string {
  return machine === undefined ? shortNode(peer) : `${shortNode(peer)}@${cleanLine(machine)}`;
}

/** Beside the machine, the gateway of a machine needs no other name. */
export function labelOf({ node, machine }: NodeState, columns: number): string {
  if (columns >= WIDEST_COLUMNS) return node;
  return machine !== undefined && isGateway(node) ? GATEWAY : shortNode(node);
}
