/** What a smoke test asks of the `peer` command: install, instantiate, query and invoke its chaincode. */
import type { PeerSpec } from '../network/network-spec.ts';
import { nodeLogs, ordererFlags, outputLines, type PeerCli } from '../network/peer-cli.ts';
import { WizardFailure } from '../run/failure.ts';
import type { Phrase } from '../run/phrase.ts';
import type { StageContext } from '../run/stage.ts';
import { until } from '../run/waiting.ts';
import type { Workbench } from '../run/workbench.ts';
import type { SmokeChaincode } from './smoke-chaincode.ts';

const INIT = '{"Args":["init","a","100","b","200"]}';
const INVOKE = '{"Args":["invoke","a","b","10"]}';
const QUERY = '{"Args":["query","a"]}';

/** What the parts of one smoke test share. */
export interface SmokeRun {
  readonly bench: Workbench;
  readonly context: StageContext;
  readonly cli: PeerCli;
  readonly chaincode: SmokeChaincode;
  /** Tells that one of the steps is done. */
  readonly step: (item: string) => void;
}

/** The chaincode is committed by the orderer before every peer has the block. */
const NOT_YET =
  /make sure the chaincode .* has been successfully instantiated|could not find chaincode with name/i;

/** Asks until the peer gives a value that is wanted. @throws WizardFailure `timeout`, `command` */
export async function query(
  { bench, context, cli, chaincode, step }: SmokeRun,
  peer: PeerSpec,
  wanted: {
    readonly what: Phrase;
    readonly accepts: (value: string) => boolean;
    readonly deadlineMs: number;
  },
): Promise<string> {
  const args = ['chaincode', 'query', '-C', bench.spec.channel, '-n', chaincode.name, '-c', QUERY];
  const answer = await until<string>({
    what: wanted.what,
    deadlineMs: wanted.deadlineMs,
    signal: context.signal,
    ask: async () => {
      const result = await cli.ask(peer, args);
      if (result.exitCode !== 0) {
        const lines = outputLines(result);
        const first = lines.find((line) => line.includes('Error')) ?? lines[0] ?? '';
        if (lines.some((line) => NOT_YET.test(line))) return { no: first };
        throw new WizardFailure({
          kind: 'command',
          command: `peer ${args.join(' ')}`,
          where: { say: 'where.cli-to', org: peer.org, peer: peer.name },
          exitCode: result.exitCode,
          tail: lines.slice(-40),
          nodes: await nodeLogs(bench, [peer.name]),
        });
      }
      const value = (result.stdout.trim().split('\n').pop() ?? '')
        .replace(bench.settings.line.queryPrefix, '')
        .trim();
      return wanted.accepts(value) ? { yes: value } : { no: { say: 'last.value', value } };
    },
    evidence: () => nodeLogs(bench, [peer.name, bench.spec.orderer.name]),
  });
  step(`${peer.name} answers ${answer}`);
  return answer;
}

export async function install({ cli, chaincode, step }: SmokeRun, peer: PeerSpec): Promise<void> {
  const { name, version, importPath } = chaincode;
  await cli.run(peer, ['chaincode', 'install', '-n', name, '-v', version, '-p', importPath]);
  step(`installed on ${peer.name}`);
}

/** Ends when the peer has built the chaincode and started it. */
export async function instantiate(
  { bench: { spec }, cli, chaincode, step }: SmokeRun,
  peer: PeerSpec,
): Promise<void> {
  const { name, version } = chaincode;
  const policy = `OR(${spec.orgs.map((org) => `'${org.mspId}.member'`).join(',')})`;
  const what = ['-C', spec.channel, '-n', name, '-v', version, '-c', INIT, '-P', policy];
  await cli.run(peer, ['chaincode', 'instantiate', ...what, ...ordererFlags(spec)]);
  step(`instantiated on ${peer.name}`);
}

export async function invoke(
  { bench: { spec }, cli, chaincode, step }: SmokeRun,
  peer: PeerSpec,
): Promise<void> {
  const what = ['-C', spec.channel, '-n', chaincode.name, '-c', INVOKE];
  await cli.run(peer, ['chaincode', 'invoke', ...what, ...ordererFlags(spec)]);
  step('invoked');
}
