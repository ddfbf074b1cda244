/** The deployment of a user's Go chaincode: with nothing changed, and after an edit. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freshName, handCli } from '../cli.mjs';
import { partsOf } from '../events.mjs';

const INIT = ['init', 'a', '100', 'b', '200'];
const TIMEOUT_MS = 60_000;

/**
 * Copies the bundled chaincode into a folder of its own.
 * @returns `name`, `dir`, and `mark`, which changes what the function `mark` answers
 */
async function userChaincode({ root }, path) {
  const name = freshName();
  const dir = join(path, name);
  await cp(join(root, 'compose', 'chaincode', 'smoke'), dir, { recursive: true });
  const file = join(dir, 'smoke.go');
  const text = await readFile(file, 'utf8');
  const mark = async (answer) => {
    const branch = `\tswitch {\n\tcase function == "mark":\n\t\treturn shim.Success([]byte("${answer}"))`;
    await writeFile(
      file,
      text.replace('\tswitch {', () => branch),
    );
  };
  await mark('first');
  return { name, dir, mark };
}

/** The reference side installs and instantiates as 1.x does, and the chaincode imports the shim of 1.x. */
const needs = ({ lifecycle }) => lifecycle === 'legacy';

function deployArgs({ name }) {
  return ['chaincode', 'deploy', name, '--init', JSON.stringify(INIT), '--yes'];
}

export const deployNothing = {
  name: 'deploy-nothing',
  what: '`chaincode deploy` with nothing changed',
  against: 'three times `node -e 0` and one query with `docker exec … peer`',
  atMost: 1,
  needs,
  quick: true,
  measure: async (setup, runs) => {
    const { run, bin } = setup;
    const net = await setup.network(2, 2);
    const cli = handCli(setup, net);
    const [first] = cli.peers;
    const own = await userChaincode(setup, net.path);
    await setup.wizard(net.path, deployArgs(own));
    const measured = [];
    const reference = [];
    // The first run is not counted: the file caches of the system are cold.
    for (let i = 0; i <= runs; i++) {
      const { seconds, stdout } = await run(process.execPath, [bin, ...deployArgs(own)], { cwd: net.path });
      if (!stdout.includes(own.name)) throw new Error(`unexpected answer: ${stdout}`);
      const node = await run(process.execPath, ['-e', '0']);
      const query = await cli.peer(first, cli.queryArgs(own.name));
      if (i === 0) continue;
      measured.push(seconds);
      reference.push(3 * node.seconds + query.seconds);
    }
    return { measured, reference };
  },
};

/** Asks until the new version answers: a peer may receive the block of the upgrade later. */
async function untilMarked(cli, peer, name, mark) {
  const args = cli.queryArgs(name, ['mark']);
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const { stdout } = await cli.peer(peer, args, { mayFail: true });
    if (stdout.includes(mark)) return;
    if (performance.now() > deadline) throw new Error(`${peer.name} has no answer of ${mark}: ${stdout}`);
    await delay(100);
  }
}

/**
 * Deploys with bare commands.
 * @param command `instantiate` or `upgrade`
 * @param mark what the function `mark` answers
 * @returns seconds of the commands, without the copy of the source
 */
async function deployedByHand(cli, { name, dir }, { version, command, mark }) {
  const path = await cli.copyChaincode(name, dir);
  const [first] = cli.peers;
  const startedAt = performance.now();
  await Promise.all(cli.peers.map((peer) => cli.peer(peer, cli.installArgs(name, path, version))));
  await cli.peer(first, cli.instantiateArgs(name, version, command));
  await Promise.all(cli.peers.map((peer) => untilMarked(cli, peer, name, mark)));
  return (performance.now() - startedAt) / 1000;
}

export const deployUpgrade = {
  name: 'deploy-upgrade',
  what: 'upgrade of a Go chaincode on 2 x 2 peers (`chaincode deploy`)',
  against: 'install on each peer, upgrade, and the first query on each, with bare `peer` commands',
  atMost: 1.2,
  needs,
  measure: async (setup, runs) => {
    const net = await setup.network(2, 2);
    const cli = handCli(setup, net);
    const [own, hand] = [await userChaincode(setup, net.path), await userChaincode(setup, net.path)];
    await setup.wizard(net.path, deployArgs(own));
    await deployedByHand(cli, hand, { version: '1.0', command: 'instantiate', mark: 'first' });
    const deployed = [];
    const reference = [];
    for (let i = 1; i <= runs; i++) {
      setup.log(`run ${i} of ${runs}`);
      const mark = freshName();
      await own.mark(`${mark}-own`);
      deployed.push(await setup.wizard(net.path, deployArgs(own)));
      await hand.mark(`${mark}-hand`);
      const upgrade = { version: `1.${i}`, command: 'upgrade', mark: `${mark}-hand` };
      reference.push(await deployedByHand(cli, hand, upgrade));
    }
    return {
      measured: deployed.map(({ seconds }) => seconds),
      reference,
      measuredParts: partsOf(deployed[0]),
    };
  },
};
