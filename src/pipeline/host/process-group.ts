/** Runs programs of the host in process groups of their own. */
import { CancelledError } from '../core/failure.ts';
import { appendLine, emptyTail } from '../core/line-tail.ts';
import { LineSplitter } from '../engine/line-splitter.ts';

export interface GroupResult {
  /** 127 if the program does not exist. */
  readonly exitCode: number;
  /** Last lines of stdout and stderr. */
  readonly tail: readonly string[];
}

/**
 * Runs a program in a process group of its own, so that cancelling also ends its descendants.
 * @throws CancelledError once the whole group has ended
 */
export async function runInGroup(
  command: string,
  args: readonly string[],
  options: {
    readonly signal: AbortSignal;
    /** Folder in which it runs; default: that of this process. */
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly onLine?: (line: string) => void;
    /** Signal that cancels the group; default `SIGKILL`. `SIGTERM` lets the program clean up. */
    readonly killSignal?: 'SIGKILL' | 'SIGTERM';
  },
): Promise<GroupResult> {
  const { execa } = await import('execa');
  if (options.signal.aborted) throw new CancelledError();
  const child = execa(command, [...args], {
    detached: true,
    reject: false,
    stdin: 'ignore',
    all: true,
    buffer: false,
    env: { ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const kill = () => {
    try {
      if (child.pid) process.kill(-child.pid, options.killSignal ?? 'SIGKILL');
    } catch {
      // The group has already ended.
    }
  };
  options.signal.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);
  let tail = emptyTail;
  const report = (line: string) => {
    if (!line.trim()) return;
    tail = appendLine(tail, line);
    options.onLine?.(line);
  };
  try {
    const splitter = new LineSplitter();
    for await (const chunk of child.all ?? []) {
      for (const line of splitter.push(chunk as Buffer)) report(line);
    }
    const rest = splitter.end();
    if (rest) report(rest);
    const result = await child;
    if (options.signal.aborted) throw new CancelledError();
    if (result.code === 'ENOENT') return { exitCode: 127, tail: [`${command}: not found`] };
    return { exitCode: result.exitCode ?? 1, tail: tail.lines };
  } catch (error) {
    if (options.signal.aborted) throw new CancelledError();
    throw error;
  } finally {
    options.signal.removeEventListener('abort', kill);
    process.removeListener('exit', kill);
  }
}
