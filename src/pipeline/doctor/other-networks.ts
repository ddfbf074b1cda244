/** PURE: finds other Fabric networks on the engine, whose they are, and how stopped ones are removed. */

import { shellWord } from '../core/shell-text.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { COMPOSE_LABEL, creatorOf, LABEL } from '../engine/labels.ts';

export interface OtherNetwork {
  /** The tool that created it, from names and labels. */
  readonly tool: 'fabric-wizard' | 'byfn' | 'test-network' | 'fablo' | 'microfab' | 'unknown';
  /** Name of the compose project; empty if the containers belong to none. */
  readonly name: string;
  /** Folder of the network; empty if unknown. */
  readonly dir: string;
  readonly running: number;
  readonly stopped: number;
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  /** Chaincode images: `dev-…`. */
  readonly images: number;
  /** A command that removes it; undefined while any of it runs, because somebody uses it. */
  readonly remove: string | undefined;
}

/** Everything on the engine. Labels take precedence over names. */
export interface OnEngine {
  readonly containers: readonly Pick<ContainerInfo, 'name' | 'image' | 'state' | 'labels' | 'networks'>[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  /** Tags of all images. */
  readonly tags: readonly string[];
}

const FABRIC_IMAGE = /(^|\/)(fabric-(peer|orderer|ca|tools|couchdb|kafka|zookeeper)|microfab)(:|@|$)/;
/** Name of a chaincode container or image with the network id that the samples use, in all releases. */
const DEV_CHAINCODE = /^dev-[a-z0-9]/i;

type Labelled = OnEngine['containers'][number];

interface Owner {
  readonly tool: OtherNetwork['tool'];
  readonly name: string;
  readonly dir: string;
}

function toolOf({ image, labels }: Labelled, project: string): OtherNetwork['tool'] {
  const dir = labels[COMPOSE_LABEL.dir] ?? '';
  if (/(^|\/)microfab(:|@|$)/.test(image)) return 'microfab';
  if (/^fablo_network/.test(project) || /\/fablo-target(\/|$)/.test(dir)) return 'fablo';
  if (labels.service === 'hyperledger-fabric' || /\/test-network(\/|$)/.test(dir)) return 'test-network';
  // `net` is the project name in byfn's .env file.
  if (/\/first-network$/.test(dir) || project === 'byfn' || project === 'net') return 'byfn';
  return 'unknown';
}

function ownerOf(container: Labelled): Owner | undefined {
  const { image, labels } = container;
  const dir = labels[COMPOSE_LABEL.dir] ?? '';
  const ours = creatorOf(container);
  if (ours !== undefined)
    return { tool: 'fabric-wizard', name: ours, dir: dir.replace(/\/\.fabric-wizard\/network$/, '') };
  if (!FABRIC_IMAGE.test(image) && labels.service !== 'hyperledger-fabric') return undefined;
  const project = labels[COMPOSE_LABEL.project] ?? '';
  return { tool: toolOf(container, project), name: project, dir };
}

function removal({ tool, name, dir }: Owner, names: readonly string[]): string {
  const inDir = dir === '' ? '' : `cd ${shellWord(dir)} && `;
  switch (tool) {
    case 'fabric-wizard':
      return `fabric-wizard down --project ${shellWord(name)}`;
    case 'byfn':
      return inDir === '' ? './byfn.sh down (in first-network)' : `${inDir}./byfn.sh down`;
    case 'test-network':
      // Its compose files are in subfolders.
      return inDir === ''
        ? './network.sh down (in test-network)'
        : `cd ${shellWord(dir.replace(/(\/test-network)\/.*$/, '$1'))} && ./network.sh down`;
    case 'fablo':
      return inDir === ''
        ? './fablo down'
        : `cd ${shellWord(dir.replace(/\/fablo-target(\/.*)?$/, ''))} && ./fablo down`;
    default:
      return `docker rm ${names.map(shellWord).join(' ')}`;
  }
}

/** Whether the network or volume belongs to the compose project. */
function ofProject(project: string): (name: string) => boolean {
  return (name) => project !== '' && name.startsWith(`${project}_`);
}

/**
 * Returns the other Fabric networks on the engine; those with containers first.
 * @param project this folder's project, which is left out
 */
export function otherNetworks(found: OnEngine, project: string): OtherNetwork[] {
  const groups = new Map<string, { readonly owner: Owner; readonly containers: Labelled[] }>();
  for (const container of found.containers) {
    // Containers of a single stage have a check of their own.
    if (container.labels[LABEL.role] === 'work') continue;
    const owner = ownerOf(container);
    if (!owner || (owner.tool === 'fabric-wizard' && owner.name === project)) continue;
    const key = `${owner.tool}/${owner.name}`;
    const group = groups.get(key) ?? { owner, containers: [] };
    group.containers.push(container);
    groups.set(key, group);
  }
  const networks = [...groups.values()].map(({ owner, containers }): OtherNetwork => {
    const running = containers.filter(({ state }) => state === 'running').length;
    return {
      tool: owner.tool,
      name: owner.name,
      dir: owner.dir,
      running,
      stopped: containers.length - running,
      networks: found.networks.filter(ofProject(owner.name)),
      volumes: found.volumes.filter(ofProject(owner.name)),
      images: 0,
      remove:
        running > 0
          ? undefined
          : removal(
              owner,
              containers.map(({ name }) => name),
            ),
    };
  });
  return [...networks, ...withoutContainers(found, networks)];
}

/** Returns what `down` of other tools often leaves behind: named volumes, networks, chaincode and its images. */
function withoutContainers(found: OnEngine, known: readonly OtherNetwork[]): OtherNetwork[] {
  const told = new Set(known.flatMap(({ networks, volumes }) => [...networks, ...volumes]));
  const isLeft = (name: string) => !told.has(name) && /^(net_byfn|fabric_test|fablo_network.*)$/.test(name);
  const isLedger = (name: string) =>
    !told.has(name) && /^(net|byfn|docker|compose|fablo_network[^_]*)_(peer\d|orderer).*\./.test(name);
  const networks = found.networks.filter(isLeft);
  const volumes = found.volumes.filter(isLedger);
  // As long as another network exists, its own tool removes its chaincode.
  const owned = known.some(({ tool }) => tool !== 'fabric-wizard');
  const chaincode = owned ? [] : found.containers.filter(({ name }) => DEV_CHAINCODE.test(name));
  const images = owned ? [] : found.tags.filter((tag) => DEV_CHAINCODE.test(tag));
  if (networks.length + volumes.length + chaincode.length + images.length === 0) return [];
  const running = chaincode.filter(({ state }) => state === 'running').length;
  // Volumes hold data of others, so no command removes them.
  const commands = [
    ...(chaincode.length > 0 ? [`docker rm ${chaincode.map(({ name }) => name).join(' ')}`] : []),
    ...(images.length > 0 ? [`docker image rm $(docker image ls -q 'dev-*')`] : []),
    ...(networks.length > 0 ? [`docker network rm ${networks.join(' ')}`] : []),
  ];
  return [
    {
      tool: 'unknown',
      name: '',
      dir: '',
      running,
      stopped: chaincode.length - running,
      networks,
      volumes,
      images: images.length,
      remove: running > 0 || commands.length === 0 ? undefined : commands.join(' && '),
    },
  ];
}
