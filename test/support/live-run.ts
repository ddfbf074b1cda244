/** A `--json` run that a test observes and interrupts while it is active. */
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { BIN, EndedRun, type Printed } from './wizard.ts';

/** Time limit for any state that a test waits for. */
const TIMEOUT_MS = 120_000;

/** Polls until the answer is neither undefined nor false. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  const started = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() - started > TIMEOUT_MS) throw new Error(`timed out waiting for ${what}`);
    await delay(20);
  }
}

export interface Interrupted {
  readonly run: EndedRun;
  /** Milliseconds from the signal to the process's end. */
  readonly took: number;
  /** Milliseconds from the last event to the process's end. */
  readonly lingered: number;
}

export interface LiveRun {
  readonly pid: number;
  /** Resolves at the first event that matches; rejects if the run ends without one. */
  readonly heard: (what: string, wanted: (event: Printed) => boolean) => Promise<void>;
  readonly started: (stage: string) => Promise<void>;
  /** Resolves at the first log line or progress of the stage. */
  readonly working: (stage: string) => Promise<void>;
  readonly interrupt: (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => Promise<Interrupted>;
  readonly ended: Promise<EndedRun>;
}

/** Starts the built program with these arguments and `--json`. */
export function liveRun(
  dir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): LiveRun {
  const child = execa(process.execPath, [BIN, ...args, '--json'], {
    cwd: dir,
    stdin: 'ignore',
    reject: false,
    maxBuffer: 200_000_000,
    env: { ...env },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the program did not start');
  const startedAt = performance.now();
  let text = '';
  let lastEventAt = performance.now();
  let endedAt: number | undefined;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    lastEventAt = performance.now();
  });
  const ended = child.then(({ exitCode, stdout, stderr }) => {
    endedAt = performance.now();
    return new EndedRun({ exitCode, stdout, stderr, seconds: (endedAt - startedAt) / 1000 });
  });
  const heard: LiveRun['heard'] = async (what, wanted) => {
    let seen = 0;
    await eventually(what, async () => {
      const whole = text.slice(seen, text.lastIndexOf('\n') + 1);
      seen += whole.length;
      const events = whole.split('\n').filter(Boolean);
      if (events.some((line) => wanted(JSON.parse(line) as Printed))) return true;
      if (endedAt !== undefined) throw new Error(`the run ended without ${what}:\n${text.slice(-2000)}`);
      return false;
    });
  };
  return {
    pid,
    heard,
    ended,
    started: (stage) =>
      heard(`${stage} started`, (event) => event.type === 'stage-started' && event.stage === stage),
    working: (stage) =>
      heard(
        `${stage} at work`,
        (event) => (event.type === 'stage-log' || event.type === 'stage-progress') && event.stage === stage,
      ),
    interrupt: async (signal) => {
      const sentAt = performance.now();
      process.kill(pid, signal);
      const run = await ended;
      const now = endedAt ?? performance.now();
      return { run, took: now - sentAt, lingered: now - lastEventAt };
    },
  };
}
