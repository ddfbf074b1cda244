/** A network of machines: a bridge in a namespace of its own, which this machine is connected to as well. */
import { enterNamespaces } from '../namespaces.mjs';

/** Blocks of 16 addresses in a range for documents. */
const BLOCKS = 16;
const BLOCK_SIZE = 16;
/** This machine has the first address of a block; the last one is for broadcasts. */
const LIMIT = BLOCK_SIZE - 3;
const BRIDGE = 'bridge0';
const SCRIPT = `set -e
ip link set lo up
ip link add ${BRIDGE} type bridge
ip link set ${BRIDGE} up
echo ready
while :; do sleep 3600; done`;

/** Connects this machine to a network, with the first free block. @returns the block, and the name of the interface */
async function connectHere(init, run) {
  for (let block = 0; block < BLOCKS; block++) {
    const link = `fwmachines${block}`;
    // The name reserves the block: an interface of another run has it, or this one.
    const end = ['type', 'veth', 'peer', 'name', 'here', 'netns', String(init)];
    const { exitCode, stderr } = await run('ip', ['link', 'add', link, ...end], { mayFail: true });
    if (exitCode === 0) return { block, link };
    if (!stderr.includes('File exists')) throw new Error(`cannot create a network: ${stderr.trim()}`);
  }
  throw new Error(`all ${BLOCKS} networks are in use; see ip link`);
}

/**
 * Creates a network.
 * @param folder an existing folder of its own
 * @param run a runner
 * @returns `address()`: the next free address; `plug(name, init, address)` gives the namespaces of a process an interface
 *   with that address, and `unplug(name)` removes it; `setLink(name, state)` disconnects or connects a plugged machine:
 *   `up` or `down`; `remove()` removes everything
 */
export async function createNetwork({ folder, run }) {
  const { init, end } = await enterNamespaces(folder, SCRIPT);
  const inside = (pid, ...args) => ['nsenter', ['--net', '--target', String(pid), '--', 'ip', ...args]];
  const ip = (pid, ...args) => run(...inside(pid, ...args));
  let used = 0;
  let here;
  const remove = async () => {
    if (here !== undefined) await run('ip', ['link', 'delete', here.link], { mayFail: true });
    await end();
  };
  try {
    here = await connectHere(init, run);
    const { block, link } = here;
    const addressAt = (index) => `198.51.100.${block * BLOCK_SIZE + 1 + index}`;
    const plug = async (name, pid, address) => {
      // A machine keeps its hardware address when it starts again: others remember it.
      const hardware = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
      const far = ['peer', 'name', 'eth0', 'address', ['02', '00', ...hardware].join(':')];
      await ip(init, 'link', 'add', name, 'type', 'veth', ...far, 'netns', String(pid));
      await ip(init, 'link', 'set', name, 'master', BRIDGE, 'up');
      await ip(pid, 'address', 'add', `${address}/28`, 'dev', 'eth0');
      await ip(pid, 'link', 'set', 'eth0', 'up');
    };
    await ip(init, 'link', 'set', 'here', 'master', BRIDGE, 'up');
    await run('ip', ['address', 'add', `${addressAt(0)}/28`, 'dev', link]);
    await run('ip', ['link', 'set', link, 'up']);
    return {
      address: () => {
        if (used === LIMIT) throw new Error(`a network has at most ${LIMIT} machines`);
        used += 1;
        return addressAt(used);
      },
      plug,
      // A machine that did not start has no interface.
      unplug: (name) => run(...inside(init, 'link', 'delete', name), { mayFail: true }),
      setLink: async (name, state) => void (await ip(init, 'link', 'set', name, state)),
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
