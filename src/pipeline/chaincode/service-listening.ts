/** Waits until the process of a service listens where its peers connect. */
import type { ChaincodeChoice } from '../config/chaincode-list.ts';
import { type ChaincodeFailure, WizardFailure } from '../core/failure.ts';
import { READ_LINES } from '../core/last-words.ts';
import { until } from '../core/waiting.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { lastOutput } from './crash-text.ts';
import { inService } from './in-service.ts';
import { INSTALLED_PACKAGES, SERVICE_PORT } from './service-process.ts';
import type { ProgramKind } from './service-scripts.ts';

/** npm may have to install packages before the process starts. */
const INSTALL_MS = 300_000;
const LISTEN_MS = 30_000;
/** The user may have to start the process first. */
const OWN_MS = 300_000;

function patienceOf(registers: ProgramKind['registers']): number {
  return registers === 'own' ? OWN_MS : LISTEN_MS;
}

/** The error of the shim if `main` starts chaincode that is to connect to its peer: of the module, and of 1.4. */
const CLIENT_MAIN = /flag 'peer\.address' must be set|peer\.address not configured/;

/** What `main` of a service in Go does. */
const SERVER_MAIN = [
  '',
  'id, address := os.Getenv("CHAINCODE_ID"), os.Getenv("CHAINCODE_SERVER_ADDRESS")',
  'tls := shim.TLSProperties{Disabled: true}',
  'server := shim.ChaincodeServer{CCID: id, Address: address, CC: new(MyChaincode), TLSProps: tls}',
  'err := server.Start()',
];

/** A row of `/proc/net/tcp` whose state is LISTEN. */
const LISTENS = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A /;
/** 127.0.0.0/8 in the order of the processor's bytes, and ::1. */
const LOOPBACK = /^(?:[0-9A-F]{6}7F|0{24}01000000|0{16}0000FFFF[0-9A-F]{6}7F)$/;

/** Returns where a process listens at a port. @param table content of `/proc/net/tcp` and `tcp6` */
export function listeningIn(table: string, port: number): 'everywhere' | 'loopback' | 'nowhere' {
  const addresses = table.split('\n').flatMap((row) => {
    const [, address = '', hex = ''] = LISTENS.exec(row) ?? [];
    return Number.parseInt(hex, 16) === port ? [address] : [];
  });
  if (addresses.length === 0) return 'nowhere';
  return addresses.every((address) => LOOPBACK.test(address)) ? 'loopback' : 'everywhere';
}

interface Table {
  readonly docker: Pick<DockerPort, 'execInShell'>;
  readonly signal: AbortSignal;
}

/** Returns where the process in a container listens at its port. A container that does not run has none. */
async function listening(engine: Table, id: string): Promise<ReturnType<typeof listeningIn>> {
  const table = await inService(engine, id, ['cat', '/proc/net/tcp', '/proc/net/tcp6']);
  return listeningIn(table?.stdout ?? '', SERVICE_PORT);
}

/** Whether the process in a container listens where its peers connect. */
export async function listens(table: Table, id: string): Promise<boolean> {
  return (await listening(table, id)) === 'everywhere';
}

interface ListeningContext {
  readonly docker: Pick<DockerPort, 'execInShell' | 'inspectContainer' | 'logTail' | 'readFiles'>;
  readonly signal: AbortSignal;
  readonly options: { readonly again: string };
}

/** What a process was started for, and when: its container may have the output of an earlier one. */
export interface StartedProcess extends Pick<ProgramKind, 'registers'> {
  readonly id: string;
  /** Milliseconds since the epoch, by the clock of the engine. */
  readonly since: number;
}

/** A process that has listened. */
export interface ListeningProcess extends StartedProcess {
  /** Time of the start of its container, which changes if the engine starts it again. */
  readonly startedAt: number | undefined;
}

type Named = Pick<ChaincodeChoice, 'name' | 'path'>;

type ProcessProblem =
  | 'chaincode.process-ended'
  | 'chaincode.not-listening'
  | 'chaincode.listens-locally'
  | 'chaincode.not-registered';

/** Returns the failure of a process that has ended or does not listen, with what it printed last. */
export async function processFailure(
  { docker, options }: Pick<ListeningContext, 'options'> & { readonly docker: Pick<DockerPort, 'logTail'> },
  { name, path }: Named,
  { id, since, registers }: StartedProcess,
  problem: ProcessProblem,
): Promise<ChaincodeFailure> {
  const lines = await docker.logTail(id, READ_LINES, since).catch(() => []);
  const isClient = registers === undefined && lines.some((line) => CLIENT_MAIN.test(line));
  const output = await lastOutput(lines, path);
  return {
    kind: 'chaincode',
    problem: isClient
      ? { key: 'chaincode.no-server', dir: path ?? '' }
      : { key: problem, name, port: SERVICE_PORT, seconds: patienceOf(registers) / 1000 },
    place: [output, ...(isClient ? SERVER_MAIN : [])].join('\n'),
    next: [options.again],
  };
}

/**
 * Throws if a process has ended since it was started, even if the engine has started it again.
 * @throws WizardFailure `chaincode`
 */
export async function requireSame(
  context: Pick<ListeningContext, 'options'> & {
    readonly docker: Pick<DockerPort, 'inspectContainer' | 'logTail'>;
  },
  choice: Named,
  process: ListeningProcess,
): Promise<void> {
  const now = await context.docker.inspectContainer(process.id);
  if (now?.running && now.startedAt === process.startedAt) return;
  throw new WizardFailure(await processFailure(context, choice, process, 'chaincode.process-ended'));
}

/**
 * Waits until a process listens. Its packages are installed first, if it is a program of Node.js.
 * @throws WizardFailure `chaincode` if it has ended, or does not listen in time; `timeout` if npm does not end
 */
export async function awaitListening(
  context: ListeningContext,
  choice: Named & Pick<ChaincodeChoice, 'language'>,
  started: StartedProcess,
): Promise<ListeningProcess> {
  const { docker, signal } = context;
  const { id, registers } = started;
  const patience = patienceOf(registers);
  const process = { ...started, startedAt: (await docker.inspectContainer(id))?.startedAt };
  const requireRunning = () => requireSame(context, choice, process);
  if (choice.language === 'node')
    await until({
      what: { key: 'wait.packages', chaincode: choice.name },
      deadlineMs: INSTALL_MS,
      signal,
      poll: async () => {
        await requireRunning();
        return (await docker.readFiles(id, INSTALLED_PACKAGES))
          ? { yes: true }
          : { no: { key: 'last.none' } };
      },
    });
  const begun = performance.now();
  await until({
    what: { key: 'wait.listening', chaincode: choice.name },
    // The poll gives up before, with what the process has printed.
    deadlineMs: 2 * patience,
    signal,
    poll: async () => {
      await requireRunning();
      const where = await listening(context, id);
      if (where === 'everywhere') return { yes: true };
      if (performance.now() - begun < patience) return { no: { key: 'last.none' } };
      // The hub listens only while a process is registered.
      const isSilent = registers === undefined ? 'chaincode.not-listening' : 'chaincode.not-registered';
      const problem = where === 'loopback' ? 'chaincode.listens-locally' : isSilent;
      throw new WizardFailure(await processFailure(context, choice, started, problem));
    },
  });
  return process;
}
