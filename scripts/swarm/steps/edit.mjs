/** A line of the source is edited: `rebuild` brings it to all machines. */
import { expectMark } from '../../mark.mjs';
import { editPeer } from '../../matrix/steps.mjs';
import { ledgerVolumes, nodes } from '../look.mjs';
import { peersOn, untilAllAnswer } from '../peers.mjs';
import { proofOf } from './up.mjs';

export async function edit(site, row) {
  const { machines, on, wizardOk, source } = site;
  const ledgers = await ledgerVolumes(machines);
  const mark = `swarm-edit-${Date.now().toString(36)}`;
  await editPeer(source, mark);
  const result = await wizardOk(['rebuild', '--smoke', '--yes']);
  row.figures.push({ what: 'rebuild --smoke', seconds: result.seconds });
  // It is removed after its proof.
  proofOf(site, result);
  const peers = (await nodes(machines)).filter(({ node }) => node.startsWith('peer'));
  for (const { name, machine } of peers) {
    const runner = on(machines.find((each) => each.name === machine));
    await expectMark(runner, `${name} on ${machine}`, ['exec', name], mark);
  }
  row.facts.push(`${peers.length} peers run the new program`);
  const after = await ledgerVolumes(machines);
  if (after.join() !== ledgers.join()) row.problems.push('the volumes of the ledgers are others than before');
  // The ledger still has what was written before the edit.
  await untilAllAnswer(site, peersOn(site), site.chaincode);
}
