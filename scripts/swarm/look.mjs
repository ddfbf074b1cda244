/** What is on the engines, as they tell it themselves. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { PROJECT } from './site.mjs';

const FILTERS = JSON.stringify({
  label: [`io.fabric-wizard.project=${PROJECT}`, 'io.fabric-wizard.role=node'],
});

/**
 * Returns the containers of the network's nodes on the machines.
 * @returns `{node, machine, id, name, state, startedAt, image, ports}` of each; `ports`: `HOST:PORT` as published
 */
export async function nodes(machines) {
  const found = machines.map(async (machine) => {
    const listed = await machine.engine.listContainers({ all: true, filters: FILTERS });
    return Promise.all(
      listed.map(async ({ Id: id, Labels: labels }) => {
        const { Name, State, Image, HostConfig } = await machine.engine.getContainer(id).inspect();
        const bindings = Object.values(HostConfig.PortBindings ?? {}).flat();
        return {
          ...{ id, node: labels['io.fabric-wizard.node'], name: Name.slice(1), machine: machine.name },
          ...{ state: State.Status, startedAt: State.StartedAt, image: Image },
          ports: bindings.map(({ HostIp: host, HostPort: port }) => `${host}:${port}`),
        };
      }),
    );
  });
  return (await Promise.all(found)).flat();
}

/** Returns the records of the gateway of a machine. */
async function gatewayRecords(machine) {
  const log = await machine.engine
    .getContainer(`${PROJECT}-gateway-${machine.name}`)
    .logs({ stdout: true, stderr: true })
    .catch((error) => {
      if (error.statusCode !== 404) throw error;
      return '';
    });
  // The lines are in frames, whose header has no brace.
  return [...String(log).matchAll(/\{"time".*\}/g)].map(([line]) => JSON.parse(line));
}

/** Returns the peers that compiled a chaincode, by the records of the gateways. */
export async function compilers(machines, chaincode) {
  const all = await Promise.all(machines.map(gatewayRecords));
  return all.flatMap((records) => {
    const isOurs = ({ type, image }) => type === 'compile' && image?.includes(chaincode);
    const begun = new Map(records.filter(isOurs).map(({ container, peer }) => [container, peer]));
    return records
      .filter(
        ({ type, container, from }) => type === 'compiled' && begun.has(container) && from === undefined,
      )
      .map(({ container }) => begun.get(container));
  });
}

/** Returns the images of a chaincode: `{machine, id, tags}`. */
export async function chaincodeImages(machines, chaincode) {
  const found = machines.map(async ({ name, engine }) => {
    const images = await engine.listImages();
    return images.flatMap(({ Id: id, RepoTags }) => {
      const tags = (RepoTags ?? []).filter((tag) => tag.startsWith(PROJECT) && tag.includes(chaincode));
      return tags.length === 0 ? [] : [{ machine: name, id, tags }];
    });
  });
  return (await Promise.all(found)).flat();
}

/** Returns the volumes of a machine that have ledgers: `NAME TIME` with the time at which each was created. */
export async function ledgerVolumes(machines) {
  const found = machines.map(async ({ engine }) => {
    const { Volumes: volumes } = await engine.listVolumes();
    return volumes
      .filter(({ Name: name }) => name.startsWith(`${PROJECT}-`) && /\.example\.com$/.test(name))
      .filter(({ Name: name }) => !name.startsWith(`${PROJECT}-gateway-`))
      .map(({ Name: name, CreatedAt: at }) => `${name} ${at}`);
  });
  return (await Promise.all(found)).flat().sort();
}

/** Returns the bytes of the layers of all images of an engine. */
export async function layerBytes({ engine }) {
  return (await engine.df()).LayersSize;
}

/**
 * Returns the private keys of the network: `{node, hash, path}`. Keys of users and CAs have no node.
 * @param folder of the project
 */
async function privateKeys(folder) {
  const crypto = join(folder, '.fabric-wizard', 'network', 'crypto-config');
  const paths = await readdir(crypto, { recursive: true });
  return Promise.all(
    paths
      .filter((path) => /(?:_sk|\.key)$/.test(path))
      .map(async (path) => {
        const parts = path.split(sep);
        const at = parts.findIndex((part) => part === 'peers' || part === 'orderers');
        const hash = createHash('sha256')
          .update(await readFile(join(crypto, path)))
          .digest('hex');
        return { path, hash, node: at === -1 ? undefined : parts[at + 1] };
      }),
  );
}

/** Returns the files in the volumes of a machine by the hash of their content, without those of the CLI container. */
async function filesInVolumes(machine) {
  const find = 'find . -type f -size -16k -not -path "*-cli-*" -exec sha256sum {} +';
  const text = await machine.inside('sh', '-c', `cd /var/lib/docker/volumes && ${find}`);
  return new Map(text.split('\n').map((line) => [line.slice(0, 64), line.slice(66)]));
}

/**
 * Compares where private keys are with where they should be.
 * @returns `count` of keys that were looked for, and `problems`
 */
export async function keyProblems({ machines, folder, placement }) {
  const keys = await privateKeys(folder);
  const problems = [];
  for (const machine of machines) {
    const files = await filesInVolumes(machine);
    for (const { path, hash, node } of keys) {
      const isHere = files.has(hash);
      const belongs = node !== undefined && placement.machineOf(node) === machine.name;
      if (isHere && !belongs) problems.push(`${machine.name} has ${path} in ${files.get(hash)}`);
      if (!isHere && belongs) problems.push(`${machine.name} lacks ${path}`);
    }
  }
  return { count: keys.length, problems };
}

/** Returns the names of the networks of the project, with their machines. */
export async function networkNames(machines) {
  const found = machines.map(async ({ name, engine }) => {
    const networks = await engine.listNetworks();
    return networks
      .filter(({ Name: network }) => network.startsWith(PROJECT))
      .map(({ Name: network }) => `${network} on ${name}`);
  });
  return (await Promise.all(found)).flat();
}
