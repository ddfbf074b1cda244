/** From built images to a proved network, for the first time and again, and the necessary commands for that. */
import { join } from 'node:path';
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

/** Starts a network by hand, with the files that `up` has made. @returns `parts`, and `whole`: with the waits between them */
async function byHand(setup, net, [program, ...prefix]) {
  const { run } = setup;
  await setup.wizard(net.path, ['down', '--volumes', '--yes']);
  const startedAt = performance.now();
  const compose = await run(program, [...prefix, '--project-name', WORK, 'up', '--detach'], {
    cwd: join(net.path, '.fabric-wizard', 'network'),
  });
  const { spec } = net;
  const cli = handCli(setup, net);
  const [first] = cli.peers;
  const name = freshName();
  const importPath = await cli.copyChaincode(name);
  const { CLI_ARTIFACTS } = setup.product;
  const create = ['channel', 'create', '-c', spec.channel, '-f', `${CLI_ARTIFACTS}/${spec.channel}.tx`];
  const parts = [
    { what: 'compose up', seconds: compose.seconds },
    { what: 'channel create', seconds: await cli.untilDone(first, [...create, ...cli.orderer]) },
    {
      what: 'join',
      seconds: await cli.untilDone(first, ['channel', 'join', '-b', `${spec.channel}.block`]),
    },
    { what: 'install', seconds: await cli.untilDone(first, cli.installArgs(name, importPath)) },
    { what: 'instantiate', seconds: (await cli.peer(first, cli.instantiateArgs(name))).seconds },
  ];
  return { parts, whole: (performance.now() - startedAt) / 1000 };
}

/** Measures `up` and the same by hand, in turn. @param options of `setup.up` */
async function measureUp(setup, runs, options) {
  await setup.work();
  const program = await composeProgram(setup.run);
  const ups = [];
  const hands = [];
  for (let i = 1; i <= runs; i++) {
    setup.log(`fabric-wizard, run ${i} of ${runs}`);
    const net = await setup.up(ORGS, PEERS, options);
    ups.push(net.result);
    setup.log(`by hand, run ${i} of ${runs}`);
    hands.push(await byHand(setup, net, program));
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
