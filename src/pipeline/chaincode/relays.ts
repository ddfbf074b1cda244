/**
 * PURE: peers without external builders reach the process of a chaincode through relays. They install a relay in place of the
 * chaincode, and each relay connects its peer to the hub beside the process.
 */
import type { ReleaseFacts } from '../fabric/release-facts.ts';
import { packageLabel } from './chaincode-version.ts';
import type { DeployPlan } from './deploy-plan.ts';

/** Whether peers of a release need relays. */
export function hasRelays({ externalBuilders }: Pick<ReleaseFacts, 'externalBuilders'>): boolean {
  return !externalBuilders;
}

/** Returns the id of what peers install: that of the package or, of a relay, `basic_4f9a81c0d3e7:2-4f9a81c0d3e7`. */
export function servedId(
  { name, version, digest }: Pick<DeployPlan, 'name' | 'version' | 'digest'>,
  given: object | { readonly id: string },
): string {
  return 'id' in given ? given.id : `${packageLabel(name, digest)}:${version}`;
}

/** Returns the name under which a process registers: `basic:2-4f9a81c0d3e7`. @param id see `servedId` */
export function registeredName(name: string, id: string): string {
  return `${name}:${id.slice(id.indexOf(':') + 1)}`;
}
