/** Runs the `peer` command in the CLI container, as an organisation's admin. */
import { stripVTControlCharacters } from 'node:util';
import { type LogTail, WizardFailure } from '../core/failure.ts';
import { lastWords, quoted, READ_LINES } from '../core/last-words.ts';
import type { Phrase } from '../core/phrase.ts';
import { shellLine } from '../core/shell-text.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { statusOf } from '../engine/engine-answers.ts';
import type { ContainerInfo, ExecResult } from '../engine/engine-types.ts';
import { isNodeOf, LABEL } from '../engine/labels.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { adminEnv, CLI_CRYPTO, CLI_HOME, cliCrypto } from './cli-environment.ts';
import { ordererAdminMsp, peerDir } from './crypto-layout.ts';
import { deadlineOf } from './deadlines.ts';
import { shownLine } from './gateway-record.ts';
import {
  addressInside,
  firstOrderer,
  type NetworkSpec,
  type OrdererSpec,
  type PeerSpec,
} from './network-spec.ts';
import { repeated } from './repeated-command.ts';

export interface ProjectOnEngine {
  readonly docker: Pick<DockerPort, 'listContainers'>;
  readonly project: string;
}

/** Returns every node container of the project. After an interrupted compose a node may have two. */
export async function listNodes({ docker, project }: ProjectOnEngine): Promise<ContainerInfo[]> {
  const all = await docker.listContainers({
    label: [`${LABEL.project}=${project}`, `${LABEL.role}=node`],
  });
  return all.filter((container) => isNodeOf(container, project));
}

/** Returns the project's node containers by node name. */
export async function nodeContainers(project: ProjectOnEngine): Promise<Map<string, ContainerInfo>> {
  return nodesByName(await listNodes(project));
}

/** @param nodes node containers of one project */
export function nodesByName(nodes: readonly ContainerInfo[]): Map<string, ContainerInfo> {
  return new Map(nodes.map((container) => [container.labels[LABEL.node] ?? container.name, container]));
}

/** Returns `-o … --tls --cafile …`. */
export function ordererFlags(spec: NetworkSpec, orderer: OrdererSpec): string[] {
  return [
    '-o',
    addressInside(orderer),
    ...(spec.tls ? ['--tls', '--cafile', cliCrypto(spec).ordererCa] : []),
  ];
}

/** Returns `--peerAddresses … --tlsRootCertFiles …`. */
export function endorserFlags(spec: NetworkSpec, peer: PeerSpec): string[] {
  const root = `${CLI_CRYPTO}/${peerDir(spec, peer)}/tls/ca.crt`;
  return ['--peerAddresses', addressInside(peer), ...(spec.tls ? ['--tlsRootCertFiles', root] : [])];
}

export interface PeerCommandOptions {
  /** Sets the log level to info, for releases that print the result in the log. */
  readonly logging?: 'info';
  /** Where the command looks for the source of a chaincode. */
  readonly gopath?: string;
  /** For commands that the orderers answer: repeats the command while they have no leader. */
  readonly awaitLeader?: true;
  /** Runs the command as the admin of the orderers' organisation. */
  readonly asOrderer?: boolean;
  /** For a command that may fail after it has done its work: whether it has. */
  readonly isDone?: () => Promise<boolean>;
  /** For `run`: output of a failed command that is an answer and no failure. */
  readonly accepts?: RegExp;
}

/** Returns the variables of a client that acts as the admin of the orderers' organisation. */
export function ordererAdmin(spec: NetworkSpec): Record<string, string> {
  return {
    CORE_PEER_LOCALMSPID: spec.ordererMspId,
    CORE_PEER_MSPCONFIGPATH: `${CLI_CRYPTO}/${ordererAdminMsp(spec)}`,
  };
}

/** Answers of the engine for a container that does not run, or that is gone. */
const REFUSES_COMMANDS = [404, 409];

/** How long commands that are refused for the moment are repeated. */
const REFUSED_MS = 30_000;

