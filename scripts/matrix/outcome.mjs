/** What a command's events say of how it ended. Pure. */

/** What the program printed where it printed no event that says why. */
const LAST_LINES = 5;

/**
 * Why a command failed.
 * @param told `exitCode`, `events` and `stderr`, as `runWizard` gives them
 * @returns `title`, and where it is known `stage`, `proof`: `{from, line}`, `why`; undefined where it did not fail
 */
export function reasonOf({ exitCode, events, stderr }) {
  if (exitCode === 0) return undefined;
  const failed = events.find(({ described }) => described !== undefined);
  if (failed) {
    const { title, proof, why, detail } = failed.described;
    // Where no line proves it, the first fact says most.
    return { stage: failed.stage, title, proof: proof ?? (detail[0] && { from: '', line: detail[0] }), why };
  }
  const said = stderr.trim().split('\n').slice(-LAST_LINES).join('\n');
  return { title: `it ended with ${exitCode}${said === '' ? '' : `: ${said}`}` };
}

/** Stages that did something, with their seconds. */
export function stagesOf(events) {
  return events
    .filter(({ type, outcome }) => type === 'stage-finished' && outcome === 'built')
    .map(({ stage, seconds }) => ({ stage, seconds }));
}

/** The images that the peers of a proof really used, or undefined where there was none. */
export function imagesOf(events) {
  const proof = events.findLast(({ type }) => type === 'smoke-result')?.peers.find(({ built }) => built);
  return proof && { builder: proof.builder.ref, runtime: proof.runtime.ref };
}
