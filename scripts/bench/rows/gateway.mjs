/** What the gateway saves and what it costs: many peers, a build, a request, memory. */
import { freshName, handCli } from '../cli.mjs';
import { median } from '../figures.mjs';
import { OWN } from '../names.mjs';

const ORGS = 2;
const PEERS = 4;
const PINGS = 50;
const MEGABYTE = 1e6;
/** Memory is read this often while peers build. */
const SAMPLE_MS = 250;

/** Installs a new chaincode on the peers and lets each of them answer, as a user does. @returns seconds */
async function deployed(cli, peers) {
  const name = freshName();
  const path = await cli.copyChaincode(name);
  const [first, ...others] = peers;
  const startedAt = performance.now();
  await Promise.all(peers.map((peer) => cli.peer(peer, cli.installArgs(name, path))));
  await cli.peer(first, cli.instantiateArgs(name));
  // A peer builds at the first call; before, it has to receive the block of the instantiate.
  await Promise.all(others.map((peer) => cli.untilDone(peer, cli.queryArgs(name))));
  return (performance.now() - startedAt) / 1000;
}

export const gatewayPeers = {
  name: 'gateway-peers',
  what: "a user's chaincode until it answers on 8 peers, through the gateway",
  against: 'the same on 1 of these peers',
  atMost: 1.3,
  measure: async (setup, runs) => {
    const cli = handCli(setup, await setup.network(ORGS, PEERS));
    const measured = [];
    const reference = [];
    for (let i = 1; i <= runs; i++) {
      setup.log(`run ${i} of ${runs}`);
      reference.push(await deployed(cli, cli.peers.slice(0, 1)));
      measured.push(await deployed(cli, cli.peers));
    }
    return { measured, reference };
  },
};

export const gatewayBuild = {
  name: 'gateway-build',
  what: 'instantiate of a new chaincode on one peer, through the gateway',
  against: "the same in a network whose peers have the engine's socket",
  atMost: 1.03,
  measure: async (setup, runs) => {
    const instantiated = async (gateway) => {
      const cli = handCli(setup, await setup.network(1, 2, gateway));
      const [first] = cli.peers;
      const seconds = [];
      // The first one is not counted: the file caches of the system are cold.
      for (let i = 0; i <= runs; i++) {
        setup.log(`${gateway ? 'with' : 'without'} gateway, run ${i} of ${runs}`);
        const name = freshName();
        await cli.peer(first, cli.installArgs(name, await cli.copyChaincode(name)));
        const build = await cli.peer(first, cli.instantiateArgs(name));
        if (i > 0) seconds.push(build.seconds);
      }
      return seconds;
    };
    // On both sides of the other ones, so that a machine that gets slower or faster favours neither.
    const before = await instantiated(true);
    const reference = await instantiated(false);
    const after = setup.check ? [] : await instantiated(true);
    return { measured: [...before, ...after], reference };
  },
};

/** `%{time_total}` is in seconds. Each request has a connection of its own, as those of a peer. */
const PING = `
for round in $(seq "$1"); do
  for socket in /peer/docker.sock /engine.sock; do
    curl -sS -o /dev/null -H 'Connection: close' -w "$socket %{time_total}\\n" --unix-socket "$socket" http://engine/_ping
  done
done
`;

export const gatewayPing = {
  name: 'gateway-ping',
  what: 'what the gateway adds to a ping of a peer',
  against: '1 ms',
  atMost: 1,
  measure: async (setup, runs) => {
    const { run, product, original } = setup;
    const { spec } = await setup.network(1, 2);
    const [peer] = product.allPeers(spec);
    // The engine's socket has this path on the host of the engine, which may not be this one.
    const source = '{{range .Mounts}}{{if eq .Destination "/engine.sock"}}{{.Source}}{{end}}{{end}}';
    const inspect = ['inspect', '--format', source, product.containerName(spec, 'gateway')];
    const socket = (await run('docker', inspect)).stdout.trim();
    const sockets = [`${product.socketVolume(spec.project, peer.name)}:/peer`, `${socket}:/engine.sock`];
    const { stdout } = await run('docker', [
      ...['run', '--rm', '--label', OWN, '--network', 'none'],
      ...sockets.flatMap((mount) => ['--volume', mount]),
      ...[original.builderImage, 'sh', '-c', PING, 'ping', String(PINGS * runs)],
    ]);
    const through = (socket) =>
      median(
        stdout
          .split('\n')
          .filter((line) => line.startsWith(`${socket} `))
          .map((line) => Number(line.split(' ')[1])),
      );
    const [gateway, engine] = [through('/peer/docker.sock'), through('/engine.sock')];
    return {
      measured: [Math.max(0, gateway - engine)],
      reference: [0.001],
      extras: [
        { what: 'through the gateway', seconds: gateway },
        { what: 'without it', seconds: engine },
      ],
    };
  },
};

export const gatewayMemory = {
  name: 'gateway-memory',
  what: 'largest memory of the gateway while 8 peers build a chaincode',
  against: '20 MB',
  atMost: 1,
  unit: 'MB',
  measure: async (setup, runs) => {
    const net = await setup.network(ORGS, PEERS);
    const cli = handCli(setup, net);
    const gateway = setup.product.containerName(net.spec, 'gateway');
    const memory = async () => {
      // In kB, from the ps of the engine's host.
      const { stdout } = await setup.run('docker', ['top', gateway, '-eo', 'pid,rss']);
      return (Number(stdout.trim().split('\n').at(-1)?.trim().split(/\s+/)[1]) * 1024) / MEGABYTE;
    };
    let largest = await memory();
    let building = true;
    const sampling = (async () => {
      while (building) {
        largest = Math.max(largest, await memory());
        await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
      }
    })();
    try {
      for (let i = 1; i <= runs; i++) {
        setup.log(`run ${i} of ${runs}`);
        await deployed(cli, cli.peers);
      }
    } finally {
      building = false;
      await sampling;
    }
    return { measured: [largest], reference: [20] };
  },
};
