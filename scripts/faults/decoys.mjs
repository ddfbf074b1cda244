/** Things on the engine that look like the program's own but belong to somebody else. No fault may change them. */
import { eventually } from '../namespaces.mjs';

const OTHER_PROJECT = 'somebody';
const CHAINCODE = 'dev-peer0.org1.example.com-decoy-1.0';
const FROM_OURS = `${OTHER_PROJECT}_peer_1`;
const NAMES = { volume: 'decoy', network: 'decoy', image: `${CHAINCODE}:latest` };
/** After a restart of the engine, the containers need some time to run again. */
const RESTART_LIMIT_MS = 20_000;

const found = (asked) =>
  asked.catch((error) => {
    if (error.statusCode === 404) return undefined;
    throw error;
  });

/** Returns what identifies each decoy; undefined for those that do not exist. */
async function look(engine) {
  const container = async (name) => {
    const seen = await found(engine.getContainer(name).inspect());
    return seen && `${seen.Id} ${seen.State.Running && !seen.State.Paused ? 'running' : 'not running'}`;
  };
  const [chaincode, fromOurs, image, volume, network] = await Promise.all([
    container(CHAINCODE),
    container(FROM_OURS),
    found(engine.getImage(NAMES.image).inspect()),
    found(engine.getVolume(NAMES.volume).inspect()),
    found(engine.getNetwork(NAMES.network).inspect()),
  ]);
  return {
    [`container ${CHAINCODE}`]: chaincode,
    [`container ${FROM_OURS}, which somebody made from our image`]: fromOurs,
    [`image ${NAMES.image}`]: image?.Id,
    [`volume ${NAMES.volume}`]: volume?.CreatedAt,
    [`network ${NAMES.network}`]: network?.Id,
  };
}

async function startSleeper(engine, name, image, more = {}) {
  const container = await engine.createContainer({
    name,
    Image: image,
    Entrypoint: ['sleep', 'infinity'],
    Cmd: [],
    HostConfig: { RestartPolicy: { Name: 'always' }, NetworkMode: NAMES.network, Init: true },
    ...more,
  });
  await container.start();
  return container;
}

/**
 * Makes the decoys that do not exist.
 * @param site its images exist
 * @returns what identifies each decoy, for `decoyProblems`
 */
export async function ensureDecoys({ engine, bases, project }) {
  const [chaincode, fromOurs, image, volume, network] = Object.values(await look(engine));
  if (network === undefined) await engine.createNetwork({ Name: NAMES.network });
  if (volume === undefined) await engine.createVolume({ Name: NAMES.volume });
  if (chaincode === undefined) {
    const runtime = bases.find((name) => name.includes('/fabric-baseos:'));
    await startSleeper(engine, CHAINCODE, runtime);
  }
  if (image === undefined) await engine.getContainer(CHAINCODE).commit({ repo: CHAINCODE, tag: 'latest' });
  if (fromOurs === undefined) {
    await startSleeper(engine, FROM_OURS, `${project}/fabric-peer:latest`, {
      Labels: { 'com.docker.compose.project': OTHER_PROJECT, 'com.docker.compose.service': 'peer' },
    });
  }
  return look(engine);
}

/** Returns a sentence for each decoy that was changed. @param before see `ensureDecoys` */
export async function decoyProblems({ engine }, before) {
  const changed = async () => {
    const now = await look(engine);
    return Object.keys(before).filter((name) => now[name] !== before[name]);
  };
  const isRestored = async () => (await changed()).length === 0;
  await eventually('the decoys', isRestored, RESTART_LIMIT_MS).catch(() => undefined);
  const names = await changed();
  return names.map((name) => `touched: ${name}`);
}
