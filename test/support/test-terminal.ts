/** The built program in a real pty, and the screen as a terminal would draw it. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Terminal } from '@xterm/headless';
import { execa, type ResultPromise } from 'execa';
import { eventually } from './live-run.ts';
import { BIN } from './wizard.ts';

/** Printed when the program has ended, in front of what the terminal is then like. */
const ENDED = '--ended-';

export interface Ended {
  readonly exitCode: number;
  /** What `stty -a` says of the pty afterwards. */
  readonly settings: string;
}

/** What a person sends and sees. util-linux's `script` makes the pty; it is part of every Debian. */
export class TestTerminal {
  readonly #emulator: Terminal;
  /** File with the exit code of the program. */
  readonly #exitCode = join(tmpdir(), `fabric-wizard-exit-${randomUUID()}`);
  readonly #process: ResultPromise<{ stdin: 'pipe'; buffer: false; reject: false }>;
  #text = '';

  constructor(options: {
    readonly args: readonly string[];
    readonly cwd: string;
    readonly columns?: number;
    readonly rows?: number;
    readonly env?: Readonly<Record<string, string>>;
    /** A shell with job control that prints STOPPED when the program is stopped, and then continues it. */
    readonly continues?: boolean;
  }) {
    const { args, cwd, columns = 80, rows = 24, env = {}, continues = false } = options;
    this.#emulator = new Terminal({ cols: columns, rows, scrollback: 5000, allowProposedApi: true });
    const command = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ');
    const program = continues ? `set -m; ${command}; echo STOPPED $?; fg` : command;
    // A Ctrl-C that is a signal reaches the shell as well, which must still say how the program ended.
    // It also outlives its terminal, to which it can say nothing then.
    const script = `trap : INT HUP; stty rows ${rows} cols ${columns}; ${program}; code=$?; echo $code > '${this.#exitCode}'; echo ${ENDED}$code; stty -a`;
    this.#process = execa('script', ['--quiet', '--flush', '--command', script, '/dev/null'], {
      cwd,
      buffer: false,
      reject: false,
      stdin: 'pipe',
      // Somebody sits here, whatever runs the tests.
      env: {
        CI: 'false',
        CONTINUOUS_INTEGRATION: 'false',
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
        SHELL: '/bin/sh',
        ...env,
      },
    });
    this.#process.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      this.#text += chunk;
      this.#emulator.write(chunk);
    });
  }

  /** The rows that are on the screen, without trailing blanks. */
  async screen(): Promise<string[]> {
    // Whatever was written is drawn when this is.
    await new Promise<void>((resolve) => this.#emulator.write('', resolve));
    const { active } = this.#emulator.buffer;
    return Array.from(
      { length: this.#emulator.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
    );
  }

  /** All rows, those that have scrolled away first. */
  async history(): Promise<string[]> {
    await this.screen();
    const { active } = this.#emulator.buffer;
    return Array.from(
      { length: active.length },
      (_, row) => active.getLine(row)?.translateToString(true) ?? '',
    );
  }

  send(keys: string): void {
    this.#process.stdin.write(keys);
  }

  /** Waits until the screen shows this; gives the screen. */
  async shows(wanted: RegExp): Promise<string> {
    const look = async () => {
      const text = (await this.screen()).join('\n');
      return wanted.test(text) && text;
    };
    try {
      return await eventually(String(wanted), look);
    } catch (error) {
      throw new Error(`${error}; the screen:\n${(await this.screen()).join('\n')}`);
    }
  }

  /** Makes the pty another size, as a window does, and the emulator with it. */
  async resize(columns: number, rows: number): Promise<void> {
    const pid = await this.pid();
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const device = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4]);
    // Minor number of a pts, see proc(5).
    const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
    this.#emulator.resize(columns, rows);
    await execa('stty', ['-F', `/dev/pts/${minor}`, 'rows', String(rows), 'cols', String(columns)]);
  }

  /** Of the program, as soon as it runs. */
  async pid(): Promise<number> {
    return eventually('the program in its pty', async () => {
      for (let pid = this.#process.pid ?? 0; pid > 0; ) {
        const name = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
        if (name.split('\0')[1] === BIN) return pid;
        const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
        pid = Number(children.trim().split(' ')[0]);
      }
      return undefined;
    });
  }

  /** Whether a cursor is to be seen, by what was written last. */
  get cursorShown(): boolean {
    return this.#text.lastIndexOf('\u001b[?25h') >= this.#text.lastIndexOf('\u001b[?25l');
  }

  /** Closes the terminal. @returns the exit code of the program, as a shell sees it */
  async hangUp(): Promise<number> {
    this.#process.kill('SIGKILL');
    // The shell makes the file before it writes.
    const read = () => readFile(this.#exitCode, 'utf8').catch(() => '');
    return Number(await eventually('the end of the program', async () => (await read()) || undefined));
  }

  /** Ends it all, whatever state it is in. */
  dispose(): void {
    this.#process.kill('SIGKILL');
    rmSync(this.#exitCode, { force: true });
  }

  /** Resolves when the program has ended. */
  async ended(): Promise<Ended> {
    await this.#process;
    const end = this.#text.slice(this.#text.lastIndexOf(ENDED));
    const exitCode = Number(/^--ended-(\d+)/.exec(end)?.[1]);
    return { exitCode, settings: end };
  }
}
