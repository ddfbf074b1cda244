/** Gives the terminal to another program (pager, editor) while the screens are unmounted. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Terminal } from './terminal.ts';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** A request to run a program in the foreground. */
export interface ForegroundRequest {
  /** The first one that is installed runs. */
  readonly candidates: readonly Program[];
  /** Sentence for the case that none is installed. */
  readonly missing: string;
  /** Checks first whether the program can do its work. @returns a sentence to show instead of the program */
  readonly refusal?: () => Promise<string | undefined>;
}

/** A terminal forwards Ctrl-C to its whole process group; npm and `timeout` send it once more, a little later. */
const SAME_SIGNAL_MS = 500;

const ESCAPE = String.fromCharCode(27);
/** Leaves the alternate screen, ends mouse reports and bracketed paste, and resets colours. */
const RESET = [
  `${ESCAPE}[?1049l`,
  ...[1000, 1002, 1003, 1006, 2004].map((mode) => `${ESCAPE}[?${mode}l`),
  `${ESCAPE}[0m\r\n`,
].join('');

/** Returns the settings of the terminal in the form that `stty` reads; undefined without a terminal. */
function terminalSettings(): string | undefined {
  const { status, stdout } = spawnSync('stty', ['-g'], {
    stdio: ['inherit', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}

type Ending = 'ended' | 'killed' | 'missing';

function runProgram({ command, args }: Program, signal: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', signal });
    child.once('error', () => resolve('missing'));
    child.once('exit', (_code, killedBy) => resolve(killedBy === null ? 'ended' : 'killed'));
  });
}

/** Knows who owns the terminal. Signals of the keyboard belong to the owner. */
export class Foreground {
  #isActive = false;
  #endedAt = Number.NEGATIVE_INFINITY;

  /** Whether a SIGINT is, or may be, a Ctrl-C that was meant for the program in the foreground. */
  get ownsInterrupt(): boolean {
    return this.#isActive || performance.now() - this.#endedAt < SAME_SIGNAL_MS;
  }

  /**
   * Runs the first candidate that is installed and waits for its end. The terminal has the same settings
   * afterwards, even if the program crashed. The signal ends the program.
   * @returns false if none is installed
   */
  async run(candidates: readonly Program[], signal: AbortSignal): Promise<boolean> {
    const settings = terminalSettings();
    // Two readers of one terminal take each other's keys. A read whose key is gone blocks for ever, because the
    // start of the program makes the shared descriptor a blocking one.
    process.stdin.pause();
    const ignore = () => undefined;
    // Ctrl-\ must not end this process.
    process.on('SIGQUIT', ignore);
    this.#isActive = true;
    try {
      for (const program of candidates) {
        const ending = await runProgram(program, signal);
        if (ending === 'killed' && process.stdout.isTTY) process.stdout.write(RESET);
        if (ending !== 'missing' || signal.aborted) return true;
      }
      return false;
    } finally {
      this.#isActive = false;
      this.#endedAt = performance.now();
      process.off('SIGQUIT', ignore);
      // A resize meanwhile was reported to the program in the foreground only.
      process.emit('SIGWINCH', 'SIGWINCH');
      if (settings !== undefined) spawnSync('stty', [settings], { stdio: ['inherit', 'ignore', 'ignore'] });
    }
  }
}

/** Splits a value such as `less -R` of an environment variable. */
export function programOf(value: string, ...more: readonly string[]): Program | undefined {
  const [command, ...args] = value.split(/\s+/).filter(Boolean);
  return command === undefined ? undefined : { command, args: [...args, ...more] };
}

/** The pagers to try for a file. */
export function pagersFor(path: string, env: Readonly<Record<string, string | undefined>>): Program[] {
  return [env.PAGER ?? '', 'less -R', 'more']
    .map((value) => programOf(value, path))
    .filter((program) => program !== undefined);
}

/** The command that opens a shell in a node, as the user of the same network would type it. */
export function shellProgram(
  { dir, project, packageDir, language, colour }: Terminal,
  node: string,
  as: 'node' | 'admin',
): Program {
  const args = [
    ...['shell', node, ...(as === 'admin' ? ['--admin'] : []), '--dir', dir],
    ...(project === undefined ? [] : ['--project', project]),
    ...['--lang', language, ...(colour ? [] : ['--no-color'])],
  ];
  return { command: process.execPath, args: [join(packageDir, 'dist/bin.js'), ...args] };
}
