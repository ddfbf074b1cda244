/** Judges how a run ended. Pure. */

const STACK_TRACE = /^\s+at .+[:(]\S*:\d+:\d+\)?$/m;
const BUG = /bug in fabric-wizard/i;
const CANCELLED = 130;

/** Whether a run ended with a proof that chaincode works. */
export function isProven({ exitCode, events }) {
  return (
    exitCode === 0 &&
    events.at(-1)?.outcome === 'done' &&
    events.some(({ type, ok }) => type === 'smoke-result' && ok) &&
    events.every(({ type, ok }) => type !== 'smoke-result' || ok)
  );
}

/** Returns the description of why a run failed, or undefined. */
function descriptionOf({ events }) {
  return events.findLast(({ described }) => described !== undefined)?.described;
}

/** Returns the first command that a failed run names. */
export function nextOf(ended) {
  return descriptionOf(ended)?.next?.[0];
}

/** Describes how a run ended in a few words. */
export function endingText(ended) {
  if (ended.hung) return 'did not end';
  if (ended.killedBy) return `ended by ${ended.killedBy}`;
  if (isProven(ended)) return 'proven';
  if (ended.exitCode === CANCELLED) return 'cancelled';
  const title = descriptionOf(ended)?.title ?? ended.stderr.trim().split('\n')[0];
  return title ? `${ended.exitCode}: ${title.split('\n')[0]}` : `ended with ${ended.exitCode}`;
}

function textProblems(ended) {
  const described = ended.events.map((event) => event.described).filter((each) => each !== undefined);
  const texts = described.flatMap(({ title, why, detail }) => [title, why ?? '', ...(detail ?? [])]);
  const said = [ended.stderr, ...texts].join('\n');
  return [
    ...(STACK_TRACE.test(said) ? [`printed a stack trace: ${STACK_TRACE.exec(said)[0].trim()}`] : []),
    ...(BUG.test(said) || ended.events.some(({ failure }) => failure?.kind === 'unexpected')
      ? [`called it a bug in fabric-wizard: ${descriptionOf(ended)?.title ?? ended.stderr.trim()}`]
      : []),
  ];
}

function endingProblems(ended, expects) {
  const { exitCode, events, garbage } = ended;
  const last = events.at(-1);
  if (last?.type !== 'run-finished') return [`the last event is ${last?.type ?? 'absent'}, not run-finished`];
  const problems = garbage.length > 0 ? [`printed a line that is no event: ${garbage[0].slice(0, 100)}`] : [];
  if (last.exitCode !== exitCode)
    problems.push(`run-finished says ${last.exitCode}, it ended with ${exitCode}`);
  if (exitCode === 0 && !isProven(ended)) problems.push('ended with 0 without a proof');
  if (exitCode !== 0 && expects === 'cancelled' && exitCode !== CANCELLED)
    problems.push(`ended with ${exitCode}, not ${CANCELLED}`);
  if (exitCode === CANCELLED && expects !== 'cancelled') problems.push('cancelled without a signal');
  if (exitCode !== 0 && exitCode !== CANCELLED && !descriptionOf(ended)?.title)
    problems.push('failed without a sentence');
  return problems;
}

/**
 * Returns a sentence for each way in which a run did not end as it should.
 * @param ended see `launch`
 * @param expects `killed`: SIGKILL may have ended it; `cancelled`: a signal; `unheard`: nobody reads its output; `ended`:
 *   none of these
 */
export function endingJudged(ended, expects) {
  if (ended.hung) return ['did not end'];
  const texts = textProblems(ended);
  if (ended.killedBy) return expects === 'killed' ? texts : [...texts, `was ended by ${ended.killedBy}`];
  return expects === 'unheard' ? texts : [...texts, ...endingProblems(ended, expects)];
}

/** Whether the run with a fault must itself be proven: the fault happens before it, nobody repairs it, and its output is read. */
export function mustBeProven({ at, repair, expects }) {
  return at === undefined && repair === undefined && expects !== 'unheard';
}
