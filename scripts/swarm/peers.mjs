/** Asks the peers by hand, in the CLI container: no command of the program takes part. */
import { eventually } from '../namespaces.mjs';

/** What a user waits for is at most this long. */
const LIMIT_MS = 120_000;

/** Returns the peers on machines, all of them without names. */
export function peersOn({ cli, placement }, ...names) {
  return cli.peers.filter(({ name }) => names.length === 0 || names.includes(placement.machineOf(name)));
}

/** Returns the amount that a peer answers; undefined if it does not answer. */
export async function amountOn({ cli }, peer, chaincode) {
  const { exitCode, stdout } = await cli.peer(peer, cli.queryArgs(chaincode), { mayFail: true });
  const [amount] = /\d+\s*$/.exec(stdout) ?? [];
  return exitCode === 0 && amount !== undefined ? Number(amount) : undefined;
}

/**
 * Waits until all of the peers answer, and with the same amount if one is given.
 * @returns seconds
 * @throws Error after two minutes, with the peers that do not
 */
export async function untilAllAnswer(site, peers, chaincode, amount) {
  const startedAt = performance.now();
  const open = new Set(peers);
  const isRight = (answer) => answer !== undefined && (amount === undefined || answer === amount);
  const ask = async () => {
    for (const peer of open) if (isRight(await amountOn(site, peer, chaincode))) open.delete(peer);
    return open.size === 0;
  };
  await eventually('answers', ask, LIMIT_MS).catch(() => {
    const names = [...open].map(({ name }) => name).join(', ');
    throw new Error(
      `no answer${amount === undefined ? '' : ` of ${amount}`} within ${LIMIT_MS / 1000} s: ${names}`,
    );
  });
  return (performance.now() - startedAt) / 1000;
}

/** Sends a transaction that moves 10, and sends it again until it is accepted. @returns the amount afterwards */
export async function invoke(site, peer, chaincode) {
  const { cli, spec } = site;
  const before = await amountOn(site, peer, chaincode);
  if (before === undefined) throw new Error(`${peer.name} does not answer a query`);
  const args = ['-c', JSON.stringify({ Args: ['invoke', 'a', 'b', '10'] })];
  await cli.peer(peer, ['chaincode', 'invoke', '-C', spec.channel, '-n', chaincode, ...args, ...cli.orderer]);
  return before - 10;
}
