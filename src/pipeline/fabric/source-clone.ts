/** Clones one tag of a repository, shallowly. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import { appendLine, emptyTail } from '../core/line-tail.ts';
import type { Text } from '../core/phrase.ts';

/** git reports progress every second while it receives data; without progress the server does not answer. */
const STALL_MS = 45_000;
const KILL_AFTER_MS = 1000;
const TAIL_LINES = 8;

export interface CloneRequest {
  readonly url: string;
  readonly tag: string;
  /** Folder of the clone. It does not exist until the clone is complete. */
  readonly into: string;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
  /** Milliseconds without output after which git is stopped. */
  readonly stallMs?: number;
}

const ENVIRONMENT = {
  // A prompt for a password would wait forever on a terminal that shows something else.
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'true',
  LC_ALL: 'C',
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
};

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has already ended.
  }
}

/**
 * Clones into `<into>.partial` and renames that when it is complete.
 * @throws WizardFailure `source` with `unknown-tag` or `clone-failed` and git's message; CancelledError
 */
export async function cloneTag(request: CloneRequest): Promise<void> {
  const { url, tag, into, signal } = request;
  const stallMs = request.stallMs ?? STALL_MS;
  if (signal.aborted) throw new CancelledError();
  const partial = `${into}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(dirname(into), { recursive: true });
  try {
    const { result, tail, stalled } = await runClone({ ...request, stallMs }, partial);
    if (signal.aborted) throw new CancelledError();
    if (result.exitCode === 0 && !stalled) {
      await rename(partial, into);
      return;
    }
    throw new WizardFailure({
      kind: 'source',
      path: `${url} ${tag}`,
      problem: tail.some((line) => /Remote branch .* not found/.test(line)) ? 'unknown-tag' : 'clone-failed',
      detail: detailOf(result, tail, stalled, stallMs),
      looked: [],
    });
  } finally {
    await rm(partial, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface CloneResult {
  readonly result: { readonly exitCode?: number; readonly code?: string; readonly originalMessage?: string };
  /** Last lines of git's output. */
  readonly tail: readonly string[];
  readonly stalled: boolean;
}

async function runClone(
  { url, tag, signal, stallMs, onLine }: CloneRequest & { readonly stallMs: number },
  into: string,
): Promise<CloneResult> {
  const { execa } = await import('execa');
  const options = ['--progress', '--depth', '1', '--single-branch', '--branch', tag];
  const child = execa('git', ['-c', 'advice.detachedHead=false', 'clone', ...options, '--', url, into], {
    detached: true,
    stdin: 'ignore',
    stdout: 'ignore',
    reject: false,
    buffer: false,
    env: ENVIRONMENT,
  });
  // git's helpers survive it, so the whole process group is stopped.
  const killNow = () => killGroup(child.pid, 'SIGKILL');
  let killTimer: NodeJS.Timeout | undefined;
  const stop = () => {
    killGroup(child.pid, 'SIGTERM');
    killTimer ??= setTimeout(killNow, KILL_AFTER_MS);
  };
  let stalled = false;
  const onStall = () => {
    stalled = true;
    stop();
  };
  let stallTimer = setTimeout(onStall, stallMs);
  process.once('exit', killNow);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();

  let tail = emptyTail;
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    clearTimeout(stallTimer);
    stallTimer = setTimeout(onStall, stallMs);
    // git overwrites its progress with carriage returns.
    const lines = (rest + chunk).split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const line of lines.filter((text) => text.trim() !== '')) {
      tail = appendLine(tail, line.trim());
      onLine?.(line.trim());
    }
  });
  try {
    return { result: await child, tail: tail.lines.slice(-TAIL_LINES), stalled };
  } finally {
    clearTimeout(stallTimer);
    clearTimeout(killTimer);
    process.removeListener('exit', killNow);
    signal.removeEventListener('abort', stop);
  }
}

function detailOf(
  result: { readonly code?: string; readonly originalMessage?: string },
  tail: readonly string[],
  stalled: boolean,
  stallMs: number,
): Text {
  if (stalled) return { key: 'source.stalled', seconds: Math.round(stallMs / 1000) };
  if (result.code === 'ENOENT') return { key: 'source.no-git' };
  const messages = tail.filter((line) => /^(fatal|error|warning|remote):/.test(line));
  return (
    (messages.length > 0 ? messages : tail).join('; ') ||
    (result.originalMessage ?? { key: 'source.git-silent' })
  );
}
