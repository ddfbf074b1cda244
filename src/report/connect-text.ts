/** Text that tells how to use a running network: addresses, MSPs, files for programs and shell variables. */
import type { ClientOrg, ConnectedOrg, Connection } from '../pipeline/network/connection.ts';
import { clientExamples } from './client-examples.ts';
import type { Style } from './style.ts';
import { renderTable } from './tables.ts';
import { wrapCommand } from './terminal-text.ts';

const INDENT = '  ';

function indentedTable(rows: readonly (readonly string[])[]): string[] {
  return renderTable(rows)
    .split('\n')
    .map((row) => INDENT + row);
}

function commandLine(line: string, { strong, command }: Style): string {
  return INDENT + strong(command(line));
}

/** Returns the command that sets the shell variables of an organisation's administrator. */
function envCommand({ name }: ClientOrg, style: Style): string {
  return commandLine(`eval "$(fabric-wizard env ${name.toLowerCase()})"`, style);
}

/**
 * One row for the first orderer and for the first peer of each organisation: address, MSP and name. A Prometheus is the
 * last one, with its page.
 */
export function renderEndpoints({ orderers, orgs, metrics }: Connection, { dim }: Style): readonly string[] {
  const rows = [orderers, ...orgs].flatMap(({ mspId, nodes }) =>
    nodes.slice(0, 1).map(({ node, address }) => [address, mspId, dim(node)]),
  );
  return [...indentedTable(rows), ...(metrics?.url ? [`${INDENT}${metrics.url}  ${dim(metrics.node)}`] : [])];
}

/** The same addresses and MSPs in one line. */
export function endpointsLine({ orderers, orgs, metrics }: Connection, { symbol }: Style): string {
  const endpoints = [orderers, ...orgs].flatMap(({ mspId, nodes }) =>
    nodes.slice(0, 1).map(({ address }) => `${address} ${mspId}`),
  );
  return [...endpoints, ...(metrics?.url ? [metrics.url] : [])].join(` ${symbol.dot} `);
}

function title({ channels }: Connection, { strong, t }: Style): string {
  return strong(t('connect.channel', { count: channels.length, channel: channels.join(', ') }));
}

/**
 * Says how clients of this host reach ports of other hosts.
 * @param columns width of a screen: the command is broken so that a shell accepts its lines
 */
export function renderTunnels(
  tunnels: Connection['tunnels'],
  style: Style,
  columns?: number,
): readonly string[] {
  const { t, dim } = style;
  return tunnels.flatMap(({ host, machine, kind, command }) => {
    const key = kind === 'ssh' ? 'connect.tunnel' : 'connect.tunnel-other';
    const lines = columns === undefined ? [command] : wrapCommand(command, columns - INDENT.length, INDENT);
    const shown = machine === undefined ? t(key, { host }) : t(`${key}-machines`, { host, machine });
    return [`${INDENT}${dim(shown)}`, ...lines.map((line) => commandLine(line, style))];
  });
}

/** The addresses of the peers that a run has added, and the tunnel that has their ports. */
export function renderAdded({ added = [], tunnels }: Connection, style: Style): readonly string[] {
  if (added.length === 0) return [];
  const { t, dim, strong, warn, symbol } = style;
  return [
    strong(t('connect.added', { count: added.length })),
    ...indentedTable(added.map(({ node, address, operations = '' }) => [node, address, dim(operations)])),
    ...(tunnels.length > 0 ? [`${INDENT}${warn(`${symbol.warn} ${t('connect.tunnel-changed')}`)}`] : []),
    ...renderTunnels(tunnels, style),
  ];
}

/** The endpoints, the folder with the certificates, and the commands: what a client needs first. */
export function renderConnection(connection: Connection, style: Style): readonly string[] {
  const { t, dim } = style;
  const { certificates, orgs } = connection;
  return [
    title(connection, style),
    ...renderEndpoints(connection, style),
    ...renderTunnels(connection.tunnels, style),
    `${INDENT}${dim(t('connect.certificates'))} ${certificates}`,
    ...orgs.slice(0, 1).flatMap((org) => [`${INDENT}${dim(t('connect.env'))}`, envCommand(org, style)]),
    `${INDENT}${dim(t('connect.programs'))}`,
    commandLine('fabric-wizard connect', style),
  ];
}

function renderOrg(org: ConnectedOrg, name: string, { t, dim, strong }: Style): string[] {
  return [
    '',
    strong(`${name} (${org.mspId})`),
    ...indentedTable(org.nodes.map(({ node, address, operations = '' }) => [node, address, dim(operations)])),
    ...(org.tlsCa === undefined ? [] : [`${INDENT}${dim(t('connect.tls-ca'))} ${org.tlsCa}`]),
    `${INDENT}${dim(t('connect.admin'))} ${org.admin}`,
  ];
}

/** The files that programs of an organisation read. */
function renderFiles({ files, ca }: ClientOrg, { t, dim }: Style): string[] {
  const rows = [
    [t('connect.profile'), files.profile],
    [t('connect.profile'), files.profileYaml],
    ...(files.gateway === undefined ? [] : [[t('connect.gateway'), files.gateway]]),
    [t('connect.wallet', { users: files.identities.join(', ') }), files.wallet],
    ...(ca
      ? [
          [t('connect.ca'), `${ca.url} ${ca.node}`],
          [t('connect.ca-admin'), ca.admin],
        ]
      : []),
  ];
  return rows.map(([label = '', path = '']) => `${INDENT}${dim(label)} ${path}`);
}

function renderMetrics({ metrics }: Connection, { t, dim, strong }: Style): string[] {
  if (!metrics) return [];
  return [
    '',
    strong(t('connect.metrics')),
    `${INDENT}${dim(t('connect.metrics-page'))} ${metrics.url ?? t('connect.metrics-down')}`,
    `${INDENT}${dim(t('connect.metrics-dashboard'))} ${metrics.dashboard}`,
  ];
}

/** Five lines of a program in each language, for the first organisation. */
function renderExamples(
  connection: Connection,
  { t, dim, strong }: Style,
  chaincode: string | undefined,
): string[] {
  return connection.orgs
    .slice(0, 1)
    .flatMap((org) =>
      clientExamples(connection, org, chaincode).flatMap(({ language, install, lines }) => [
        '',
        `${strong(t('connect.example', { language, org: org.name }))} ${dim(`(${install})`)}`,
        ...lines.map((line) => INDENT + line),
      ]),
    );
}

/** What is known of the running network. */
export interface ConnectionFacts {
  /** Name of a chaincode that runs, for the examples. */
  readonly chaincode: string | undefined;
  /** Whether its nodes are of the practice source, whose protocol is its own. */
  readonly practice: boolean;
}

/**
 * Everything that a client needs: for each organisation and for the orderers, and examples. Paths are not cut.
 * @param columns width of a screen
 */
export function renderConnections(
  connection: Connection,
  style: Style,
  { chaincode, practice }: ConnectionFacts,
  columns?: number,
): readonly string[] {
  const { t } = style;
  return [
    title(connection, style),
    ...(practice ? [t('connect.practice')] : []),
    ...renderTunnels(connection.tunnels, style, columns),
    ...(connection.otherPorts ? [t('connect.no-discovery')] : []),
    ...connection.orgs.flatMap((org) => [
      ...renderOrg(org, org.name, style),
      ...renderFiles(org, style),
      envCommand(org, style),
    ]),
    ...renderOrg(connection.orderers, t('connect.orderers'), style),
    ...renderMetrics(connection, style),
    ...renderExamples(connection, style, chaincode),
  ];
}
