/** `up` on an empty Swarm: every node where `placement` names its machine. */
import { chaincodeImages, compilers, keyProblems, layerBytes, nodes } from '../look.mjs';
import { LABEL } from '../site.mjs';

const MB = 1_000_000;

/** Gives a node of the Swarm the label that `placement` names. */
async function label({ machines, on, placement }) {
  const add = `${LABEL.name}=${LABEL.value}`;
  await on(machines[0])('docker', ['node', 'update', '--label-add', add, placement.labelled]);
}

/** Returns what is wrong with the containers of the nodes. */
function nodeProblems({ placement, spec, cli }, found) {
  const wanted = ['cli', ...spec.orderers.map(({ name }) => name), ...cli.peers.map(({ name }) => name)];
  const missing = wanted.filter((name) => !found.some(({ node }) => node === name));
  return [
    ...missing.map((name) => `${name} is on no machine`),
    ...found.flatMap(({ node, machine, state, ports }) => [
      ...(machine === placement.machineOf(node) ? [] : [`${node} is on ${machine}`]),
      ...(state === 'running' ? [] : [`${node} is ${state}`]),
      ...ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${node} publishes ${port}`),
    ]),
  ];
}

/** Returns what is wrong with the builds of a chaincode: one peer compiles it, and all machines have the same image. */
async function buildProblems({ machines, cli }, chaincode) {
  const peers = await compilers(machines, chaincode);
  const images = await chaincodeImages(machines, chaincode);
  const ids = new Set(images.map(({ id }) => id));
  const tags = images.flatMap(({ tags }) => tags);
  return [
    ...(peers.length === 1 ? [] : [`compiled on ${peers.length} peers: ${peers.join(', ')}`]),
    ...(ids.size === 1 ? [] : [`${ids.size} different images of ${chaincode}`]),
    ...(tags.length === cli.peers.length ? [] : [`${tags.length} images of ${cli.peers.length} peers`]),
  ];
}

/** @returns the proof of a run. @throws Error if there is none, or it is not right */
export function proofOf({ cli }, { events }) {
  const proof = events.findLast(({ type }) => type === 'smoke-result');
  const peers = proof?.peers.filter(({ ok }) => ok).length ?? 0;
  if (!proof?.ok || peers !== cli.peers.length)
    throw new Error(`the proof is right on ${peers} of ${cli.peers.length} peers`);
  return proof;
}

/** Remembers the chaincode that `up` leaves: the one before is removed, and from 2.0 on a peer cannot build it again. */
export function keepChaincode(site, result) {
  site.chaincode = proofOf(site, result).chaincode;
  return site.chaincode;
}

export async function up(site, row) {
  const { machines, wizardOk, placement } = site;
  await label(site);
  const sizes = await Promise.all(machines.map(layerBytes));
  const result = await wizardOk(['up', '--yes']);
  row.figures.push({ what: 'up', seconds: result.seconds });
  const stages = result.events.filter(({ type, seconds }) => type === 'stage-finished' && seconds >= 1);
  row.figures.push(...stages.map(({ stage, seconds }) => ({ what: `stage ${stage}`, seconds })));
  const chaincode = keepChaincode(site, result);
  const found = await nodes(machines);
  const keys = await keyProblems(site);
  row.problems.push(
    ...nodeProblems(site, found),
    ...keys.problems,
    ...(await buildProblems(site, chaincode)),
  );
  for (const [index, machine] of machines.entries()) {
    const here = found.filter((node) => node.machine === machine.name).map(({ node }) => node);
    const grown = ((await layerBytes(machine)) - sizes[index]) / MB;
    row.facts.push(
      `${machine.name}: ${here.sort().join(', ') || 'no node'}; images grew by ${Math.round(grown)} MB`,
    );
  }
  row.facts.push(`placement: ${JSON.stringify(placement.choices)}`, `${keys.count} private keys compared`);
}
