/** Facts about the engine: its version and resources, and what other projects have on it. */
import { hostname } from 'node:os';
import { runsHere, sharesHost } from '../core/engine-origin.ts';
import { toFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { EngineAddress } from '../engine/engine-address.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { isNodeOf } from '../engine/labels.ts';
import { findCompose } from '../host/host-setup.ts';
import { takenPorts } from '../host/ports.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { downNodes, recordedSpec } from '../network/down-nodes.ts';
import { otherThan, stopElsewhere, withNetworkElsewhere } from '../network/network-engine.ts';
import { allPeers, couchdbNodes, publishedPorts } from '../network/network-spec.ts';
import { nodesByName } from '../network/peer-cli.ts';
import { proxiedNodes } from '../network/proxied-nodes.ts';
import type { EngineFact } from './doctor-facts.ts';
import type { FactSource, Probes } from './fact-source.ts';
import {
  availableMemory,
  dockerClient,
  folderSpace,
  hasShellProxy,
  neighbourLimit,
  socketAt,
  spaceAt,
} from './host-probes.ts';
import { otherNetworks } from './other-networks.ts';
import { abandoned } from './work-containers.ts';

/** How long the answer of another host may take. */
const FAR_MS = 5000;

export function engineFact(
  { endpoint, origin }: EngineAddress,
  { name, engine, api, minApi, arch }: Awaited<ReturnType<DockerPort['version']>>,
): EngineFact {
  return { answers: true, endpoint, origin, name, version: engine, api, minApi, arch };
}

/** Whether the engine runs on this machine itself. One that does not answer counts as where its address is. */
async function isHere(from: FactSource): Promise<boolean> {
  const here = hostname();
  const engine = await from.info().then(
    ({ host }) => host,
    () => here,
  );
  return runsHere(from.input.docker.address, { engine, here });
}

type EngineFactName =
  | 'engine'
  | 'engineInfo'
  | 'compose'
  | 'socket'
  | 'context'
  | 'proxies'
  | 'ports'
  | 'otherEngine'
  | 'nodes'
  | 'disk'
  | 'memory'
  | 'neighbours'
  | 'others'
  | 'work';

export const ENGINE_PROBES: Probes<EngineFactName> = {
  engine: async ({ input: { docker }, limits, signal }) => {
    try {
      const limitMs = sharesHost(docker.address) ? limits.engineMs : Math.max(limits.engineMs, FAR_MS);
      return engineFact(docker.address, await docker.version(limitMs, signal));
    } catch (error) {
      return { answers: false, ...docker.address, failure: toFailure(error) };
    }
  },
  engineInfo: async (from) => {
    const { security, time, requestedAt } = await from.info();
    return { security, time, requestedAt };
  },
  compose: ({ input: { docker }, signal }) => findCompose(docker.address, signal),
  socket: ({ input: { docker } }) => socketAt(docker.socketPath),
  context: ({ input: { docker } }) => dockerClient(docker.address),
  proxies: async (from) => {
    const { docker, project } = from.input;
    const [info, spec] = await Promise.all([from.info(), from.spec()]);
    const { http, https } = info.proxies;
    const nodes = await proxiedNodes({ docker, project, spec });
    return { shell: hasShellProxy(), engine: Boolean(https || http), nodes };
  },
  ports: async (from) => {
    const { docker, project } = from.input;
    const wanted = publishedPorts(await from.spec());
    const { answers } = await from.fact('engine');
    if (!answers) return { wanted: wanted.length, taken: undefined };
    const other = await from.fact('otherEngine');
    const taken = withNetworkElsewhere(await takenPorts(wanted, docker, project), other, from.input.state);
    const made = from.input.state.getFact(STATE_KEYS.crypto) !== undefined;
    const elsewhere = !sharesHost(docker.address);
    return { wanted: wanted.length, taken, stop: stopElsewhere(taken, other), made, elsewhere };
  },
  otherEngine: async (from) =>
    otherThan({ ...(await from.info()), endpoint: from.input.docker.endpoint }, from.input.state),
  nodes: async (from) => {
    const { project, state } = from.input;
    const nodes = nodesByName((await from.containers()).filter((each) => isNodeOf(each, project)));
    return { containers: nodes.size, down: downNodes(recordedSpec(state, project), nodes) };
  },
  disk: async (from) => {
    const { rootDir } = await from.info();
    const here = await isHere(from);
    const [engine, state] = await Promise.all([
      // On another host, the path means nothing here.
      here ? spaceAt(rootDir) : undefined,
      folderSpace(from.input.dir),
    ]);
    return { engine, engineRoot: rootDir, state };
  },
  memory: async (from) => {
    const { project } = from.input;
    const spec = await from.spec();
    const containers = await from.containers().catch((): ContainerInfo[] => []);
    const running = containers.filter((each) => each.state === 'running' && isNodeOf(each, project));
    // An idle CouchDB takes as much as an idle peer.
    const nodes = allPeers(spec).length + couchdbNodes(spec).length + 1;
    const size = {
      orgs: spec.orgs.length,
      peers: allPeers(spec).length,
      perPeer: couchdbNodes(spec).length > 0 ? 2 : 1,
    };
    const needs = { nodes: Math.max(0, nodes - running.length), size };
    return (await isHere(from))
      ? { available: await availableMemory(), ...needs }
      : { total: (await from.info()).memory, ...needs };
  },
  neighbours: async (from) => {
    const spec = await from.spec();
    const peers = allPeers(spec).length;
    // An entry at each end: between peers, and from each peer to an orderer, its chaincode and the CLI container.
    const needed = peers * (peers - 1 + 2 * 3);
    return { limit: (await isHere(from)) ? await neighbourLimit() : undefined, peers, needed };
  },
  others: async (from) => {
    const { docker, project } = from.input;
    const [containers, networks, volumes, images] = await Promise.all([
      from.containers(),
      docker.listNetworks([]),
      docker.listVolumes([]),
      docker.listImages(),
    ]);
    return otherNetworks(
      {
        containers,
        networks: networks.map(({ name }) => name),
        volumes: volumes.map(({ name }) => name),
        tags: images.flatMap(({ tags }) => tags),
      },
      project,
    );
  },
  work: async (from) => abandoned(await from.containers()),
};
