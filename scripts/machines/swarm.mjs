/** Machines that form a Swarm. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../namespaces.mjs';
import { Machine, obstacleToMachines } from './machine.mjs';
import { createNetwork } from './network.mjs';

const PORT = 2375;
const SWARM_PORT = 2377;
/** For overlay networks. The bridges of Docker are in 172.16.0.0/12 and 192.168.0.0/16. */
const POOL = { DefaultAddrPool: ['10.201.0.0/16'], SubnetSize: 24 };
/** The address has no certificate. Saying so spares the wait that dockerd adds to its warning. */
const flags = (host) => ['--host', `tcp://${host}:${PORT}`, '--tls=false'];

/** Returns why machines cannot form a Swarm here, or undefined. */
export function obstacleToSwarm() {
  return obstacleToMachines('ip link add vxlan0 type vxlan id 1 dstport 4789');
}

/** A machine with an engine that is reached by TCP. */
export class SwarmMachine extends Machine {
  constructor(options) {
    super({ ...options, flags });
    this.tcp = `tcp://${this.host}:${PORT}`;
  }
}

/** Makes the first machine the manager of a new Swarm, and the others workers. */
async function formSwarm([manager, ...workers]) {
  const ListenAddr = `0.0.0.0:${SWARM_PORT}`;
  await manager.engine.swarmInit({ ListenAddr, AdvertiseAddr: manager.host, ...POOL });
  const { JoinTokens } = await manager.engine.swarmInspect();
  const RemoteAddrs = [`${manager.host}:${SWARM_PORT}`];
  for (const { engine, host } of workers)
    await engine.swarmJoin({ ListenAddr, AdvertiseAddr: host, RemoteAddrs, JoinToken: JoinTokens.Worker });
  await eventually('the nodes of the Swarm', async () => {
    const nodes = await manager.engine.listNodes();
    return nodes.filter(({ Status }) => Status.State === 'ready').length === workers.length + 1;
  });
}

/**
 * Starts machines whose engines are one Swarm.
 * @param options `folder`: an existing folder, for their data; `names`: their host names, of the manager first; `run`: a runner;
 *   `images(name)`: names of images of the default engine that the machine has from the start
 * @returns `machines`; `stop()` ends them and removes everything but the folder
 */
export async function startSwarmIn({ folder, names, run, images = () => [] }) {
  const ownFolder = async (name) => {
    const path = join(folder, name);
    await mkdir(path);
    return path;
  };
  const network = await createNetwork({ folder: await ownFolder('network'), run });
  const machines = [];
  const stop = async () => {
    for (const machine of machines) await machine.kill();
    await network.remove();
  };
  try {
    for (const name of names)
      machines.push(
        new SwarmMachine({ name, folder: await ownFolder(name), network, run, images: images(name) }),
      );
    // `stop` ends only what has started: it waits for all.
    const started = await Promise.allSettled(machines.map((machine) => machine.start()));
    const failed = started.find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    await formSwarm(machines);
    return { machines, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
