/** Remembers a signal that comes before a run handles signals itself. Imported before anything else. */

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

/** Leaves signals to the caller from now on. @returns whether one has come already */
export function takeSignals(): boolean {
  for (const name of NAMES) process.off(name, onSignal);
  return came;
}
