/** From built images to a proved network, for the first time and again, and the necessary commands for that. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freshName, handCli } from '../cli.mjs';
import { partsOf, secondsTo } from '../events.mjs';
import { median } from '../figures.mjs';
import { WORK } from '../names.mjs';

const ORGS = 2;
const PEERS = 2;

async function composeProgram(run) {
  const plugin = await run('docker', ['compose', 'version'], { mayFail: true });
  return plugin.exitCode === 0 ? ['docker', 'compose'] : ['docker-compose'];
}

/**
 * Starts the containers of a network by hand, with the files that `up` has made, and creates its channel.
 * @returns `cli`, `parts`, the package `path` and the `name` of a chaincode that was not compiled before
 */
async function startByHand(setup, net, [program, ...prefix]) {
  await setup.wizard(net.path, ['down', '--volumes', '--yes']);
  const compose = await setup.run(program, [...prefix, '--project-name', WORK, 'up', '--detach'], {
    cwd: join(net.path, '.fabric-wizard', 'network'),
  });
  const { channel } = net.spec;
  const cli = handCli(setup, net);
  const name = freshName();
  const path = await cli.copyChaincode(name);
  const create = ['channel', 'create', '-c', channel, '-f', `${setup.product.CLI_ARTIFACTS}/${channel}.tx`];
  const parts = [
    { what: 'compose up', seconds: compose.seconds },
    { what: 'channel create', seconds: await cli.untilDone(cli.peers[0], [...create, ...cli.orderer]) },
  ];
  return { cli, name, path, parts };
}

const joinArgs = ({ channel }) => ['channel', 'join', '-b', `${channel}.block`];

/** The least that has to be done. @returns `parts`, and `whole`: with the waits between them */
async function byHand(setup, net, program) {
  const startedAt = performance.now();
  const { cli, name, path, parts } = await startByHand(setup, net, program);
  const [first] = cli.peers;
  parts.push(
    { what: 'join', seconds: await cli.untilDone(first, joinArgs(net.spec)) },
    { what: 'install', seconds: await cli.untilDone(first, cli.installArgs(name, path)) },
    { what: 'instantiate', seconds: (await cli.peer(first, cli.instantiateArgs(name))).seconds },
  );
  return { parts, whole: (performance.now() - startedAt) / 1000 };
}

/** The DELAY of byfn.sh, in milliseconds. */
const BYFN_DELAY_MS = 3000;

/** What `byfn.sh up` of fabric-samples 1.4 does after it has made certificates and artifacts, with its pauses. */
async function byfn(setup, net, program) {
  const startedAt = performance.now();
  const { cli, name, path, parts } = await startByHand(setup, net, program);
  const { channel, orgs } = net.spec;
  const first = orgs.map(({ peers: [peer] }) => peer);
  const last = cli.peers.at(-1);
  const timed = async (what, work) => {
    const begun = performance.now();
    await work();
    parts.push({ what, seconds: (performance.now() - begun) / 1000 });
  };
  const pause = () => delay(BYFN_DELAY_MS);
  await timed('joins', async () => {
    for (const peer of cli.peers) {
      await cli.untilDone(peer, joinArgs(net.spec));
      await pause();
    }
  });
  await timed('anchors', async () => {
    for (const [i, { mspId }] of orgs.entries()) {
      const file = `${setup.product.CLI_ARTIFACTS}/${channel}-${mspId}-anchors.tx`;
      await cli.peer(first[i], ['channel', 'update', '-c', channel, '-f', file, ...cli.orderer]);
      await pause();
    }
  });
  const answers = async (peer, value) => {
    do await pause();
    while ((await cli.peer(peer, cli.queryArgs(name), { mayFail: true })).stdout.trim() !== value);
  };
  await timed('chaincode', async () => {
    for (const peer of first) await cli.peer(peer, cli.installArgs(name, path));
    await cli.peer(first.at(-1), cli.instantiateArgs(name));
    await answers(first[0], '100');
    const call = JSON.stringify({ Args: ['invoke', 'a', 'b', '10'] });
    await cli.peer(first[0], ['chaincode', 'invoke', '-C', channel, '-n', name, '-c', call, ...cli.orderer]);
    if (!first.includes(last)) await cli.peer(last, cli.installArgs(name, path));
    await answers(last, '90');
  });
  return { parts, whole: (performance.now() - startedAt) / 1000 };
}

/** Measures `up` and the same by other means, in turn. @param options of `setup.up` */
async function measureUp(setup, runs, options, otherwise = byHand) {
  await setup.work();
  const program = await composeProgram(setup.run);
  const ups = [];
  const hands = [];
  for (let i = 1; i <= runs; i++) {
    setup.log(`fabric-wizard, run ${i} of ${runs}`);
    const net = await setup.up(ORGS, PEERS, options);
    ups.push(net.result);
    setup.log(`by hand, run ${i} of ${runs}`);
    hands.push(await otherwise(setup, net, program));
  }
  await setup.noNetwork();
  const proved = ups.map(({ events }) =>
    secondsTo(events, 'the proof', ({ type }) => type === 'smoke-result'),
  );
  const waited = hands.map(({ whole }) => whole);
  return {
    measured: proved,
    reference: hands.map(({ parts }) => parts.reduce((sum, { seconds }) => sum + seconds, 0)),
    extras: [
      { what: 'until the program ends', seconds: median(ups.map(({ seconds }) => seconds)) },
      {
        what: 'ratio to the commands including the waits between them',
        ratio: median(proved) / median(waited),
      },
    ],
    measuredParts: partsOf(ups[0]),
    referenceParts: hands[0].parts,
  };
}

const AGAINST =
  'compose up, channel create, one join, one install and one instantiate by hand on the same network';

export const upProof = {
  name: 'up-proof',
  what: '`up` from built images to the proof, 2 x 2 peers, for the first time',
  against: AGAINST,
  atMost: 1.3,
  measure: (setup, runs) => measureUp(setup, runs, {}),
};

export const upAgain = {
  name: 'up-again',
  what: '`up` to the proof, 2 x 2 peers, after `down --volumes`',
  against: AGAINST,
  atMost: 1.2,
  measure: async (setup, runs) => {
    setup.log('the first proof of the images, which is not measured');
    await setup.up(ORGS, PEERS);
    return measureUp(setup, runs, { earlier: true });
  },
};

export const upByfn = {
  name: 'up-byfn',
  what: '`up` from built images to the proof, 2 x 2 peers, for the first time',
  against: 'what `byfn.sh up` of fabric-samples 1.4 does with the same images, certificates and artifacts',
  atMost: 0.5,
  needs: ({ lifecycle }) => lifecycle === 'legacy',
  measure: (setup, runs) => measureUp(setup, runs, {}, byfn),
};
