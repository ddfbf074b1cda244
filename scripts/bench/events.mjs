/** Times in the events of a run. Pure. */

/** Returns the seconds from the start to the first event for which `is` returns true. @throws Error if there is none */
export function secondsTo(events, what, is) {
  const event = events.find(is);
  if (!event) throw new Error(`the run has no event of ${what}`);
  return event.arrived;
}

/** Returns the seconds of each stage that ran, of the time before the plan, and of the time after the last event. */
export function partsOf({ seconds, events }) {
  const begun = events.find(({ type }) => type === 'run-started')?.arrived ?? seconds;
  const stages = events.filter(({ type, outcome }) => type === 'stage-finished' && outcome === 'built');
  const last = events.find(({ type }) => type === 'run-finished')?.arrived ?? seconds;
  return [
    { what: 'planning', seconds: begun },
    ...stages.map(({ stage, seconds: took }) => ({ what: stage, seconds: took })),
    { what: 'ending', seconds: seconds - last },
  ];
}

/** Returns the names of the stages that ran. */
export function builtStages(events) {
  return events
    .filter(({ type, outcome }) => type === 'stage-finished' && outcome === 'built')
    .map(({ stage }) => stage);
}
