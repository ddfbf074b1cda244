/** A chaincode's first instantiate: with our ccenv, which brings what Go has compiled of the shim, and without that. */
import { freshName, handCli } from '../cli.mjs';
import { OWN } from '../names.mjs';

/** @returns where the image keeps Go's build cache, or undefined */
async function goCacheOf(run, image) {
  const { stdout } = await run('docker', ['image', 'inspect', '--format', '{{json .Config.Env}}', image]);
  return JSON.parse(stdout)
    .find((entry) => entry.startsWith('GOCACHE='))
    ?.slice('GOCACHE='.length);
}

export const instantiate = {
  name: 'instantiate',
  what: 'first instantiate of a chaincode with our ccenv',
  against: 'the same with a ccenv without the Go build cache',
  atMost: 0.4,
  measure: async (ground, runs) => {
    const { run } = ground;
    const net = await ground.network(1, 2);
    // As the proof found it: what the peers ask for.
    const ccenv = net.told.events.find(({ type }) => type === 'smoke-result').peers[0].builder.ref;
    const warmId = await ground.imageId(ccenv);
    const cache = await goCacheOf(run, ccenv);
    if (cache === undefined || !cache.startsWith('/')) throw new Error(`${ccenv} has no Go build cache`);
    const plain = `${OWN}/plain-ccenv:latest`;
    await run('docker', ['build', '--quiet', '--tag', plain, '-'], {
      input: `FROM ${ccenv}\nRUN rm -rf ${cache}\n`,
    });

    const cli = handCli(ground, net);
    const [first] = cli.peers;
    const instantiated = async (image) => {
      const name = freshName();
      await cli.peer(first, cli.installWords(name, await cli.copyChaincode(name)));
      await run('docker', ['tag', image, ccenv]);
      try {
        return (await cli.peer(first, cli.instantiateWords(name))).seconds;
      } finally {
        await run('docker', ['tag', warmId, ccenv]);
      }
    };
    const ours = [];
    const theirs = [];
    for (let i = 1; i <= runs; i++) {
      ground.say(`run ${i} of ${runs}`);
      ours.push(await instantiated(warmId));
      theirs.push(await instantiated(plain));
    }
    return { ours, theirs };
  },
};
