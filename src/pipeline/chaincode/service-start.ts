/** Starts chaincode as a service, and finds out whether its process answers the peers. */
import { basename } from 'node:path';
import { type ChaincodeChoice, type FolderChaincode, isListening } from '../config/chaincode-list.ts';
import type { StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import { until } from '../core/waiting.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import { BUILDER_FOLDER } from '../network/external-builder.ts';
import { allPeers, type NetworkSpec, type PeerSpec } from '../network/network-spec.ts';
import { nodeContainers, outputLines, type PeerCli, type ProjectOnEngine } from '../network/peer-cli.ts';
import type { Deployment } from './lifecycle-calls.ts';
import { questionTo, START_FAILED } from './questions.ts';
import { listServices, ourServiceAddress, runService } from './service-process.ts';
import { ServiceBuilder } from './service-program.ts';

/** npm may have to install packages first. */
const START_MS = 300_000;
const LOG_LINES = 12;
/** What the shim prints if `main` starts chaincode that is to connect to its peer. */
const CLIENT_MAIN = /peer\.?address/i;

/** What `main` of a service in Go does. */
const SERVER_MAIN = [
  '',
  'id, address := os.Getenv("CHAINCODE_ID"), os.Getenv("CHAINCODE_SERVER_ADDRESS")',
  'tls := shim.TLSProperties{Disabled: true}',
  'server := shim.ChaincodeServer{CCID: id, Address: address, CC: new(MyChaincode), TLSProps: tls}',
  'err := server.Start()',
];

/** Returns `HOST:PORT` of the process, as peers reach it. @param choice see `addressForPeers` for that of the user */
export function serviceAddress(spec: Pick<NetworkSpec, 'domain'>, choice: ChaincodeChoice): string {
  return isListening(choice) ? choice.service : ourServiceAddress(spec, choice.name);
}

/** Peers that an older version of this program started have no external builder. @throws WizardFailure `usage` */
export async function requireBuilder({
  docker,
  project,
  spec,
}: ProjectOnEngine & {
  readonly docker: Pick<DockerPort, 'inspectContainer' | 'listContainers'>;
  readonly spec: NetworkSpec;
}): Promise<void> {
  const nodes = await nodeContainers({ docker, project });
  for (const { name } of allPeers(spec)) {
    const container = await docker.inspectContainer(nodes.get(name)?.id ?? name);
    if (container?.mounts.some(({ source }) => basename(source) === BUILDER_FOLDER)) continue;
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.no-external-builder', peer: name },
      next: ['fabric-wizard up --yes'],
    });
  }
}

/**
 * Makes the program of a chaincode.
 * @returns a function that runs it for a package; further calls wait for the first one
 * @throws WizardFailure `chaincode` if it does not compile
 */
export async function makeProcess(
  { context, outputs }: { readonly context: StageContext; readonly outputs: BuildOutputs | undefined },
  choice: FolderChaincode,
): Promise<(packageId: string) => Promise<void>> {
  const builder = new ServiceBuilder(context, outputs);
  const program = await builder.build(choice).finally(() => builder.close());
  let running: Promise<void> | undefined;
  return (packageId) => {
    running ??= runService(context, choice.name, packageId, program);
    return running;
  };
}

interface Asking {
  readonly context: Pick<StageContext, 'docker' | 'spec' | 'signal' | 'options'>;
  readonly cli: Pick<PeerCli, 'ask'>;
}

/** @throws WizardFailure `chaincode` if the process has ended */
async function requireRunning({ context }: Asking, { name, path }: FolderChaincode): Promise<void> {
  const { docker, spec, options } = context;
  const all = await listServices(docker, spec.project);
  const service = all.find(({ chaincode }) => chaincode === name);
  if (service?.state === 'running') return;
  const lines = service ? await docker.logTail(service.id, LOG_LINES) : [];
  const isClient = lines.some((line) => CLIENT_MAIN.test(line));
  throw new WizardFailure({
    kind: 'chaincode',
    installed: true,
    problem: isClient ? { key: 'chaincode.no-server', dir: path } : { key: 'chaincode.process-ended', name },
    place: [...lines, ...(isClient ? SERVER_MAIN : [])].join('\n'),
    next: [`fabric-wizard chaincode logs ${name}`, options.again],
  });
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
  return until<boolean>({
    what: { key: 'wait.chaincode', chaincode: choice.name, peer: peer.name },
    deadlineMs: START_MS,
    signal: context.signal,
    poll: async () => {
      const problem = await ask();
      if (problem === undefined) return { yes: true };
      await requireRunning(asking, choice);
      return { no: problem };
    },
  });
}
