/** `connect` and `env`: write the files that clients of the network need, and print them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import { shellQuoted, shellWord } from '../pipeline/core/shell-text.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import { projectNetworkDir, STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { isPracticeNetwork } from '../pipeline/journal/run-record.ts';
import { STATE_KEYS } from '../pipeline/journal/state-keys.ts';
import { readFact, recordedState } from '../pipeline/journal/wizard-state.ts';
import { clientEnv } from '../pipeline/network/client-env.ts';
import { writeClientFiles } from '../pipeline/network/client-files.ts';
import {
  type ClientOrg,
  type Connection,
  connectionOf,
  type VersionedNetwork,
} from '../pipeline/network/connection.ts';
import { enrolledIdentities } from '../pipeline/network/identity-files.ts';
import { engineForClients, otherEngine } from '../pipeline/network/network-engine.ts';
import type { NetworkSpec, OrgSpec } from '../pipeline/network/network-spec.ts';
import { nodeContainers } from '../pipeline/network/peer-cli.ts';
import { SAVED_NETWORK } from '../pipeline/network/saved-network.ts';
import { type ConnectionFacts, renderConnections, renderTunnels } from '../report/connect-text.ts';
import { renderOtherEngine } from '../report/other-engine-text.ts';
import type { Style } from '../report/style.ts';
import { orgNamed } from './chaincode-network.ts';
import { commandWith } from './command-with.ts';
import { columnsOf, printJson, styleFor, type Terminal, writeToStderr, writeToStdout } from './terminal.ts';
import { noNetwork, usage } from './usage-failure.ts';

/** Time limit for the engine: these commands do not need it. */
const GLANCE_MS = 1000;

/** Says on stderr if `docker` in this shell uses another engine than that of the network. */
async function noteOtherEngine(terminal: Terminal): Promise<void> {
  const docker = await currentDocker();
  await docker.version(GLANCE_MS);
  const other = await otherEngine(docker, recordedState(await readState(terminal.dir)));
  const style = styleFor(terminal, process.stderr);
  for (const line of renderOtherEngine(other, style, columnsOf(process.stderr))) writeToStderr(line);
}

/** Says on stderr what a program must know besides the data on stdout: the tunnel, and that the engine is another one. */
async function tellBesideData(terminal: Terminal, { tunnels }: Connection): Promise<void> {
  for (const line of renderTunnels(tunnels, styleFor(terminal, process.stderr))) writeToStderr(line);
  // Without an engine the data are the same.
  await noteOtherEngine(terminal).catch(() => undefined);
}

/** Returns the connection without the address of a Prometheus that does not run: another program can have its port. */
async function withoutStopped(dir: string, connected: ConnectedNetwork): Promise<Connection> {
  const { connection, network } = connected;
  const { metrics } = connection;
  if (!metrics) return connection;
  const docker = await currentDocker();
  await docker.version(GLANCE_MS);
  if (await otherEngine(docker, recordedState(await readState(dir)))) return connection;
  const nodes = await nodeContainers({ docker, project: network.spec.project });
  if (nodes.get(metrics.node)?.state === 'running') return connection;
  const { url: _, ...stopped } = metrics;
  return { ...connection, metrics: stopped };
}

interface ConnectedNetwork {
  readonly network: VersionedNetwork;
  /** Folder with the network's files. */
  readonly folder: string;
  readonly connection: Connection;
  readonly facts: ConnectionFacts;
}

/**
 * Writes the files of the folder's network for clients.
 * @throws WizardFailure `usage` if there is no network, or if a certificate is missing
 */
async function connectNetwork(dir: string): Promise<ConnectedNetwork> {
  const state = await readState(dir);
  const network = readFact(state, SAVED_NETWORK);
  if (!network) throw noNetwork(dir);
  const folder = projectNetworkDir(dir);
  await writeClientFiles(network, folder);
  const chaincode = readFact(state, STATE_KEYS.keptChaincode);
  const practice = await isPracticeNetwork(join(dir, STATE_FOLDER));
  const engine = await engineForClients(recordedState(state), GLANCE_MS);
  const connection = await withIdentities(connectionOf(network, folder, engine), network.spec, folder);
  return { network, folder, connection, facts: { chaincode, practice } };
}

/** What the screens show of a connection. */
interface ConnectionText {
  /** @param columns width of the screen */
  readonly lines: (columns?: number) => readonly string[];
  readonly tunnels: Connection['tunnels'];
}

