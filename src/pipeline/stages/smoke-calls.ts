/** What a smoke test asks of the `peer` command: install, instantiate, query and invoke its chaincode. */

import type { RunContext } from '../context/run-context.ts';
import type { StageContext } from '../context/stage.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { until } from '../core/waiting.ts';
import { anchorPeer, firstOrderer, type NetworkSpec, type PeerSpec } from '../network/network-spec.ts';
import { endorserFlags, nodeLogs, ordererFlags, outputLines, type PeerCli } from '../network/peer-cli.ts';
import type { SmokeChaincode } from './smoke-chaincode.ts';

const INIT = '{"Args":["init","a","100","b","200"]}';
const INVOKE = '{"Args":["invoke","a","b","10"]}';
const QUERY = '{"Args":["query","a"]}';

/** What the parts of one smoke test share. */
export interface SmokeRun {
  readonly bench: RunContext;
  readonly context: StageContext;
  readonly cli: PeerCli;
  readonly chaincode: SmokeChaincode;
  /** The channel that is spoken on. */
  readonly channel: string;
  /** Tells that one of the steps is done. */
  readonly step: (item: string) => void;
}

/** The chaincode is committed by the orderer before every peer has the block. */
const NOT_YET =
  /make sure the chaincode .* has been successfully (instantiated|defined)|could not find chaincode with name|chaincode .* not found|has not been initialized for this version/i;

/** Asks until the peer gives a value that is wanted. @throws WizardFailure `timeout`, `command` */
export async function query(
  { bench, context, cli, chaincode, channel, step }: SmokeRun,
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
          command: `peer ${args.join(' ')}`,
          where: { key: 'where.cli-to', org: peer.org, peer: peer.name },
          exitCode: result.exitCode,
          tail: lines.slice(-40),
          nodes: await nodeLogs(bench, [peer.name]),
        });
      }
      const value = (result.stdout.trim().split('\n').pop() ?? '')
        .replace(bench.settings.release.queryPrefix, '')
        .trim();
      return wanted.accepts(value) ? { yes: value } : { no: { key: 'last.value', value } };
    },
    evidence: () => nodeLogs(bench, [peer.name, firstOrderer(bench.spec).name]),
  });
  step(`${peer.name} answers ${answer}`);
  return answer;
}

/** In the lifecycle of packages it ends when the peer has built the chaincode. */
export async function install({ cli, chaincode, step }: SmokeRun, peer: PeerSpec): Promise<void> {
  const { name, version, given } = chaincode;
  const args =
    'importPath' in given
      ? ['chaincode', 'install', '-n', name, '-v', version, '-p', given.importPath]
      : ['lifecycle', 'chaincode', 'install', given.package];
  await cli.run(peer, args);
  step(`installed on ${peer.name}`);
}

/** Who may endorse: a member of any organisation, so that one peer's answer is enough. */
function policyOf({ orgs }: NetworkSpec): string {
  return `OR(${orgs.map(({ mspId }) => `'${mspId}.member'`).join(',')})`;
}

/** What all organisations must say alike of the chaincode. */
function definition({ bench: { spec }, channel, chaincode: { name, version } }: SmokeRun): string[] {
  const what = ['--channelID', channel, '--name', name, '--version', version, '--sequence', '1'];
  return [...what, '--init-required', '--signature-policy', policyOf(spec)];
}

/** @throws WizardFailure `command`; `check` where an organisation is said not to have approved what it has */
export async function approve(run: SmokeRun): Promise<void> {
  const { bench, cli, chaincode, step } = run;
  const { spec } = bench;
  const { given } = chaincode;
  if (!('id' in given)) throw new Error('nothing to approve');
  const peers = spec.orgs.map(anchorPeer);
  const of = [...definition(run), '--package-id', given.id];
  const args = ['lifecycle', 'chaincode', 'approveformyorg', ...of, ...ordererFlags(spec)];
  await Promise.all(peers.map((peer) => cli.run(peer, args)));
  step(`approved by ${spec.orgs.map(({ name }) => name).join(', ')}`);
}

/** Asks whether all have approved, and commits then. */
export async function commit(run: SmokeRun): Promise<void> {
  const { bench, context, cli, step } = run;
  const { spec } = bench;
  const peers = spec.orgs.map(anchorPeer);
  const [first] = peers;
  if (!first) throw new Error('a network needs a peer');
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
    evidence: () => nodeLogs(bench, [first.name]),
  });
  const endorsers = peers.flatMap((peer) => endorserFlags(spec, peer));
  const args = ['lifecycle', 'chaincode', 'commit', ...definition(run), ...endorsers, ...ordererFlags(spec)];
  await cli.run(first, args);
  step('committed');
}

const APPROVED_MS = 30_000;

/** In the lifecycle of packages `Init` is called like any function, by the first to invoke. */
export async function initialise(
  { bench: { spec }, cli, chaincode, channel, step }: SmokeRun,
  peer: PeerSpec,
): Promise<void> {
  const what = ['-C', channel, '-n', chaincode.name, '--isInit', '-c', INIT, '--waitForEvent'];
  await cli.run(peer, ['chaincode', 'invoke', ...what, ...ordererFlags(spec)]);
  step(`initialised on ${peer.name}`);
}

/** Ends when the peer has built the chaincode and started it. */
export async function instantiate(
  { bench: { spec }, cli, chaincode, channel, step }: SmokeRun,
  peer: PeerSpec,
): Promise<void> {
  const { name, version } = chaincode;
  const what = ['-C', channel, '-n', name, '-v', version, '-c', INIT, '-P', policyOf(spec)];
  await cli.run(peer, ['chaincode', 'instantiate', ...what, ...ordererFlags(spec)]);
  step(`instantiated on ${peer.name}`);
}

export async function invoke(
  { bench: { spec }, cli, chaincode, channel, step }: SmokeRun,
  peer: PeerSpec,
): Promise<void> {
  const what = ['-C', channel, '-n', chaincode.name, '-c', INVOKE];
  await cli.run(peer, ['chaincode', 'invoke', ...what, ...ordererFlags(spec)]);
  step('invoked');
}
