/** Starts the Docker Engine of this host. */
import { type ChildProcess, spawn } from 'node:child_process';
import { access, constants, open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { CancelledError, toFailure, WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { until } from '../core/waiting.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { withoutEngine } from '../engine/engine-address.ts';

const DAEMON_LOG = '/var/log/fabric-wizard-dockerd.log';
const DEADLINE_MS = 60_000;
const ANSWER_MS = 2000;
/** Where dockerd records its own process and that of its containerd. */
const PID_FILES = ['/var/run/docker.pid', '/var/run/docker/containerd/containerd.pid'];
const REAPED_MS = 10_000;

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function logText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

async function logTail(path: string): Promise<string[]> {
  const lines = (await logText(path))
    .split('\n')
    .filter((line) => line !== '' && !/ level=(info|debug) /.test(line));
  return lines.slice(-15);
}

/** Starts dockerd in a session of its own, so that it survives this process and Ctrl-C in the terminal. */
async function startDetached(logFile: string): Promise<ChildProcess> {
  const log = await open(logFile, 'w');
  try {
    const daemon = spawn('dockerd', [], {
      cwd: '/',
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      // dockerd reads the client's TLS variables too, and would want certificates.
      env: { ...withoutEngine(), PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` },
    });
    // Emitted if dockerd cannot be started at all; `startDaemon` then reports it.
    daemon.on('error', () => undefined);
    daemon.unref();
    return daemon;
  } finally {
    await log.close();
  }
}

/** Returns /proc's description of the process in a pid file; empty if there is no such process. */
async function processOf(pidFile: string): Promise<string> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  return pid ? readFile(`/proc/${pid}/status`, 'utf8').catch(() => '') : '';
}

/**
 * Waits until killed processes of an earlier dockerd are gone. Until the system has removed them, a new dockerd takes
 * them for running ones and fails.
 */
async function untilReaped(pidFiles: readonly string[], signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + REAPED_MS;
  while (performance.now() < deadline) {
    const processes = await Promise.all(pidFiles.map(processOf));
    if (!processes.some((status) => /^State:\s+Z/m.test(status))) return;
    await delay(100, undefined, { signal }).catch(() => {
      throw new CancelledError();
    });
  }
}

/** Whether dockerd has refused to start because of an earlier one that is about to end, or has ended meanwhile. */
async function isInWay(log: string): Promise<boolean> {
  if (log.includes('timeout waiting for containerd to start')) return true;
  const pidFile = /ensure docker is not running or delete (\S+?\.pid)\b/.exec(log)?.[1];
  if (pidFile === undefined) return false;
  const status = await processOf(pidFile);
  return status === '' || /^Name:\s+dockerd$/m.test(status);
}

function startFailed({ endpoint }: Pick<DockerPort, 'endpoint'>, detail: string): WizardFailure {
  return new WizardFailure({ kind: 'engine', problem: 'install-failed', endpoint, detail });
}

function hasEnded(daemon: ChildProcess): boolean {
  return daemon.exitCode !== null || daemon.signalCode !== null || daemon.pid === undefined;
}

export interface DaemonStart {
  readonly signal: AbortSignal;
  readonly logFile: string;
  readonly deadlineMs: number;
  readonly pidFiles: readonly string[];
}

/**
 * Starts dockerd and waits until it answers. If an earlier dockerd is still ending, waits for it and starts again.
 * @throws WizardFailure `engine`; CancelledError
 */
export async function startDaemon(
  docker: Pick<DockerPort, 'version' | 'endpoint'>,
  { signal, logFile, deadlineMs, pidFiles }: DaemonStart,
): Promise<void> {
  const failed = async (detail: string) =>
    startFailed(docker, [detail, ...(await logTail(logFile))].join('\n'));
  const start = async () => {
    await untilReaped(pidFiles, signal);
    return startDetached(logFile);
  };
  let daemon = await start();
  await waitForEngine(docker, { signal, deadlineMs, failed }, async () => {
    if (!hasEnded(daemon)) return;
    if (!(await isInWay(await logText(logFile)))) throw await failed('dockerd ended while it started');
    daemon = await start();
  });
}

/** @param onSilence called after each time that the engine did not answer */
async function waitForEngine(
  docker: Pick<DockerPort, 'version'>,
  wait: {
    readonly signal: AbortSignal;
    readonly deadlineMs: number;
    readonly failed: (detail: string) => Promise<WizardFailure>;
  },
  onSilence: () => Promise<void>,
): Promise<void> {
  try {
    await until({
      what: { key: 'wait.engine' },
      deadlineMs: wait.deadlineMs,
      signal: wait.signal,
      poll: async () => {
        const answers = await docker.version(ANSWER_MS, wait.signal).then(
          () => true,
          () => false,
        );
        if (answers) return { yes: true };
        await onSilence();
        return { no: { key: 'last.none' } };
      },
    });
  } catch (error) {
    if (toFailure(error).kind !== 'timeout') throw error;
    throw await wait.failed(
      `dockerd was started and did not answer within ${wait.deadlineMs / 1000} seconds`,
    );
  }
}

/** Starts the engine with systemd, or else directly. @throws WizardFailure `engine`; CancelledError */
export async function startEngine(
  docker: DockerPort,
  { signal, onNotice }: { readonly signal: AbortSignal; readonly onNotice: (text: Text) => void },
): Promise<void> {
  if (!(await isExecutable('/run/systemd/system'))) {
    onNotice({ key: 'step.dockerd', log: DAEMON_LOG });
    await startDaemon(docker, {
      signal,
      logFile: DAEMON_LOG,
      deadlineMs: DEADLINE_MS,
      pidFiles: PID_FILES,
    });
    return;
  }
  onNotice({ key: 'step.systemctl' });
  const { execa } = await import('execa');
  await execa('systemctl', ['start', 'docker'], {
    reject: false,
    cancelSignal: signal,
    timeout: DEADLINE_MS,
  });
  const failed = async (detail: string) => startFailed(docker, detail);
  await waitForEngine(docker, { signal, deadlineMs: DEADLINE_MS, failed }, async () => undefined);
}
