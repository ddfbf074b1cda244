/** Finds out whether the process of a chaincode as a service runs and answers the peers. */
import { type ChaincodeChoice, isListening } from '../config/chaincode-list.ts';
import type { StageContext } from '../context/run-context.ts';
import { type ChaincodeFailure, WizardFailure } from '../core/failure.ts';
import { until } from '../core/waiting.ts';
import type { PeerSpec } from '../network/network-spec.ts';
import { outputLines, type PeerCli } from '../network/peer-cli.ts';
import type { Deployment } from './lifecycle-calls.ts';
import { questionTo, START_FAILED } from './questions.ts';
import { type ListeningProcess, requireSame } from './service-listening.ts';
import { listServices } from './service-process.ts';

/** The process listens already. */
const ANSWER_MS = 60_000;

/** @throws WizardFailure `chaincode` if the process that serves a chaincode has ended, or was started again */
export async function requireInstalled(
  context: Parameters<typeof requireSame>[0],
  choice: Parameters<typeof requireSame>[1],
  process: ListeningProcess,
): Promise<void> {
  try {
    await requireSame(context, choice, process);
  } catch (error) {
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'chaincode') throw error;
    throw stillInstalled(error.failure, choice.name);
  }
}

/** The failure of a process whose container stays. */
export function stillInstalled(failure: ChaincodeFailure, name: string): WizardFailure {
  const next = [`fabric-wizard chaincode logs ${name}`, ...failure.next];
  return new WizardFailure({ ...failure, installed: true, next });
}

interface Asking {
  readonly context: Pick<StageContext, 'docker' | 'spec' | 'signal' | 'options'>;
  readonly cli: Pick<PeerCli, 'ask'>;
}

/** Returns the process that serves a chaincode now. */
async function servingProcess(
  { docker, spec }: Pick<Asking['context'], 'docker' | 'spec'>,
  name: string,
): Promise<ListeningProcess> {
  const all = await listServices(docker, spec.project);
  const id = all.find(({ chaincode, serves }) => chaincode === name && serves)?.id ?? name;
  const startedAt = (await docker.inspectContainer(id))?.startedAt;
  return { id, startedAt, since: startedAt ?? 0 };
}

/**
 * Asks a chaincode on a peer. Waits for the process of a service that this program runs, but not for one of the user's.
 * @returns whether it answers
 * @throws WizardFailure `chaincode` if the process has ended; `timeout`
 */
export async function serviceAnswers(
  asking: Asking,
  choice: ChaincodeChoice,
  channel: Deployment['channel'],
  peer: PeerSpec,
): Promise<boolean> {
  const { context, cli } = asking;
  const ask = async () => {
    const lines = outputLines(await cli.ask(peer, questionTo(choice.name, channel)));
    return lines.find((line) => START_FAILED.test(line));
  };
  if (isListening(choice)) return (await ask()) === undefined;
  const process = await servingProcess(context, choice.name);
  return until<boolean>({
    what: { key: 'wait.chaincode', chaincode: choice.name, peer: peer.name },
    deadlineMs: ANSWER_MS,
    signal: context.signal,
    poll: async () => {
      const problem = await ask();
      // A process that ends after its first answers is started again each time.
      await requireInstalled(context, choice, process);
      return problem === undefined ? { yes: true } : { no: problem };
    },
  });
}

/**
 * @returns a check of the process that serves a chaincode now. It throws WizardFailure `chaincode` if the process has ended, also if the
 * engine has started it again. If its container was removed, the one that has replaced it is checked from then on
 */
export async function processCheck(
  context: Asking['context'],
  choice: ChaincodeChoice,
): Promise<() => Promise<void>> {
  let process = await servingProcess(context, choice.name);
  return async () => {
    if (await context.docker.inspectContainer(process.id)) await requireInstalled(context, choice, process);
    else process = await servingProcess(context, choice.name);
  };
}