export interface PeerCli {
  /** The orderer that commands are sent to: the first one that runs. */
  readonly orderer: OrdererSpec;
  /**
   * Runs `peer ARGS` against `peer` as the admin of its organisation. Does not throw for an exit code.
   * @throws WizardFailure `timeout` if the orderers elect no leader, or if a node that runs accepts no connection
   */
  readonly ask: (
    peer: PeerSpec,
    args: readonly string[],
    options?: PeerCommandOptions,
  ) => Promise<ExecResult>;
  /** Like `ask`, but throws a `WizardFailure` with the output and the nodes' last lines if the command fails. */
  readonly run: (
    peer: PeerSpec,
    args: readonly string[],
    options?: PeerCommandOptions,
  ) => Promise<ExecResult>;
}

interface AskedNetwork {
  readonly docker: Pick<DockerPort, 'exec'>;
  readonly spec: NetworkSpec;
}

interface AskOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Runs `peer ARGS` in the CLI container against `peer`, as the admin of its organisation. Does not throw for an exit
 * code.
 * @param cli id of the CLI container
 */
export function askPeer(
  network: AskedNetwork,
  cli: string,
  peer: PeerSpec,
  args: readonly string[],
  options: AskOptions,
): Promise<ExecResult> {
  return runAsAdmin(network, cli, peer, ['peer', ...args], options);
}

/** Like `askPeer`, for any command that calls `peer`. */
export function runAsAdmin(
  { docker, spec }: AskedNetwork,
  cli: string,
  peer: PeerSpec,
  command: readonly string[],
  options: AskOptions,
): Promise<ExecResult> {
  const own = adminEnv(spec, peer, { crypto: CLI_CRYPTO, address: addressInside(peer) });
  return docker.exec(cli, command, {
    env: { ...own, ...options.env },
    workdir: CLI_HOME,
    signal: options.signal,
  });
}

export interface CliNetwork {
  readonly docker: Pick<DockerPort, 'listContainers' | 'exec' | 'execInShell' | 'logTail'>;
  readonly project: string;
  readonly spec: NetworkSpec;
  readonly settings: { readonly release: Pick<BuildSettings['release'], 'logging'> };
}

export function ordererNames({ orderers }: Pick<NetworkSpec, 'orderers'>): string[] {
  return orderers.map(({ name }) => name);
}

/** Returns the CLI container. @throws WizardFailure `check` if it is not running */
export async function cliContainer(network: Parameters<typeof nodeContainers>[0]): Promise<ContainerInfo> {
  return runningCli(await nodeContainers(network));
}

function runningCli(nodes: ReadonlyMap<string, ContainerInfo>): ContainerInfo {
  const cli = nodes.get('cli');
  if (cli?.state === 'running') return cli;
  throw new WizardFailure({
    kind: 'check',
    what: { key: 'thing.cli' },
    expected: { key: 'state.running' },
    got: cli?.status ?? { key: 'state.absent' },
  });
}

/**
 * @param known the project's containers, if they have just been listed
 * @param atMost for many commands: so many run at once, in shells that stay for the next one
 * @throws WizardFailure `check` if the CLI container is not running
 */
export async function peerCli(
  network: CliNetwork,
  signal: AbortSignal,
  known?: ReadonlyMap<string, ContainerInfo>,
  atMost?: number,
): Promise<PeerCli> {
  const nodes = known ?? (await nodeContainers(network));
  const cli = runningCli(nodes);
  const { spec } = network;
  const orderer =
    spec.orderers.find(({ name }) => nodes.get(name)?.state === 'running') ?? firstOrderer(spec);
  const { docker } = network;
  const exec: typeof docker.exec =
    atMost === undefined
      ? (...call) => docker.exec(...call)
      : (id, command, how) => docker.execInShell(id, command, { ...how, atMost });
  const logging = network.settings.release.logging.peer;
  const askOnce: PeerCli['ask'] = async (peer, args, options) => {
    const env = {
      ...(options?.logging ? { [logging.variable]: logging[options.logging] } : {}),
      // The command asks `go env` three times, which would run the C compiler for flags that are not used.
      ...(options?.gopath ? { GOPATH: options.gopath, CC: 'true' } : {}),
      ...(options?.asOrderer ? ordererAdmin(spec) : {}),
    };
    const call = () => askPeer({ docker: { exec }, spec }, cli.id, peer, args, { env, signal });
    try {
      return await call();
    } catch (error) {
      if (!REFUSES_COMMANDS.includes(statusOf(error) ?? 0)) throw error;
      // The engine has not run the command, so it can be repeated if the container runs again.
      await cliContainer(network);
      return call();
    }
  };
  const ask: PeerCli['ask'] = (peer, args, options) => {
    const asked = [peer.name, orderer.name];
    return repeated({
      ask: () => askOnce(peer, args, options),
      peer: peer.name,
      awaitsLeader: options?.awaitLeader ?? false,
      ...(options?.isDone ? { isDone: options.isDone } : {}),
      isUp: async () => {
        const containers = await nodeContainers(network);
        return asked.every((name) => containers.get(name)?.state === 'running');
      },
      deadlineMs: deadlineOf(spec, REFUSED_MS),
      signal,
      evidence: () => nodeLogs(network, [peer.name, ...ordererNames(spec)]),
    });
  };
  return {
    orderer,
    ask,
    run: async (peer, args, options) => {
      const result = await ask(peer, args, options);
      const accepts = options?.accepts;
      if (result.exitCode === 0 || (accepts && outputLines(result).some((line) => accepts.test(line))))
        return result;
      throw await peerFailure(network, peer, args, result, [peer.name, orderer.name]);
    },
  };
}

