/** Gets one tag or branch of a repository, shallowly: a clone of a remote one, a fetch from one on this machine. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import { appendLine, emptyTail } from '../core/line-tail.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { exists } from '../host/files.ts';
import { git } from './git.ts';
import { describeCommit, type LocalRef } from './local-ref.ts';
import { readSourceTree } from './source-tree.ts';

/** git reports progress every second while it receives data; without progress the server does not answer. */
const STALL_MS = 45_000;
const KILL_AFTER_MS = 1000;
const TAIL_LINES = 8;

interface Transfer {
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
  /** Milliseconds without output after which git is stopped. */
  readonly stallMs?: number;
}

export interface CloneRequest extends Transfer {
  readonly url: string;
  readonly tag: string;
  /** Folder of the clone. It does not exist until the clone is complete. */
  readonly into: string;
}

export interface FetchRequest extends Transfer {
  readonly from: LocalRef;
  /** Folder of the fetched tree. It is updated if it exists, else it appears when it is complete. */
  readonly into: string;
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

/** Calls `fill` with `<into>.partial`, and renames that when it is complete. */
async function whole(
  into: string,
  signal: AbortSignal,
  fill: (partial: string) => Promise<void>,
): Promise<void> {
  if (signal.aborted) throw new CancelledError();
  const partial = `${into}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(dirname(into), { recursive: true });
  try {
    await fill(partial);
    await rename(partial, into);
  } finally {
    await rm(partial, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @throws WizardFailure `source` with `unknown-tag` or `clone-failed` and git's message; CancelledError */
async function mustRun(args: readonly string[], what: string, transfer: Transfer): Promise<void> {
  const stallMs = transfer.stallMs ?? STALL_MS;
  const { result, tail, stalled } = await runGit(args, { ...transfer, stallMs });
  if (transfer.signal.aborted) throw new CancelledError();
  if (result.exitCode === 0 && !stalled) return;
  throw new WizardFailure({
    kind: 'source',
    path: what,
    problem: tail.some((line) => /Remote branch .* not found/.test(line)) ? 'unknown-tag' : 'clone-failed',
    detail: detailOf(result, tail, stalled, stallMs),
    looked: [],
  });
}

/**
 * Clones a tag or branch.
 * @throws WizardFailure `source` with `unknown-tag` or `clone-failed` and git's message; CancelledError
 */
export async function cloneTag({ url, tag, into, ...transfer }: CloneRequest): Promise<void> {
  await whole(into, transfer.signal, (partial) =>
    mustRun(
      ['clone', '--progress', '--depth', '1', '--single-branch', '--branch', tag, '--', url, partial],
      `${url} ${tag}`,
      transfer,
    ),
  );
}

/** Reads a repository of another user too; the setting does not reach the process that reads it in another way. */
const UPLOAD_PACK = "git -c safe.directory='*' upload-pack";

/** Key of the repository's configuration with the result of `describeCommit`, which a shallow repository cannot compute. */
export const DESCRIBED = 'fabric-wizard.described';

/**
 * Fetches a tag or branch of a repository on this machine. Uncommitted changes in an existing folder stay.
 * @throws WizardFailure `source` with `clone-failed` and git's message, e.g. if such changes are in the way; CancelledError
 */
export async function fetchRef({ from, into, ...transfer }: FetchRequest): Promise<void> {
  const { repository, ref, commit } = from;
  const folder = (await git(repository, 'rev-parse', '--path-format=absolute', '--git-common-dir')).trim();
  const described = await describeCommit(repository, commit);
  const fill = async (target: string) => {
    const run = (...args: readonly string[]) =>
      mustRun(['-C', target, ...args], `${repository} ${ref.replace(/^refs\/\w+\//, '')}`, transfer);
    await run('fetch', '--progress', '--depth', '1', '--upload-pack', UPLOAD_PACK, '--', folder, ref);
    await run('checkout', '--quiet', '--detach', commit);
    if (described !== undefined) await run('config', DESCRIBED, described);
  };
  if (await exists(into)) {
    try {
      return await fill(into);
    } catch (error) {
      const { dirty } = await readSourceTree(into);
      if (dirty.length === 0 || transfer.signal.aborted) throw error;
      const detail: Phrase = { key: 'source.local-changes', files: dirty };
      throw new WizardFailure({ kind: 'source', path: into, problem: 'clone-failed', detail, looked: [] });
    }
  }
  await whole(into, transfer.signal, async (partial) => {
    await mustRun(['init', '--quiet', '--', partial], repository, transfer);
    await fill(partial);
  });
}

interface GitResult {
  readonly result: { readonly exitCode?: number; readonly code?: string; readonly originalMessage?: string };
  /** Last lines of git's output. */
  readonly tail: readonly string[];
  readonly stalled: boolean;
}

async function runGit(
  args: readonly string[],
  { signal, stallMs, onLine }: Transfer & { readonly stallMs: number },
): Promise<GitResult> {
  const { execa } = await import('execa');
  const child = execa('git', ['-c', 'advice.detachedHead=false', ...args], {
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
