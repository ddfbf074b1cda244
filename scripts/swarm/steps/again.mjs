/** `up` again: there is nothing to build, and nothing to recreate. */
import { nodes } from '../look.mjs';
import { keepChaincode } from './up.mjs';

const key = ({ node, id, startedAt, image }) => `${node} ${id} ${startedAt} ${image}`;
/** Stages that compile or make images. */
const BUILDS = /^(?:base|compile|image)\b/;

export async function again(site, row) {
  const { machines, wizardOk } = site;
  const before = new Set((await nodes(machines)).map(key));
  const result = await wizardOk(['up', '--yes']);
  const { seconds, events } = result;
  keepChaincode(site, result);
  row.figures.push({ what: 'up', seconds });
  const after = await nodes(machines);
  const changed = after.filter((node) => !before.has(key(node)));
  if (after.length !== before.size) row.problems.push(`${before.size} containers are now ${after.length}`);
  row.problems.push(...changed.map(({ node }) => `${node} was started again`));
  const built = events.filter(({ type, outcome }) => type === 'stage-finished' && outcome === 'built');
  row.facts.push(`stages that did something: ${built.map(({ stage }) => stage).join(', ') || 'none'}`);
  row.problems.push(
    ...built.filter(({ stage }) => BUILDS.test(stage)).map(({ stage }) => `stage ${stage} was done again`),
  );
}
