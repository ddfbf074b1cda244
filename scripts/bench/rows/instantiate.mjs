/** The first instantiate of a chaincode: with the Go build cache in ccenv, and without. */
import { freshName, handCli } from '../cli.mjs';
import { OWN } from '../names.mjs';

/** Returns the path of the Go build cache in an image, or undefined. */
async function goCacheOf(run, image) {
  const { stdout } = await run('docker', ['image', 'inspect', '--format', '{{json .Config.Env}}', image]);
  return JSON.parse(stdout)
    .find((entry) => entry.startsWith('GOCACHE='))
    ?.slice('GOCACHE='.length);
}

export const instantiate = {
  name: 'instantiate',
  what: 'first instantiate of a chaincode with the built ccenv',
  against: 'the same with a ccenv without the Go build cache',
  atMost: 0.4,
  measure: async (setup, runs) => {
    const { run } = setup;
    const net = await setup.network(1, 2);
    // The builder image that the peers used in the proof.
    const ccenv = net.result.events.find(({ type }) => type === 'smoke-result').peers[0].builder.ref;
    const warmId = await setup.imageId(ccenv);
    const cache = await goCacheOf(run, ccenv);
    if (cache === undefined || !cache.startsWith('/')) throw new Error(`${ccenv} has no Go build cache`);
    const plain = `${OWN}/plain-ccenv:latest`;
    await run('docker', ['build', '--quiet', '--tag', plain, '-'], {
      input: `FROM ${ccenv}\nRUN rm -rf ${cache}\n`,
    });

    const cli = handCli(setup, net);
    const [first] = cli.peers;
    const instantiated = async (image) => {
      const name = freshName();
      await cli.peer(first, cli.installArgs(name, await cli.copyChaincode(name)));
      await run('docker', ['tag', image, ccenv]);
      try {
        return (await cli.peer(first, cli.instantiateArgs(name))).seconds;
      } finally {
        await run('docker', ['tag', warmId, ccenv]);
      }
    };
    const measured = [];
    const reference = [];
    for (let i = 1; i <= runs; i++) {
      setup.log(`run ${i} of ${runs}`);
      measured.push(await instantiated(warmId));
      reference.push(await instantiated(plain));
    }
    return { measured, reference };
  },
};
