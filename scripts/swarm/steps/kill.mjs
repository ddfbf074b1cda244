/** A machine loses its power, and comes back. */
import { nodes } from '../look.mjs';
import { peersOn, untilAllAnswer } from '../peers.mjs';

export async function kill(site, row) {
  const { machines, wizard, chaincode, placement } = site;
  const lost = machines[1];
  const rest = machines.filter((machine) => machine !== lost);
  const there = peersOn(site, lost.name);
  const before = await nodes([lost]);
  await lost.kill();
  try {
    const { exitCode, events, seconds } = await wizard(['status']);
    row.figures.push({ what: 'status without the machine', seconds });
    if (exitCode === 0) row.problems.push('status ends with 0');
    const shown = new Map((events[0]?.nodes ?? []).map((each) => [each.node, each.state]));
    for (const { node } of before)
      if ((shown.get(node) ?? 'running') === 'running')
        row.problems.push(`status: ${node} is ${shown.get(node) ?? 'missing'}`);
    const others = peersOn(site, ...rest.map(({ name }) => name));
    row.figures.push({
      what: 'the other peers answer',
      seconds: await untilAllAnswer(site, others, chaincode),
    });
  } finally {
    await lost.start();
  }
  row.figures.push({
    what: 'its peers answer, after its engine does',
    seconds: await untilAllAnswer(site, there, chaincode),
  });
  const after = await nodes([lost]);
  const misplaced = after.filter(
    ({ node, state }) => state !== 'running' || placement.machineOf(node) !== lost.name,
  );
  row.problems.push(...misplaced.map(({ node, state }) => `${node} is ${state} on ${lost.name}`));
}
