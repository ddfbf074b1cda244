/** What the events of one of our runs say about where its time went. Pure. */

/** Seconds from the start to the event that `is` likes. @throws Error where there is none */
export function secondsTo(events, what, is) {
  const event = events.find(is);
  if (!event) throw new Error(`the run says nothing of ${what}`);
  return event.arrived;
}

/** Stages that did something, and what came before the first and after the last of them. */
export function partsOf({ seconds, events }) {
  const begun = events.find(({ type }) => type === 'run-started')?.arrived ?? seconds;
  const stages = events.filter(({ type, outcome }) => type === 'stage-finished' && outcome === 'built');
  const last = events.find(({ type }) => type === 'run-finished')?.arrived ?? seconds;
  return [
    { what: 'looking and planning', seconds: begun },
    ...stages.map(({ stage, seconds: took }) => ({ what: stage, seconds: took })),
    { what: 'ending', seconds: seconds - last },
  ];
}

/** Names of the stages that did something. */
export function builtStages(events) {
  return events
    .filter(({ type, outcome }) => type === 'stage-finished' && outcome === 'built')
    .map(({ stage }) => stage);
}