/** Writes the files, and returns what the screens show of them. @throws WizardFailure `usage` */
export async function connectionText(dir: string, style: Style): Promise<ConnectionText> {
  const connected = await connectNetwork(dir);
  const shown = await withoutStopped(dir, connected).catch(() => connected.connection);
  return {
    lines: (columns) => renderConnections(shown, style, connected.facts, columns),
    tunnels: shown.tunnels,
  };
}

/** @throws WizardFailure `usage` if the network has no such organisation */
function organisationOf(
  { network, connection }: ConnectedNetwork,
  name: string | undefined,
  command: string,
): { readonly org: OrgSpec; readonly connected: ClientOrg } {
  const { spec } = network;
  const wanted = name ?? spec.orgs[0]?.name ?? '';
  const org = orgNamed({ spec }, wanted, (known) => `fabric-wizard ${command} ${known}`);
  const connected = connection.orgs[spec.orgs.indexOf(org)];
  if (!connected) throw new Error(`no files for ${org.name}`);
  return { org, connected };
}

/** @throws WizardFailure `usage` if the identity is not enrolled here */
async function requireIdentity(folder: string, org: OrgSpec, name: string): Promise<void> {
  const names = await enrolledIdentities(folder, org);
  if (names.includes(name)) return;
  throw usage(
    { key: 'usage.no-identity', name, org: org.name, names: names.join(', ') || '-' },
    `fabric-wizard identity enroll ${shellWord(name)} --org ${org.name}`,
    'fabric-wizard identity list',
  );
}

/** Returns the connection with the identities that are enrolled here. */
async function withIdentities(
  connection: Connection,
  { orgs }: NetworkSpec,
  folder: string,
): Promise<Connection> {
  const connected = connection.orgs.map(async (org, index) => {
    const spec = orgs[index];
    const names = spec ? await enrolledIdentities(folder, spec) : [];
    return { ...org, files: { ...org.files, identities: [...org.files.identities, ...names] } };
  });
  return { ...connection, orgs: await Promise.all(connected) };
}

export const FORMATS = ['env', 'json', 'yaml'] as const;

function isFormat(format: string): format is (typeof FORMATS)[number] {
  return FORMATS.some((known) => known === format);
}

function printEnv(terminal: Terminal, values: Readonly<Record<string, string>>): void {
  const line = ([key, value]: readonly [string, string]) => `export ${key}=${shellQuoted(value)}\n`;
  if (terminal.json) printJson(values);
  else writeToStdout(Object.entries(values).map(line).join(''));
}

/** `env [ORG]`, which is also `connect [ORG] --format env`. */
export async function env(
  terminal: Terminal,
  orgName: string | undefined,
  { command = 'env', identity }: { readonly command?: string; readonly identity?: string | undefined } = {},
): Promise<number> {
  const connected = await connectNetwork(terminal.dir);
  const organisation = organisationOf(connected, orgName, command);
  const { network, connection, folder } = connected;
  const parts = { connection, connected: organisation.connected };
  if (identity !== undefined) await requireIdentity(folder, organisation.org, identity);
  const values = clientEnv(network.spec, organisation.org, { ...parts, identity }, folder);
  await tellBesideData(terminal, connection);
  printEnv(terminal, values);
  return EXIT.done;
}

export async function connect(
  terminal: Terminal,
  orgName: string | undefined,
  format: string | undefined,
): Promise<number> {
  if (format !== undefined && !isFormat(format))
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.unknown-format', format, formats: FORMATS.join(', ') },
      next: FORMATS.map((known) => commandWith(format, known) ?? `fabric-wizard connect --format ${known}`),
    });
  if (format === 'env') return env(terminal, orgName, { command: 'connect' });
  const network = await connectNetwork(terminal.dir);
  const { facts } = network;
  const { connected } = organisationOf(network, orgName, 'connect');
  if (format !== undefined) {
    await tellBesideData(terminal, network.connection);
    const { profile, profileYaml } = connected.files;
    writeToStdout(await readFile(format === 'json' ? profile : profileYaml, 'utf8'));
    return EXIT.done;
  }
  await noteOtherEngine(terminal).catch(() => undefined);
  // Without an engine nothing is known of what runs.
  const connection = await withoutStopped(terminal.dir, network).catch(() => network.connection);
  const shown = orgName === undefined ? connection : { ...connection, orgs: [connected] };
  const style = styleFor(terminal, process.stdout);
  if (terminal.json) printJson(shown);
  else writeToStdout(`${renderConnections(shown, style, facts).join('\n')}\n`);
  return EXIT.done;
}
