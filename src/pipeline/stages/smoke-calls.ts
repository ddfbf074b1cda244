/** Calls of the `peer` command in a smoke test: the chaincode's definition, queries and an invocation. */

import { callText, type Deployment, membersOf, ORDERED } from '../chaincode/lifecycle-calls.ts';
import type { StageContext } from '../context/run-context.ts';
import type { Phrase } from '../core/phrase.ts';
import { until } from '../core/waiting.ts';
import type { NetworkSpec, PeerSpec } from '../network/network-spec.ts';
import { nodeLogs, ordererFlags, outputLines, type PeerCli, peerFailure } from '../network/peer-cli.ts';
import type { SmokeChaincode } from './smoke-chaincode.ts';

const INIT = ['init', 'a', '100', 'b', '200'];
const INVOKE = callText(['invoke', 'a', 'b', '10']);
const QUERY = callText(['query', 'a']);

/** Context that the parts of one smoke test share. */
export interface SmokeRun {
  readonly context: StageContext;
  readonly cli: PeerCli;
  readonly chaincode: SmokeChaincode;
  readonly channel: string;
  readonly hasGateway: boolean;
  /** Reports that a step is done. */
  readonly step: (item: Phrase) => void;
}

/** Errors of a peer that has not received the block with the chaincode yet. */
const NOT_YET =
  /make sure the chaincode .* has been successfully (instantiated|defined)|could not find chaincode with name|chaincode .* not found|has not been initialized for this version/i;

/** Queries until the peer answers with an accepted value. @throws WizardFailure `timeout`, `command` */
export async function query(
  { context, cli, chaincode, channel, step }: SmokeRun,
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
        throw await peerFailure(context, peer, args, result);
      }
      const value = (result.stdout.trim().split('\n').pop() ?? '')
        .replace(context.settings.release.queryPrefix, '')
        .trim();
      return wanted.accepts(value) ? { yes: value } : { no: { key: 'last.value', value } };
    },
    evidence: () => nodeLogs(context, [peer.name, cli.orderer.name]),
  });
  step({ key: 'step.answers', peer: peer.name, answer });
  return answer;
}

/** Endorsement policy: any member of any organisation, so that one peer's endorsement is enough. */
function policyOf({ orgs }: NetworkSpec): string {
  return `OR(${orgs.map(({ mspId }) => `'${mspId}.member'`).join(',')})`;
}

/** Returns the deployment of the test's chaincode on its channel. */
export function deploymentOf(run: SmokeRun): Deployment {
  const { context, cli, channel, step } = run;
  const { name, version, given } = run.chaincode;
  const definition = { name, version, sequence: 1, policy: policyOf(membersOf(run)), init: INIT };
  return { context, cli, channel, definition, given, step };
}

export async function invoke(
  { context: { spec }, cli, chaincode, channel, step }: SmokeRun,
  peer: PeerSpec,
): Promise<void> {
  const what = ['-C', channel, '-n', chaincode.name, '-c', INVOKE];
  await cli.run(peer, ['chaincode', 'invoke', ...what, ...ordererFlags(spec, cli.orderer)], ORDERED);
  step({ key: 'step.invoked', chaincode: chaincode.name, channel });
}
