/** Makes recordings of runs independent of the machine and of the time. Pure. */
import { createHash } from 'node:crypto';

/** Time of `run-started`. */
const START = Date.UTC(2026, 0, 1, 12, 0, 0);
const RUN_ID = '2026-01-01T12-00-00-000Z-1';

/**
 * Combines the two records of a run: `--json` prints sentences in place of phrases, and the journal has no log lines
 * and no events from before the run.
 * @param printed events from `--json`, `run-started` among them
 * @param journal events from `.fabric-wizard/runs/<id>/events.ndjson`
 * @returns the events in the order of `printed`, as the journal has them
 * @throws Error if the records differ
 */
export function mergedEvents(printed, journal) {
  const startedAt = printed.find(({ type }) => type === 'run-started').at;
  const rest = [...journal];
  const events = printed.map((event) => {
    if (event.type === 'stage-log') return event;
    const { type, stage, at } = event;
    const index = rest.findIndex((other) => other.type === type && other.stage === stage && other.at === at);
    if (index >= 0) return rest.splice(index, 1)[0];
    if (type === 'run-started' || at > startedAt)
      throw new Error(`the journal does not have the event ${JSON.stringify(event)}`);
    return event;
  });
  if (rest.length > 0) throw new Error(`only the journal has the event ${JSON.stringify(rest[0])}`);
  return events;
}

/** Returns a function that gives the same replacement for the same value, and a new one for each new value. */
function numbered(replacement) {
  const known = new Map();
  return (value) => {
    if (!known.has(value)) known.set(value, replacement(known.size + 1));
    return known.get(value);
  };
}

/** `2026-11-22 03:33:58.969` or `2026-11-22T03:33:58.969`, as in the logs of nodes. */
const LOG_TIME = /\b(\d{4}-\d{2}-\d{2})([ T])(\d{2}:\d{2}:\d{2}\.\d{3})/g;
/** Name of the chaincode of a smoke test. */
const CHAINCODE = /\bsmoke-[0-9a-z]{8}\b/g;
/** An ID of an image, a container or a transaction, whole or short, or a fingerprint. A number is none. */
const ID = /(?<![0-9a-z])(?=\d*[a-f])[0-9a-f]{12,64}(?![0-9a-z])/g;
/** An address, and the port of a client. */
const ADDRESS =
  /(?<![\d.])(?!127\.|0\.0\.0\.0)(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])(?::(?:3[2-9]|[4-6]\d)\d{3}\b)?/g;
/** The address of a registry, as in the errors of an engine that cannot pull an image. */
const REGISTRY = /https:\/\/([a-z0-9.-]+)\/v2\//;

/** Replaces the registry's host wherever a text names it. */
function withoutRegistry(text) {
  const host = REGISTRY.exec(text)?.[1];
  return host === undefined ? text : text.replaceAll(host, 'registry.example');
}

/** Returns a function that replaces the values of the machine and of the time in a text. */
function stableText(shift, replacements) {
  const chaincode = numbered((n) => `smoke-${String(n).padStart(8, '0')}`);
  // A short ID is the start of the whole one, also after the replacement.
  const id = numbered((n) => `f${createHash('sha256').update(String(n)).digest('hex')}`);
  const address = numbered((n) => `192.0.2.${n}`);
  return (text) =>
    replacements
      .reduce((changed, [from, to]) => changed.replaceAll(from, to), withoutRegistry(text))
      .replace(LOG_TIME, (_, date, separator, time) => {
        const shifted = new Date(Date.parse(`${date}T${time}Z`) + shift).toISOString();
        return shifted.slice(0, -1).replace('T', separator);
      })
      .replace(CHAINCODE, (name) => chaincode(name))
      .replace(ID, (value) => id(value.slice(0, 12)).slice(0, value.length))
      .replace(ADDRESS, (_, ip) => address(ip));
}

/**
 * Replaces the run ID, paths, IDs, addresses, the host of a registry and names of chaincode by stable values, and shifts
 * all times so that the run starts at a fixed one.
 * @param events of one run
 * @param paths `[path, replacement]`; the first match counts, so that the longest come first
 */
export function stableEvents(events, paths) {
  const { runId, at } = events.find(({ type }) => type === 'run-started');
  const shift = START - at;
  const textOf = stableText(shift, [[runId, RUN_ID], ...paths]);
  const stable = (value, key) => {
    if (typeof value === 'string') return textOf(value);
    if (typeof value === 'number') return key === 'at' ? value + shift : value;
    if (Array.isArray(value)) return value.map((item) => stable(item));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, stable(item, name)]));
  };
  return events.map((event) => stable(event));
}

/** Returns one event for each line of JSON. */
export function eventsOf(text) {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
