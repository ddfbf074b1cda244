/** Facts about the engine: its version and resources, and what other projects have on it. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { runsHere, sharesHost } from '../core/engine-origin.ts';
import { toFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { type EngineAddress, encryptionOf } from '../engine/engine-address.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { isNodeOf, LABEL } from '../engine/labels.ts';
import { findCompose } from '../host/host-setup.ts';
import { takenPorts } from '../host/ports.ts';
import { STATE_FOLDER } from '../host/state-folder.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { downNodes, recordedSpec } from '../network/down-nodes.ts';
import { askMachines } from '../network/machine-state.ts';
import { otherThan, stopElsewhere, withNetworkElsewhere } from '../network/network-engine.ts';
import { allPeers, couchdbNodes, type NetworkSpec } from '../network/network-spec.ts';
import { nodesByName } from '../network/peer-cli.ts';
import { placesOf } from '../network/placement.ts';
import { proxiedNodes } from '../network/proxied-nodes.ts';
import { publishedPorts } from '../network/published-ports.ts';
import { findMachines, placed } from '../network/swarm-plan.ts';
import { killedSuites } from '../tests/suite-leftovers.ts';
import type { EngineFact, NetworkSize } from './doctor-facts.ts';
import type { FactSource, Probes } from './fact-source.ts';
import {
  availableMemory,
  dockerClient,
  folderSpace,
  hasShellProxy,
  neighbourLimit,
  neighboursNow,
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

function sizeOf(spec: NetworkSpec): NetworkSize {
  return {
    orgs: spec.orgs.length,
    peers: allPeers(spec).length,
    perPeer: couchdbNodes(spec).length > 0 ? 2 : 1,
    orderers: spec.orderers.length,
    metrics: spec.metrics !== undefined,
  };
}

/** Returns how many of the peers, orderers and CouchDBs run; none if no engine answers. */
async function runningNodes(from: FactSource, spec: NetworkSpec): Promise<number> {
  const listed = await from.containers().catch((): ContainerInfo[] => []);
  const containers = nodesByName(listed.filter((each) => isNodeOf(each, from.input.project)));
  const nodes = [...allPeers(spec), ...couchdbNodes(spec), ...spec.orderers];
  return nodes.filter(({ name }) => containers.get(name)?.state === 'running').length;
}

type EngineFactName =
  | 'engine'
  | 'engineInfo'
  | 'compose'
  | 'socket'
  | 'context'
  | 'encryption'
  | 'proxies'
  | 'ports'
  | 'otherEngine'
  | 'nodes'
  | 'disk'
  | 'memory'
  | 'machines'
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
  encryption: async ({ input: { docker } }) => ({
    endpoint: docker.endpoint,
    kind: encryptionOf(docker.address),
  }),
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
    const { docker } = from.input;
    const spec = recordedSpec(state, project);
    const machines = await askMachines(docker, spec);
    return { containers: nodes.size, down: downNodes(spec, nodes, docker.unreachable), machines };
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
    const spec = await from.spec();
    const size = sizeOf(spec);
    const running = await runningNodes(from, spec);
    const made = from.input.state.getFact(STATE_KEYS.crypto) !== undefined;
    const needs = { nodes: size.peers * size.perPeer + size.orderers - running, size, made };
    return (await isHere(from))
      ? { available: await availableMemory(), ...needs }
      : { total: (await from.info()).memory, ...needs };
  },
  machines: async (from) => {
    const { docker, project, config, state: journal } = from.input;
    if (!config.swarm) return undefined;
    await from.engine();
    try {
      const swarm = await findMachines({
        ...{ docker, project, config, replaces: false, journal, signal: from.signal },
        patienceMs: 0,
      });
      const made = journal.getFact(STATE_KEYS.crypto);
      return { places: placesOf(placed(await from.spec(), swarm, made)) };
    } catch (error) {
      return { failure: toFailure(error) };
    }
  },
  neighbours: async (from) => {
    const spec = await from.spec();
    const size = sizeOf(spec);
    if (!(await isHere(from))) return { limit: undefined, others: 0, size };
    const [limit, now, running] = await Promise.all([
      neighbourLimit(),
      neighboursNow(),
      runningNodes(from, spec),
    ]);
    // Of a network that runs, it is not known how many of the entries are its own.
    return { limit, others: running > 0 ? 0 : now, size };
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
  work: async (from) => {
    const containers = await from.containers();
    const suites = await killedSuites(join(from.input.dir, STATE_FOLDER));
    const ofSuites = containers.filter(({ labels }) => suites && labels[LABEL.run] === suites.run);
    return [...new Set([...(await abandoned(containers)), ...ofSuites])];
  },
};
