/** Checks the state folder and the engine after a run. */
import { access, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

const HALF_WRITTEN = /\.(partial|old|tmp|part)\b/;
/** Lines of a record of a run that was killed may be incomplete at its end. */
const RECORD = /^runs\/[^/]+\/events\.ndjson$/;

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function brokenJson(path, name) {
  const text = await readFile(path, 'utf8');
  if (name.endsWith('.json')) return isJson(text) ? [] : [`${name} is not valid JSON`];
  if (!RECORD.test(name)) return [];
  const complete = text.split('\n').slice(0, -1);
  return complete.every(isJson) ? [] : [`${name} has a line that is not valid JSON`];
}

/**
 * Returns a sentence for each thing in the state folder that is not whole. No run may be active.
 * @param except path of a file that the fault damaged and that no run writes again, or undefined
 */
export async function stateProblems(state, except = undefined) {
  const names = await readdir(state, { recursive: true });
  const problems = names
    .filter((name) => HALF_WRITTEN.test(basename(name)))
    .map((name) => `half-written: ${name}`);
  if (names.includes('lock')) problems.push('the lock is still there');
  const files = names.filter((name) => /\.(json|ndjson)$/.test(name) && join(state, name) !== except);
  for (const name of files) problems.push(...(await brokenJson(join(state, name), name)));
  return problems;
}

/** Whether the lock is there. */
export function isLocked(state) {
  return access(join(state, 'lock')).then(
    () => true,
    () => false,
  );
}

/** Returns a sentence for each container that a stage left behind. */
export async function workProblems({ engine }) {
  const left = await engine.listContainers({ all: true, filters: { label: ['io.fabric-wizard.role=work'] } });
  return left.map(({ Names }) => `left behind: container ${Names[0]?.slice(1)}`);
}

/** Returns a sentence for each node that does not run. */
export async function nodeProblems({ engine, project }) {
  const label = [`io.fabric-wizard.project=${project}`, 'io.fabric-wizard.role=node'];
  const nodes = await engine.listContainers({ all: true, filters: { label } });
  const own = nodes.filter(({ Names }) => Names[0]?.startsWith(`/${project}-`));
  if (own.length < 4) return [`only ${own.length} of 4 nodes exist`];
  return own
    .filter(({ State }) => State !== 'running')
    .map(({ Names, State }) => `node ${Names[0]?.slice(1)} is ${State}`);
}
