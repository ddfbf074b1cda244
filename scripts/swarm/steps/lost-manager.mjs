/** The manager and a worker lose their power, and the worker is back first: Docker gives up on its containers. */
import { nodes } from '../look.mjs';
import { peersOn, untilAllAnswer } from '../peers.mjs';
import { keepChaincode } from './up.mjs';

export async function lostManager(site, row) {
  const { machines, wizardOk } = site;
  const [manager, worker] = machines;
  for (const machine of [worker, manager]) await machine.kill();
  // Its engine answers when it has given up.
  await worker.start();
  await manager.start();
  const down = (await nodes(machines)).filter(({ state }) => state !== 'running');
  row.facts.push(`not running after both are back: ${down.map(({ node }) => node).join(', ') || 'none'}`);
  const result = await wizardOk(['up', '--yes']);
  const chaincode = keepChaincode(site, result);
  row.figures.push({ what: 'up', seconds: result.seconds });
  const still = (await nodes(machines)).filter(({ state }) => state !== 'running');
  row.problems.push(...still.map(({ node, state }) => `${node} is ${state} after up`));
  await untilAllAnswer(site, peersOn(site), chaincode);
}
