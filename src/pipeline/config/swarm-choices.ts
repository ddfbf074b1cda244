/** PURE: the choices that are about a Swarm, and their texts. */
import type { ConfigIssue } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { isRemoteEndpoint } from '../core/remote-endpoint.ts';

const NEED_SWARM = ['placement', 'machines', 'registry'] as const;

/**
 * Returns the issue of a choice that a network in a Swarm does not have, or of a flag that only such a network uses. In the
 * file it can stay, as an image that is not used now.
 * @param isFlag whether a flag has the value of a choice
 * @param where as in `ConfigIssue`, of a choice
 */
export function swarmIssue(
  {
    swarm,
    ca,
    identities,
  }: { readonly swarm: boolean; readonly ca: boolean; readonly identities: 'cryptogen' | 'ca' },
  isFlag: (field: (typeof NEED_SWARM)[number]) => boolean,
  where: (field: 'ca' | 'identities') => Text,
): ConfigIssue | undefined {
  if (swarm && ca) {
    const chosen = identities === 'ca' ? 'identities' : 'ca';
    return {
      path: chosen,
      message: { key: 'issue.ca-in-swarm' },
      where: where(chosen),
      fix: { key: chosen === 'ca' ? 'suggest.no-ca' : 'suggest.cryptogen' },
    };
  }
  const path = swarm ? undefined : NEED_SWARM.find(isFlag);
  if (path === undefined) return undefined;
  return { path, message: { key: 'issue.needs-swarm' }, where: `--${path}`, fix: { key: 'suggest.swarm' } };
}

/** Name in `placement` of what belongs to no organisation of peers. */
export const ORDERERS = 'orderers';

/** Where the nodes of an organisation run. */
export interface PlacementRule {
  /** `Org1`, or `orderers`; upper and lower case make no difference. */
  readonly owner: string;
  /** Name of a machine; absent: any machine with the label. */
  readonly machine?: string;
  /** Label of Swarm nodes, as `docker node update --label-add` sets it. */
  readonly label?: { readonly name: string; readonly value: string };
}

const RULE = /^([A-Za-z][A-Za-z0-9-]*)=(?:label:([\w.-]+)=([\w.-]+)|([A-Za-z0-9][\w.-]*))$/i;

/** Returns the parts of a text `key=value, ...`. */
export function listParts(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** @returns undefined if the text is no list of rules, or has two for one owner */
export function placementRules(text: string): readonly PlacementRule[] | undefined {
  const rules = listParts(text).map((part): PlacementRule | undefined => {
    const [, named, name, value, machine] = RULE.exec(part) ?? [];
    if (named === undefined) return undefined;
    const owner = named;
    return machine === undefined
      ? { owner, label: { name: name ?? '', value: value ?? '' } }
      : { owner, machine };
  });
  const known = rules.filter((rule) => rule !== undefined);
  const owners = new Set(known.map(({ owner }) => owner.toLowerCase()));
  return known.length === rules.length && owners.size === known.length ? known : undefined;
}

const ADDRESS = /^([A-Za-z0-9][\w.-]*)=([^\s,]+)$/;

/** A Unix socket can be the end of a tunnel to another machine. */
function isEndpoint(text: string): boolean {
  return /^unix:\/\/\/./.test(text) || isRemoteEndpoint(text);
}

/** Returns the addresses of engines by the names of their machines. @returns undefined if the text is no list of them */
export function machineAddresses(text: string): ReadonlyMap<string, string> | undefined {
  const parts = listParts(text);
  const known = parts.flatMap((part): [string, string][] => {
    const [, name = '', endpoint = ''] = ADDRESS.exec(part) ?? [];
    return isEndpoint(endpoint) ? [[name, endpoint]] : [];
  });
  const addresses = new Map(known);
  return known.length === parts.length && addresses.size === known.length ? addresses : undefined;
}
