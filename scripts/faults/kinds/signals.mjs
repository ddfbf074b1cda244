/** Signals to the program in every stage. */

const SIGNALS = { 'kill -9': 'SIGKILL', SIGTERM: 'SIGTERM', SIGINT: 'SIGINT', SIGHUP: 'SIGHUP' };
/** Stages that take long enough to be interrupted in the middle of their work, with the step. */
const MIDDLES = { compile: 12, smoke: 6 };

/** @param stages ids of the stages that the sample runs */
export function signalFaults(stages) {
  return Object.entries(SIGNALS).flatMap(([kind, signal]) => {
    const expects = signal === 'SIGKILL' ? 'killed' : 'cancelled';
    const inject = (_, { signal: send }) => send(signal);
    const places = stages.flatMap((stage) => [
      { stage, moment: signal === 'SIGKILL' || signal === 'SIGTERM' ? 'work' : 'start' },
      ...(MIDDLES[stage] ? [{ stage, moment: MIDDLES[stage] }] : []),
    ]);
    return places.map((at) => ({ kind, at, expects, inject }));
  });
}
