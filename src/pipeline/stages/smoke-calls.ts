/** Calls of the `peer` command in a smoke test: install, define, query and invoke the chaincode. */

import type { StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { until } from '../core/waiting.ts';
import { shellLine } from '../host/shell-text.ts';
import {
  anchorPeer,
  firstPeer,
  type NetworkSpec,
  type OrdererSpec,
  type PeerSpec,
} from '../network/network-spec.ts';
import { endorserFlags, nodeLogs, ordererFlags, outputLines, type PeerCli } from '../network/peer-cli.ts';
import type { SmokeChaincode } from './smoke-chaincode.ts';

const INIT = '{"Args":["init","a","100","b","200"]}';
const INVOKE = '{"Args":["invoke","a","b","10"]}';
const QUERY = '{"Args":["query","a"]}';

/** A rebuild may have just restarted the orderers. */
const ORDERED = { awaitLeader: true } as const;

/** Context that the parts of one smoke test share. */
export interface SmokeRun {
  readonly context: StageContext;
  readonly cli: PeerCli;
  readonly chaincode: SmokeChaincode;
  readonly channel: string;
  /** The orderer that transactions are sent to. */
  readonly orderer: OrdererSpec;
  readonly hasGateway: boolean;
  /** Reports that a step is done. */
  readonly step: (item: string) => void;
}

/** Errors of a peer that has not received the block with the chaincode yet. */
const NOT_YET =
  /make sure the chaincode .* has been successfully (instantiated|defined)|could not find chaincode with name|chaincode .* not found|has not been initialized for this version/i;

/** Queries until the peer answers with an accepted value. @throws WizardFailure `timeout`, `command` */
export async function query(
  { context, cli, chaincode, channel, orderer, step }: SmokeRun,
  peer: PeerSpec,
  wanted: {
    readonly what: Phrase;
    readonly accepts: (value: string) => boolean;
    readonly deadlineMs: number;
  },
): Promise<string> {
  const args = ['chaincode', 'query', '-C', channel, '-n', chaincode.name, '-c', QUERY];
  const answer = await until<string>({
    what: wanted.what,
    deadlineMs: wanted.deadlineMs,
    signal: context.signal,
    poll: async () => {
      const result = await cli.ask(peer, args);
      if (result.exitCode !== 0) {
        const lines = outputLines(result);
        const first = lines.find((line) => line.includes('Error')) ?? lines[0] ?? '';
        if (lines.some((line) => NOT_YET.test(line))) return { no: first };
        throw new WizardFailure({
          kind: 'command',
          command: shellLine(['peer', ...args]),
          where: { key: 'where.cli-to', org: peer.org, peer: peer.name },
          exitCode: result.exitCode,
          tail: lines.slice(-40),
          nodes: await nodeLogs(context, [peer.name]),
        });
      }
      const value = (result.stdout.trim().split('\n').pop() ?? '')
        .replace(context.settings.release.queryPrefix, '')
        .trim();
      return wanted.accepts(value) ? { yes: value } : { no: { key: 'last.value', value } };
    },
    evidence: () => nodeLogs(context, [peer.name, orderer.name]),
  });
  step(`${peer.name} answers ${answer}`);
  return answer;
}

/** Installs the chaincode. In the package lifecycle this ends when the peer has built it. */
export async function install({ cli, chaincode, step }: SmokeRun, peer: PeerSpec): Promise<void> {
  const { name, version, given } = chaincode;
  if ('importPath' in given) {
    const args = ['chaincode', 'install', '-n', name, '-v', version, '-p', given.importPath];
    await cli.run(peer, args, { gopath: given.gopath });
  } else await cli.run(peer, ['lifecycle', 'chaincode', 'install', given.package]);
  step(`installed on ${peer.name}`);
}

/** Endorsement policy: any member of any organisation, so that one peer's endorsement is enough. */
function policyOf({ orgs }: NetworkSpec): string {
  return `OR(${orgs.map(({ mspId }) => `'${mspId}.member'`).join(',')})`;
}

/** Returns the chaincode definition, which must be the same in the approvals of all organisations. */
function definition({ context: { spec }, channel, chaincode: { name, version } }: SmokeRun): string[] {
  const what = ['--channelID', channel, '--name', name, '--version', version, '--sequence', '1'];
  return [...what, '--init-required', '--signature-policy', policyOf(spec)];
}

/** @throws WizardFailure `command` */
export async function approve(run: SmokeRun): Promise<void> {
  const { context, cli, chaincode, orderer, step } = run;
  const { spec } = context;
  const { given } = chaincode;
  if (!('id' in given)) throw new Error('nothing to approve');
  const peers = spec.orgs.map(anchorPeer);
  const of = [...definition(run), '--package-id', given.id];
  const args = ['lifecycle', 'chaincode', 'approveformyorg', ...of, ...ordererFlags(spec, orderer)];
  await Promise.all(peers.map((peer) => cli.run(peer, args, ORDERED)));
  step(`approved by ${spec.orgs.map(({ name }) => name).join(', ')}`);
}

/** Commits the definition once all organisations have approved it. @throws WizardFailure `timeout`, `command` */
export async function commit(run: SmokeRun): Promise<void> {
  const { context, cli, orderer, step } = run;
  const { spec } = context;
  const peers = spec.orgs.map(anchorPeer);
  const first = firstPeer(spec);
  const ready = ['lifecycle', 'chaincode', 'checkcommitreadiness', ...definition(run), '--output', 'json'];
  await until({
    what: { key: 'wait.approvals', peer: first.name },
    deadlineMs: APPROVED_MS,
    signal: context.signal,
    poll: async () => {
      const { stdout } = await cli.run(first, ready);
      const missing = spec.orgs.filter(({ mspId }) => !new RegExp(`"${mspId}"\\s*:\\s*true`).test(stdout));
      return missing.length === 0
        ? { yes: true }
        : { no: { key: 'last.no-approval', organisations: missing.map(({ name }) => name) } };
    },
    evidence: () => nodeLogs(context, [first.name]),
  });
  const endorsers = peers.flatMap((peer) => endorserFlags(spec, peer));
  const args = [
    'lifecycle',
    'chaincode',
    'commit',
    ...definition(run),
    ...endorsers,
    ...ordererFlags(spec, orderer),
  ];
  await cli.run(first, args, ORDERED);
  step('committed');
}

const APPROVED_MS = 30_000;

/** Calls `Init`, which in the package lifecycle is an ordinary invocation and must be the first. */
export async function initialise(
  { context: { spec }, cli, chaincode, channel, orderer, step }: SmokeRun,
  peer: PeerSpec,
): Promise<void> {
  const what = ['-C', channel, '-n', chaincode.name, '--isInit', '-c', INIT, '--waitForEvent'];
  await cli.run(peer, ['chaincode', 'invoke', ...what, ...ordererFlags(spec, orderer)], ORDERED);
  step(`initialised on ${peer.name}`);
}

/** Instantiates the chaincode. Ends when the peer has built and started it. */
export async function instantiate(
  { context: { spec }, cli, chaincode, channel, orderer, step }: SmokeRun,
  peer: PeerSpec,
): Promise<void> {
  const { name, version } = chaincode;
  const what = ['-C', channel, '-n', name, '-v', version, '-c', INIT, '-P', policyOf(spec)];
  await cli.run(peer, ['chaincode', 'instantiate', ...what, ...ordererFlags(spec, orderer)], ORDERED);
  step(`instantiated on ${peer.name}`);
}

export async function invoke(
  { context: { spec }, cli, chaincode, channel, orderer, step }: SmokeRun,
  peer: PeerSpec,
): Promise<void> {
  const what = ['-C', channel, '-n', chaincode.name, '-c', INVOKE];
  await cli.run(peer, ['chaincode', 'invoke', ...what, ...ordererFlags(spec, orderer)], ORDERED);
  step('invoked');
}
