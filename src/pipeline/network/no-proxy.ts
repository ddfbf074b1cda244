/**
 * PURE: proxy variables of nodes. Compose puts the `proxies` of docker's config.json into every container, and a Go
 * program then connects to the nodes of its own network through the proxy.
 */
import type { NetworkSpec, NodeSpec } from './network-spec.ts';

/** Variables that name a proxy; programs read the lower case too. */
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];

/** Returns the domains of all nodes. */
export function domainsOf({
  domain,
  orgs,
  ordererOrgs,
}: Pick<NetworkSpec, 'domain' | 'orgs' | 'ordererOrgs'>): string[] {
  return [...new Set([domain, ...[...ordererOrgs, ...orgs].map((org) => org.domain)])];
}

/** Returns the variables that keep the names of the network away from any proxy. They override docker's config.json. */
export function withoutProxy(domains: readonly string[], couchdb?: NodeSpec): Record<string, string> {
  const names = [
    'localhost',
    '127.0.0.1',
    ...domains.map((domain) => `.${domain}`),
    ...(couchdb ? [couchdb.name] : []),
  ].join(',');
  return { NO_PROXY: names, no_proxy: names };
}

/** Whether a list like `NO_PROXY` contains a host or its domain, as Go reads it: `*`, `example.com` or `.example.com`. */
function covers(noProxy: string, host: string): boolean {
  return noProxy
    .split(',')
    .map((entry) => entry.trim().replace(/^\*?\./, ''))
    .some((entry) => entry === '*' || (entry !== '' && (entry === host || host.endsWith(`.${entry}`))));
}

/** Whether a program with this environment connects to a host through a proxy. */
export function usesProxy(env: Readonly<Record<string, string>>, host: string): boolean {
  const given = (name: string) => env[name] || env[name.toLowerCase()] || '';
  return PROXIES.some((name) => given(name) !== '') && !covers(given('NO_PROXY'), host);
}
