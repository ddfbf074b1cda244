/** The network between the machines is interrupted. */
import { setTimeout as delay } from 'node:timers/promises';
import { invoke, peersOn, untilAllAnswer } from '../peers.mjs';

const CUT_MS = 10_000;

export async function partition(site, row) {
  const { machines, chaincode } = site;
  const cut = machines.at(-1);
  const [near] = peersOn(site, ...machines.slice(0, -1).map(({ name }) => name));
  await cut.setLink('down');
  let amount;
  try {
    const ended = delay(CUT_MS);
    amount = await invoke(site, near, chaincode);
    await ended;
  } finally {
    await cut.setLink('up');
  }
  const caughtUp = await untilAllAnswer(site, peersOn(site), chaincode, amount);
  row.figures.push({
    what: `the block of the ${CUT_MS / 1000} s without ${cut.name} is on all peers`,
    seconds: caughtUp,
  });
  const startedAt = performance.now();
  const next = await invoke(site, peersOn(site, cut.name)[0], chaincode);
  await untilAllAnswer(site, peersOn(site), chaincode, next);
  row.figures.push({
    what: 'the next transaction is on all peers',
    seconds: (performance.now() - startedAt) / 1000,
  });
}