/** Returns the failure of `peer ARGS`, with the last lines of nodes. @param nodes their names */
export async function peerFailure(
  network: Parameters<typeof nodeLogs>[0],
  peer: PeerSpec,
  args: readonly string[],
  result: ExecResult,
  nodes: readonly string[] = [peer.name],
): Promise<WizardFailure> {
  return cliFailure(
    ['peer', ...args],
    { key: 'where.cli-to', org: peer.org, peer: peer.name },
    result,
    await nodeLogs(network, nodes),
  );
}

/** Returns the failure of a command in the CLI container. @param nodes the last lines of nodes that were asked */
export function cliFailure(
  command: readonly string[],
  where: Phrase,
  result: ExecResult,
  nodes?: readonly LogTail[],
): WizardFailure {
  return new WizardFailure({
    kind: 'command',
    command: shellLine(command),
    where,
    exitCode: result.exitCode,
    tail: outputTail(result),
    ...(nodes ? { nodes } : {}),
  });
}

export function outputLines(result: ExecResult): string[] {
  return `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '');
}

/** Number of lines that a failure keeps of a command's output. */
const KEPT_LINES = 40;
/** What `go build -v` prints of each package; a chaincode's build has hundreds. */
const PACKAGE_LINE = /^[\w.~-]+(?:\/[\w.~-]+)+$/;
/** Begins the help that `peer` prints after some errors. */
const HELP_LINE = /^Usage:/;

/** Returns the last lines of the output that say something, for a failure. */
export function outputTail(result: ExecResult): string[] {
  const lines = outputLines(result);
  const help = lines.findIndex((line) => HELP_LINE.test(line));
  return (help > 0 ? lines.slice(0, help) : lines)
    .filter((line) => !PACKAGE_LINE.test(line))
    .slice(-KEPT_LINES)
    .map(quoted);
}

/** Returns the last lines of these nodes, for a failure. */
export async function nodeLogs(
  project: ProjectOnEngine & { readonly docker: Pick<DockerPort, 'logTail'> },
  nodes: readonly string[],
): Promise<LogTail[]> {
  const containers = await nodeContainers(project);
  return Promise.all(
    nodes.map(async (name) => {
      const container = containers.get(name);
      const lines = container ? await project.docker.logTail(container.id, READ_LINES).catch(() => []) : [];
      const readable = lines.map((line) => shownLine(name, line));
      const shown = lastWords(readable, container?.state !== 'running');
      return { name: `${name} (${container?.status ?? 'absent'})`, lines: shown };
    }),
  );
}

/** Returns the channels that a peer has joined. */
export async function joinedChannels(cli: PeerCli, peer: PeerSpec): Promise<string[]> {
  return channelsIn(outputLines(await cli.run(peer, ['channel', 'list'], { logging: 'info' })));
}

/** A channel name alone on a line, or, in 1.0, as the whole message of a log line. */
const CHANNEL_LINE = /^(?:.* INFO \w+ )?([a-z][a-z0-9.-]*)$/;

/** Parses the output of `peer channel list` of any release. */
export function channelsIn(lines: readonly string[]): string[] {
  return lines
    .map((line) => CHANNEL_LINE.exec(stripVTControlCharacters(line).trim())?.[1])
    .filter((name) => name !== undefined);
}
