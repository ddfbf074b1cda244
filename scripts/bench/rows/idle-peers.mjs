/** Processor time of peers at rest. */
import { setTimeout as delay } from 'node:timers/promises';
import { cpuOf } from '../processor-time.mjs';

/** After this time all peers know each other, and have pulled what they lacked. */
const SETTLE_SECONDS = 90;
const IDLE_SECONDS = 30;

/** Returns the PIDs of the peers on this machine. */
async function peerPids({ run, product }, spec) {
  const names = product.allPeers(spec).map(({ name }) => product.containerName(spec, name));
  const { stdout } = await run('docker', ['inspect', '--format', '{{.State.Pid}}', ...names]);
  return stdout.trim().split('\n').map(Number);
}

/** Returns `cpu`, the processor time of all peers while nothing happens, and `passed`: both in seconds. */
async function idle(setup, orgs, peers) {
  const { spec } = await setup.network(orgs, peers);
  setup.log(`${orgs * peers} peers at rest`);
  await delay(1000 * (setup.check ? 1 : SETTLE_SECONDS));
  const pids = await peerPids(setup, spec);
  const total = () => pids.map(cpuOf).reduce((sum, seconds) => sum + seconds, 0);
  const before = total();
  const startedAt = performance.now();
  await delay(1000 * (setup.check ? 2 : IDLE_SECONDS));
  return { cpu: total() - before, passed: (performance.now() - startedAt) / 1000 };
}

export const idlePeers = {
  name: 'idle-peers',
  what: 'processor time of 32 peers (4 x 8) while nothing happens',
  against: 'the elapsed time',
  atMost: 0.4,
  measure: async (setup) => {
    const two = await idle(setup, 1, 2);
    const eight = await idle(setup, 2, 4);
    const all = await idle(setup, 4, 8);
    await setup.noNetwork();
    return {
      measured: [all.cpu],
      reference: [all.passed],
      extras: [
        { what: 'share of a core that 2 peers take', ratio: two.cpu / two.passed },
        { what: 'share of a core that 8 peers take', ratio: eight.cpu / eight.passed },
      ],
    };
  },
};
