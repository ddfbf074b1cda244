/** The outcome of a command, from its events. Pure. */

/** Number of lines of output to show if no event has the reason of a failure. */
const LAST_LINES = 5;

/**
 * Returns why a command failed.
 * @param result see `runWizard`
 * @returns `title` and, if known, `stage`, `proof`: `{from, line}`, and `why`; undefined if it did not fail
 */
export function reasonOf({ exitCode, events, stderr }) {
  if (exitCode === 0) return undefined;
  const failed = events.find(({ described }) => described !== undefined);
  if (failed) {
    const { title, proof, why, detail } = failed.described;
    // Without a line of proof, the first detail is the most useful.
    return { stage: failed.stage, title, proof: proof ?? (detail[0] && { from: '', line: detail[0] }), why };
  }
  const output = stderr.trim().split('\n').slice(-LAST_LINES).join('\n');
  return { title: `it ended with ${exitCode}${output === '' ? '' : `: ${output}`}` };
}

/** Returns the stages that ran, with their seconds. */
export function stagesOf(events) {
  return events
    .filter(({ type, outcome }) => type === 'stage-finished' && outcome === 'built')
    .map(({ stage, seconds }) => ({ stage, seconds }));
}

/** Returns the images that the peers used in the proof, or undefined if there was no proof. */
export function imagesOf(events) {
  const proof = events.findLast(({ type }) => type === 'smoke-result')?.peers.find(({ built }) => built);
  return proof && { builder: proof.builder.ref, runtime: proof.runtime.ref };
}
