/** Faults of nodes and chaincode containers, and things removed from under the network. */
import { removeImages } from '../scenes.mjs';

const NODES = { orderer: 'orderer.example.com', peer: 'peer0.org1.example.com', CLI: 'cli' };
const ACTIONS = {
  stopped: (container) => container.stop({ t: 1 }),
  paused: (container) => container.pause(),
  removed: (container) => container.remove({ force: true }),
};
const STAGES = ['ready', 'channel', 'join', 'anchors', 'smoke'];
/** In this step of smoke, the first chaincode container runs. */
const CHAINCODE_RUNS = 6;

function nodeFaults() {
  return Object.entries(NODES).flatMap(([name, node]) =>
    Object.entries(ACTIONS).flatMap(([action, act]) => {
      const fault = {
        kind: `${name} ${action}`,
        inject: ({ engine, project }) => act(engine.getContainer(`${project}-${node}`)),
      };
      return [fault, ...STAGES.map((stage) => ({ ...fault, at: { stage, moment: 'start' } }))];
    }),
  );
}

/** Returns the chaincode containers of the network: their names end with the name and the version of the chaincode. */
async function chaincodeContainers({ engine, project }) {
  const all = await engine.listContainers({ all: true });
  return all
    .filter(({ Names }) =>
      Names.some((name) => name.startsWith(`/${project}-`) && /-smoke-\w+-\d/.test(name)),
    )
    .map(({ Id }) => engine.getContainer(Id));
}

function chaincodeFaults() {
  return Object.entries(ACTIONS).flatMap(([action, act]) => {
    const fault = {
      kind: `chaincode ${action}`,
      inject: async (site) => {
        const containers = await chaincodeContainers(site);
        if (containers.length === 0) throw new Error('there is no chaincode container');
        await Promise.all(containers.map(act));
      },
    };
    return [fault, { ...fault, at: { stage: 'smoke', moment: CHAINCODE_RUNS } }];
  });
}

/** Returns the volume of a node. */
async function volumeOf({ engine, project }, node) {
  const { Volumes } = await engine.listVolumes();
  const found = (Volumes ?? []).find(
    ({ Name }) => Name.startsWith(`${project}-`) && Name.endsWith(`-${node}`),
  );
  if (!found) throw new Error(`${node} has no volume`);
  return engine.getVolume(found.Name);
}

async function removeVolume(site, node) {
  const volume = await volumeOf(site, node);
  await site.engine.getContainer(`${site.project}-${node}`).remove({ force: true });
  await volume.remove();
}

async function membersOf({ engine, project }) {
  const network = engine.getNetwork(project);
  const { Containers } = await network.inspect();
  return { network, ids: Object.keys(Containers) };
}

async function removeNetwork(site) {
  const { network, ids } = await membersOf(site);
  await Promise.all(ids.map((id) => network.disconnect({ Container: id, Force: true })));
  await network.remove();
}

/** Stops the nodes and removes the network, as `docker network prune` does after a reboot. */
async function pruneNetwork(site) {
  const { network, ids } = await membersOf(site);
  await Promise.all(ids.map((id) => site.engine.getContainer(id).stop({ t: 1 })));
  await network.remove();
}

const disconnect =
  (node) =>
  ({ engine, project }) =>
    engine.getNetwork(project).disconnect({ Container: `${project}-${node}`, Force: true });

function removalFaults() {
  const imageFaults = ['peer', 'orderer', 'tools', 'ccenv'].flatMap((image) => {
    const fault = { kind: `image of ${image} removed`, inject: (site) => removeImages(site, image) };
    return [
      fault,
      ...['verify', 'start', 'smoke'].map((stage) => ({ ...fault, at: { stage, moment: 'start' } })),
    ];
  });
  const bases = ['fabric-baseimage', 'fabric-baseos'].flatMap((base) => {
    const inject = async ({ engine, bases: names }) => {
      for (const name of names.filter((each) => each.includes(`/${base}:`)))
        await engine.getImage(name).remove();
    };
    const fault = { kind: `image of ${base} removed`, inject };
    return [fault, ...['compile', 'smoke'].map((stage) => ({ ...fault, at: { stage, moment: 'start' } }))];
  });
  const others = [
    ...Object.values(NODES)
      .filter((node) => node !== NODES.CLI)
      .map((node) => ({
        kind: `ledger of ${node.split('.')[0]} removed`,
        inject: (site) => removeVolume(site, node),
        // Only a backup can bring its blocks back.
        advised: node === NODES.orderer,
      })),
    { kind: 'network removed', inject: removeNetwork },
    { kind: 'nodes stopped and network removed', inject: pruneNetwork },
    { kind: 'network removed', inject: removeNetwork, at: { stage: 'channel', moment: 'start' } },
    { kind: 'network removed', inject: removeNetwork, at: { stage: 'smoke', moment: 'work' } },
    ...Object.entries(NODES).map(([name, node]) => ({
      kind: `${name} disconnected`,
      inject: disconnect(node),
    })),
    { kind: 'peer disconnected', inject: disconnect(NODES.peer), at: { stage: 'smoke', moment: 'work' } },
  ];
  return [...imageFaults, ...bases, ...others];
}

export function networkFaults() {
  return [...nodeFaults(), ...chaincodeFaults(), ...removalFaults()];
}
