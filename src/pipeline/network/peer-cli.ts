/** The `peer` command in the CLI container, as an organisation's admin. */
import { stripVTControlCharacters } from 'node:util';
import type { RunContext } from '../context/run-context.ts';
import { type LogTail, WizardFailure } from '../core/failure.ts';
import type { ContainerInfo, ExecResult } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { peerDir } from './crypto-layout.ts';
import { adminEnv, CLI_CRYPTO, CLI_HOME, cliCrypto } from './network-files.ts';
import { firstOrderer, type NetworkSpec, type PeerSpec } from './network-spec.ts';

/** Our node containers, by node name. */
export async function nodeContainers(
  bench: Pick<RunContext, 'docker' | 'project'>,
): Promise<Map<string, ContainerInfo>> {
  const all = await bench.docker.listContainers({
    label: [`${LABEL.project}=${bench.project}`, `${LABEL.role}=node`],
  });
  return new Map(all.map((container) => [container.labels[LABEL.node] ?? container.name, container]));
}

/** `-o … --tls --cafile …` */
export function ordererFlags(spec: NetworkSpec): string[] {
  return [
    '-o',
    `${firstOrderer(spec).name}:7050`,
    ...(spec.tls ? ['--tls', '--cafile', cliCrypto(spec).ordererCa] : []),
  ];
}

/** `--peerAddresses … --tlsRootCertFiles …` */
export function endorserFlags(spec: NetworkSpec, peer: PeerSpec): string[] {
  const root = `${CLI_CRYPTO}/${peerDir(spec, peer)}/tls/ca.crt`;
  return ['--peerAddresses', `${peer.name}:7051`, ...(spec.tls ? ['--tlsRootCertFiles', root] : [])];
}

export interface AskOptions {
  /** Lets the program log at info, where a line answers by its log. */
  readonly logging: 'info';
}

export interface PeerCli {
  /** Runs `peer ARGS` as the admin of `peer`'s organisation, speaking to `peer`. Never throws for an exit code. */
  readonly ask: (peer: PeerSpec, args: readonly string[], how?: AskOptions) => Promise<ExecResult>;
  /** The same; a failing command is a `WizardFailure` with its output and the nodes' last lines. */
  readonly run: (peer: PeerSpec, args: readonly string[], how?: AskOptions) => Promise<ExecResult>;
}

/**
 * Runs `peer ARGS` in the CLI container, as the admin of `peer`'s organisation, speaking to `peer`. Never throws
 * for an exit code.
 * @param cli id of the CLI container
 */
export function askPeer(
  { docker, spec }: Pick<RunContext, 'docker' | 'spec'>,
  cli: string,
  peer: PeerSpec,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<ExecResult> {
  return docker.exec(cli, ['peer', ...args], {
    env: { ...adminEnv(spec, peer, { crypto: CLI_CRYPTO, address: `${peer.name}:7051` }), ...options.env },
    workdir: CLI_HOME,
    signal: options.signal,
  });
}

/** @throws WizardFailure when the CLI container is not running */
export async function peerCli(
  bench: Pick<RunContext, 'docker' | 'project' | 'spec' | 'settings'>,
  signal: AbortSignal,
): Promise<PeerCli> {
  const cli = (await nodeContainers(bench)).get('cli');
  if (cli?.state !== 'running') {
    throw new WizardFailure({
      kind: 'check',
      what: { key: 'thing.cli' },
      expected: { key: 'state.running' },
      got: cli?.status ?? { key: 'state.absent' },
    });
  }
  const logging = bench.settings.release.logging.peer;
  const ask: PeerCli['ask'] = (peer, args, how) => {
    const env = how ? { [logging.variable]: logging[how.logging] } : {};
    return askPeer(bench, cli.id, peer, args, { env, signal });
  };
  return {
    ask,
    run: async (peer, args, how) => {
      const result = await ask(peer, args, how);
      if (result.exitCode !== 0) {
        throw new WizardFailure({
          kind: 'command',
          command: `peer ${args.join(' ')}`,
          where: { key: 'where.cli-to', org: peer.org, peer: peer.name },
          exitCode: result.exitCode,
          tail: outputLines(result).slice(-40),
          nodes: await nodeLogs(bench, [peer.name, firstOrderer(bench.spec).name]),
        });
      }
      return result;
    },
  };
}

export function outputLines(result: ExecResult): string[] {
  return `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '');
}

/** The last lines of these nodes, for a failure to show. */
export async function nodeLogs(
  bench: Pick<RunContext, 'docker' | 'project'>,
  nodes: readonly string[],
): Promise<LogTail[]> {
  const containers = await nodeContainers(bench);
  return Promise.all(
    nodes.map(async (name) => {
      const container = containers.get(name);
      const lines = container ? await bench.docker.logTail(container.id, 15).catch(() => []) : [];
      return { name: `${name} (${container?.status ?? 'absent'})`, lines };
    }),
  );
}

/** What the peer itself says it has joined. */
export async function joinedChannels(cli: PeerCli, peer: PeerSpec): Promise<string[]> {
  return channelsIn(outputLines(await cli.run(peer, ['channel', 'list'], { logging: 'info' })));
}

/** A channel's name alone on its line, or, as 1.0 says it, alone as the message of a log line. */
const CHANNEL_LINE = /^(?:.* INFO \w+ )?([a-z][a-z0-9.-]*)$/;

/** The channels that `peer channel list` names, in any line's form. */
export function channelsIn(lines: readonly string[]): string[] {
  return lines
    .map((line) => CHANNEL_LINE.exec(stripVTControlCharacters(line).trim())?.[1])
    .filter((name) => name !== undefined);
}
