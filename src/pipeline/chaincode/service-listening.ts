/** Waits until the process of a service listens where its peers connect. */
import type { FolderChaincode } from '../config/chaincode-list.ts';
import { type ChaincodeFailure, WizardFailure } from '../core/failure.ts';
import { READ_LINES } from '../core/last-words.ts';
import { until } from '../core/waiting.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { lastOutput } from './crash-text.ts';
import { INSTALLED_PACKAGES, SERVICE_PORT } from './service-process.ts';

/** npm may have to install packages before the process starts. */
const INSTALL_MS = 300_000;
const LISTEN_MS = 30_000;

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

/** Whether a process listens at a port that other containers reach. @param table content of `/proc/net/tcp` and `tcp6` */
export function isListeningIn(table: string, port: number): boolean {
  return table.split('\n').some((row) => {
    const [, address = '', hex = ''] = LISTENS.exec(row) ?? [];
    return Number.parseInt(hex, 16) === port && !LOOPBACK.test(address);
  });
}

/** Whether the process in a container listens where its peers connect. A container that does not run has none. */
export async function listens(
  { docker, signal }: { readonly docker: Pick<DockerPort, 'exec'>; readonly signal: AbortSignal },
  id: string,
): Promise<boolean> {
  const command = ['cat', '/proc/net/tcp', '/proc/net/tcp6'];
  const table = await docker.exec(id, command, { signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
  });
  return isListeningIn(table?.stdout ?? '', SERVICE_PORT);
}

interface ListeningContext {
  readonly docker: Pick<DockerPort, 'exec' | 'inspectContainer' | 'logTail' | 'readFiles'>;
  readonly signal: AbortSignal;
  readonly options: { readonly again: string };
}

/** What a process was started for, and when: its container may have the output of an earlier one. */
export interface StartedProcess {
  readonly id: string;
  /** Milliseconds since the epoch, by the clock of the engine. */
  readonly since: number;
}

type Named = Pick<FolderChaincode, 'name' | 'path'>;

/** Returns the failure of a process that has ended or does not listen, with what it printed last. */
export async function processFailure(
  { docker, options }: Pick<ListeningContext, 'docker' | 'options'>,
  { name, path }: Named,
  { id, since }: StartedProcess,
  problem: 'chaincode.process-ended' | 'chaincode.not-listening',
): Promise<ChaincodeFailure> {
  const lines = await docker.logTail(id, READ_LINES, since).catch(() => []);
  const isClient = lines.some((line) => CLIENT_MAIN.test(line));
  const output = await lastOutput(lines, path);
  return {
    kind: 'chaincode',
    problem: isClient
      ? { key: 'chaincode.no-server', dir: path }
      : { key: problem, name, port: SERVICE_PORT, seconds: LISTEN_MS / 1000 },
    place: [output, ...(isClient ? SERVER_MAIN : [])].join('\n'),
    next: [options.again],
  };
}

/**
 * Waits until a process listens. Its packages are installed first, if it is a program of Node.js.
 * @throws WizardFailure `chaincode` if it has ended, or does not listen in time; `timeout` if npm does not end
 */
export async function awaitListening(
  context: ListeningContext,
  choice: Named & Pick<FolderChaincode, 'language'>,
  started: StartedProcess,
): Promise<void> {
  const { docker, signal } = context;
  const { id } = started;
  const first = await docker.inspectContainer(id);
  const requireRunning = async () => {
    const now = await docker.inspectContainer(id);
    // The engine may have started it again since.
    if (now?.running && now.startedAt === first?.startedAt) return;
    throw new WizardFailure(await processFailure(context, choice, started, 'chaincode.process-ended'));
  };
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
    deadlineMs: 2 * LISTEN_MS,
    signal,
    poll: async () => {
      await requireRunning();
      if (await listens(context, id)) return { yes: true };
      if (performance.now() - begun < LISTEN_MS) return { no: { key: 'last.none' } };
      throw new WizardFailure(await processFailure(context, choice, started, 'chaincode.not-listening'));
    },
  });
}
