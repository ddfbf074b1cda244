/** Text that tells how to use a running network: addresses, MSPs, TLS files and shell variables. */
import type { ConnectedOrg, Connection } from '../pipeline/network/connection.ts';
import type { Style } from './style.ts';
import { renderTable } from './tables.ts';

const INDENT = '  ';

function indentedTable(rows: readonly (readonly string[])[]): string[] {
  return renderTable(rows)
    .split('\n')
    .map((row) => INDENT + row);
}

/** Returns the command that sets the shell variables of an organisation's administrator. */
function envCommand({ name = '' }: ConnectedOrg, { strong, command }: Style): string {
  return INDENT + strong(command(`eval "$(fabric-wizard env ${name.toLowerCase()})"`));
}

/** One row for the first orderer and for the first peer of each organisation: address, MSP and name. */
export function renderEndpoints({ orderers, orgs }: Connection, { dim }: Style): readonly string[] {
  return indentedTable(
    [orderers, ...orgs].flatMap(({ mspId, nodes }) =>
      nodes.slice(0, 1).map(({ node, address }) => [address, mspId, dim(node)]),
    ),
  );
}

/** The same addresses and MSPs in one line. */
export function endpointsLine({ orderers, orgs }: Connection, { symbol }: Style): string {
  const endpoints = [orderers, ...orgs].flatMap(({ mspId, nodes }) =>
    nodes.slice(0, 1).map(({ address }) => `${address} ${mspId}`),
  );
  return endpoints.join(` ${symbol.dot} `);
}

function title({ channels }: Connection, { strong, t }: Style): string {
  return strong(t('connect.channel', { channel: channels.join(', ') }));
}

/** The endpoints, the folder with the certificates, and the command: what a client needs first. */
export function renderConnection(connection: Connection, style: Style): readonly string[] {
  const { t, dim } = style;
  const { certificates, orgs } = connection;
  return [
    title(connection, style),
    ...renderEndpoints(connection, style),
    `${INDENT}${dim(t('connect.certificates'))} ${certificates}`,
    ...orgs.slice(0, 1).flatMap((org) => [`${INDENT}${dim(t('connect.env'))}`, envCommand(org, style)]),
  ];
}

/** Everything that a client needs, for each organisation and for the orderers. Paths are not cut. */
export function renderConnections(connection: Connection, style: Style): readonly string[] {
  const { t, dim, strong } = style;
  const org = (each: ConnectedOrg, name: string) => [
    '',
    strong(`${name} (${each.mspId})`),
    ...indentedTable(each.nodes.map(({ node, address }) => [node, address])),
    ...(each.tlsCa === undefined ? [] : [`${INDENT}${dim(t('connect.tls-ca'))} ${each.tlsCa}`]),
    `${INDENT}${dim(t('connect.admin'))} ${each.admin}`,
    ...(each.name === undefined ? [] : [envCommand(each, style)]),
  ];
  return [
    title(connection, style),
    ...connection.orgs.flatMap((each) => org(each, each.name ?? '')),
    ...org(connection.orderers, t('connect.orderers')),
  ];
}
