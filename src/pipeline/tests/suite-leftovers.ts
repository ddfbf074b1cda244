/** Removes what suites of integration tests left on the engine, and puts back what they changed. */
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { isRunAlive } from '../host/process-alive.ts';
import { giveNamesBack } from '../images/lent-names.ts';
import { readSuitesRecord, removeSuitesRecord, type SuitesRecord } from './suites-record.ts';

type Engine = Pick<
  DockerPort,
  | 'listContainers'
  | 'removeContainer'
  | 'listNetworks'
  | 'removeNetwork'
  | 'listImages'
  | 'inspectImage'
  | 'tag'
  | 'removeImage'
  | 'readFiles'
  | 'info'
> & { readonly endpoint: string };

/** File in the container of the suites with the ids of the networks that they made, one a line. */
export const NETWORKS = '/fw/networks';
/** 16 random bytes, as Fabric's test library writes them. Containers, images and networks are called by them. */
const ID = /^[a-z2-7]{26}$/;

/** In the command of a container that compiles chaincode of the suites: the path of that chaincode. */
const CHAINCODE = '/fabric/integration/';

/** What is known of the containers of suites. */
type Known = Pick<SuitesRecord, 'containers' | 'programs' | 'builders'>;

/**
 * Whether a container is one of a suite's networks, runs one of the programs that suites start under an id of its own, or is a
 * builder of a peer that was killed. A builder has no name; what it compiles says whose it is.
 */
function isLeft(
  { id, name, image, imageId, labels, command }: ContainerInfo,
  networks: ReadonlySet<string>,
  { containers, programs, builders }: Known,
): boolean {
  const [, ofChain = ''] = /^(?:kafka|zookeeper)-\d+-(.+)$/.exec(name) ?? [];
  const owner = ofChain === '' ? (name.split('-')[0] ?? '') : ofChain;
  if (networks.has(owner)) return true;
  if (containers.includes(id) || labels[LABEL.role] !== undefined) return false;
  if (ID.test(name) && programs.includes(image)) return true;
  return builders.includes(imageId) && command.includes(CHAINCODE);
}

async function removeOfNetworks(
  docker: Engine,
  networks: ReadonlySet<string>,
  record: Known,
): Promise<number> {
  const [containers, all, images] = await Promise.all([
    docker.listContainers(),
    docker.listNetworks([]),
    docker.listImages(),
  ]);
  const left = containers.filter((container) => isLeft(container, networks, record));
  await Promise.allSettled(left.map(({ id }) => docker.removeContainer(id)));
  const unused = all.filter(({ name }) => networks.has(name));
  const built = images.flatMap(({ tags }) => tags).filter((tag) => networks.has(tag.split('-')[0] ?? ''));
  await Promise.allSettled([
    ...unused.map(({ id }) => docker.removeNetwork(id)),
    ...built.map((tag) => docker.removeImage(tag)),
  ]);
  return left.length + unused.length + built.length;
}

/** A request of a peer that was killed can still create something; what cannot be removed is not tried for ever. */
const ROUNDS = 5;

/** Removes containers, images and networks of the suites until nothing more appears. @param rounds how often it looks */
export async function removeLeftOfSuites(
  docker: Engine,
  record: Known & Pick<SuitesRecord, 'networks'>,
  rounds = ROUNDS,
): Promise<void> {
  const ids = new Set(record.networks.filter((id) => ID.test(id)));
  for (let round = 0; round < rounds; round += 1)
    if ((await removeOfNetworks(docker, ids, record)) === 0) return;
}

/** The ids that a container of a killed run has written down, also those after the kill. */
async function networksOf(docker: Engine, id: string): Promise<readonly string[]> {
  const [file] = (await docker.readFiles(id, NETWORKS).catch(() => undefined)) ?? [];
  return file === undefined ? [] : String(file.content).split('\n');
}

/** Returns what a killed run of suites has to put back; undefined if none was killed. */
export async function killedSuites(stateDir: string): Promise<SuitesRecord | undefined> {
  const record = await readSuitesRecord(stateDir);
  return record && isRunAlive(record.run) ? undefined : record;
}

type RecordedEngine = NonNullable<SuitesRecord['engine']>;

/**
 * Ends what a killed run of suites has begun: its container, what the suites left, and the names of images. Does nothing if no
 * run was killed, or if it ran on another engine than this one.
 * @returns what was done, or the other engine
 */
export async function endKilledSuites(
  docker: Engine,
  stateDir: string,
): Promise<'none' | 'ended' | RecordedEngine> {
  const record = await killedSuites(stateDir);
  if (!record) return 'none';
  const { engine } = record;
  const { id, rootDir } = engine ? await docker.info() : { id: '', rootDir: '' };
  if (engine && (engine.id !== id || engine.rootDir !== rootDir)) {
    if (engine.endpoint !== docker.endpoint) return engine;
    // Another engine has the address, and the one with the suites is gone.
    await removeSuitesRecord(stateDir);
    return 'none';
  }
  const work = await docker.listContainers({
    label: [`${LABEL.project}=${record.project}`, `${LABEL.run}=${record.run}`],
  });
  const written = (await Promise.all(work.map(({ id }) => networksOf(docker, id)))).flat();
  await Promise.all(work.map(({ id }) => docker.removeContainer(id)));
  await removeLeftOfSuites(docker, { ...record, networks: [...record.networks, ...written] });
  await giveNamesBack(docker, record.names);
  await removeSuitesRecord(stateDir);
  return 'ended';
}
