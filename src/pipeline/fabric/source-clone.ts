/** One shallow clone of one tag: whole or not there at all. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';

/** git says something every second while data comes; a silent one is talking to nobody. */
const STALL_MS = 45_000;
const KILL_AFTER_MS = 1000;
const TAIL_LINES = 8;

export interface CloneRequest {
  readonly url: string;
  readonly tag: string;
  /** Absent until the clone is whole. */
  readonly into: string;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
  /** Milliseconds of silence after which git is stopped. */
  readonly stallMs?: number;
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended by itself.
  }
}

/**
 * Clones into `<into>.partial` and renames that when it is whole.
 * @throws WizardFailure `source` with `unknown-tag` or `clone-failed`, in git's words; CancelledError
 */
export async function cloneTag(request: CloneRequest): Promise<void> {
  const { execa } = await import('execa');
  const { url, tag, into, signal } = request;
  const stallMs = request.stallMs ?? STALL_MS;
  if (signal.aborted) throw new CancelledError();
  const partial = `${into}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(dirname(into), { recursive: true });

  const child = execa(
    'git',
    // biome-ignore format: one option a line says less
    ['-c', 'advice.detachedHead=false', 'clone', '--progress', '--depth', '1', '--single-branch', '--branch', tag, '--', url, partial],
    {
      detached: true,
      stdin: 'ignore',
      stdout: 'ignore',
      reject: false,
      buffer: false,
      // A question for a password would wait for ever on a terminal that shows something else.
      env: {
        GIT_TERMINAL_PROMPT: '0',
        GIT_ASKPASS: 'true',
        LC_ALL: 'C',
        GIT_DIR: undefined,
        GIT_WORK_TREE: undefined,
      },
    },
  );
  // git starts helpers that survive it, so the whole process group is stopped.
  const killNow = () => killGroup(child.pid, 'SIGKILL');
  let killTimer: NodeJS.Timeout | undefined;
  const stop = () => {
    killGroup(child.pid, 'SIGTERM');
    killTimer ??= setTimeout(killNow, KILL_AFTER_MS);
  };
  process.once('exit', killNow);
  let stalled = false;
  const onStall = () => {
    stalled = true;
    stop();
  };
  let timer = setTimeout(onStall, stallMs);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();

  const tail: string[] = [];
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    clearTimeout(timer);
    timer = setTimeout(onStall, stallMs);
    // Progress is drawn over with carriage returns.
    const lines = (rest + chunk).split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const line of lines.filter((text) => text.trim() !== '')) {
      tail.push(line.trim());
      if (tail.length > TAIL_LINES) tail.shift();
      request.onLine?.(line.trim());
    }
  });

  try {
    const result = await child;
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
    clearTimeout(timer);
    clearTimeout(killTimer);
    process.removeListener('exit', killNow);
    signal.removeEventListener('abort', stop);
    await rm(partial, { recursive: true, force: true, maxRetries: 5 });
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
  const words = tail.filter((line) => /^(fatal|error|warning|remote):/.test(line));
  return (
    (words.length > 0 ? words : tail).join('; ') || (result.originalMessage ?? { key: 'source.git-silent' })
  );
}
