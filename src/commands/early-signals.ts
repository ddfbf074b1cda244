/** Remembers a signal that comes before a run handles signals itself. Imported before anything else. */
import { isatty } from 'node:tty';

const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const RUNS = ['up', 'build', 'rebuild', 'smoke', 'test', 'chaincode'];

let came = false;

function onSignal(): void {
  came = true;
}

/** Other commands start nothing that must be ended, so a signal ends them at once. */
function asksForRun(first: string | undefined): boolean {
  // Without a command, or with options only, `up` runs.
  return first === undefined || first.startsWith('-') || RUNS.includes(first);
}

if (asksForRun(process.argv[2])) for (const name of NAMES) process.on(name, onSignal);

/**
 * Leaves signals to the caller, who listens already: a signal that came while modules were loaded is delivered afterwards, and is
 * lost if nobody listens in between.
 * @returns whether one has been delivered before
 */
export function takeSignals(): boolean {
  for (const name of NAMES) process.off(name, onSignal);
  return came;
}

/** File descriptors that are a terminal. */
const terminals = [0, 1, 2].filter((file) => isatty(file));

/** If a terminal has been closed, Node.js aborts at its end and leaves a core dump. A process that SIGHUP ends does not. */
function endBySignal(code: number): void {
  if (terminals.every((file) => isatty(file))) return;
  const listeners = process.listeners('exit');
  // Those that were added later, which end child processes.
  for (const listener of listeners.slice(listeners.indexOf(endBySignal) + 1)) {
    try {
      listener.call(process, code);
    } catch {
      // It restores a terminal that is gone.
    }
  }
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
}

process.on('exit', endBySignal);
