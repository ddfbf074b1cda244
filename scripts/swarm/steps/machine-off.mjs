/** `down` without one of the machines, and again when it is back. */
import { networkNames, nodes } from '../look.mjs';

export async function machineOff({ machines, wizard }, row) {
  const off = machines[1];
  await off.kill();
  try {
    const { exitCode, events, stderr, seconds } = await wizard(['down', '--yes']);
    row.figures.push({ what: 'down without the machine', seconds });
    if (exitCode !== 1) row.problems.push(`down ends with ${exitCode} although a machine is off`);
    if (!(JSON.stringify(events) + stderr).includes(off.name))
      row.problems.push(`down does not name ${off.name}`);
  } finally {
    await off.start();
  }
  const { exitCode, stderr, seconds } = await wizard(['down', '--yes']);
  row.figures.push({ what: 'down when it is back', seconds });
  if (exitCode !== 0) row.problems.push(`down ends with ${exitCode}: ${stderr.trim()}`);
  const left = await nodes(machines);
  row.problems.push(...left.map(({ node, machine }) => `${node} is still on ${machine}`));
  const networks = await networkNames(machines);
  row.problems.push(...networks.map((name) => `there is still the network ${name}`));
}
