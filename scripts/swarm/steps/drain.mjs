/** A node of the Swarm is drained: its containers run on, and `up` says what to do. */
import { nodes } from '../look.mjs';
import { peersOn, untilAllAnswer } from '../peers.mjs';
import { keepChaincode } from './up.mjs';

export async function drain(site, row) {
  const { machines, on, wizard, wizardOk, chaincode } = site;
  const [manager] = machines;
  const { name } = machines[1];
  const set = (availability) =>
    on(manager)('docker', ['node', 'update', '--availability', availability, name]);
  const before = (await nodes(machines)).map(({ id, startedAt }) => `${id} ${startedAt}`).sort();
  await set('drain');
  try {
    const { exitCode, events, stderr } = await wizard(['up', '--yes']);
    const text = JSON.stringify(events) + stderr;
    if (exitCode === 0) row.problems.push('up on a drained machine ends with 0');
    if (!text.includes(`docker node update --availability active ${name}`))
      row.problems.push('up does not say how the machine becomes active');
    const after = (await nodes(machines)).map(({ id, startedAt }) => `${id} ${startedAt}`).sort();
    if (after.join() !== before.join()) row.problems.push('containers were stopped or recreated');
    await untilAllAnswer(site, peersOn(site), chaincode);
  } finally {
    await set('active');
  }
  const result = await wizardOk(['up', '--yes']);
  keepChaincode(site, result);
  row.figures.push({ what: 'up, active again', seconds: result.seconds });
}
