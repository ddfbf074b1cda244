/** `down` and `clean` on a real engine: the list first, then what is ours, and nothing of anybody else's. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packTar } from '../../src/pipeline/engine/tar-context.ts';
import { containerNames, engine, imageId, imageNames, networkNames, volumeNames } from '../support/engine.ts';
import { type EndedRun, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-after';
const PEER = 'peer0.org1.example.com';
const NODES = ['orderer.example.com', PEER, 'gateway', 'cli'];
/** Contains the socket of the gateway for the peer, and no data. */
const SOCKET = `${PROJECT}-gateway-${PEER}`;
const PROGRAMS = `${PROJECT}-gateway-programs`;
/** Makes the decoys' names free of whatever else is on this engine. */
const MARK = `decoy${process.pid}`;

/** What somebody else has on this engine, as like to ours as it can be. */
const decoys = {
  /** A peer of an unlabelled network made this one. */
  chaincode: `dev-${PEER}-${MARK}-1.0`,
  /** A network whose project name begins with ours. */
  longerProject: `${PROJECT}-2-${PEER}-${MARK}-1.0`,
  container: `${PROJECT}-${MARK}`,
  volume: `${PROJECT}-${MARK}-${PEER}`,
  network: `${PROJECT}-${MARK}`,
  chaincodeImage: `dev-${PEER}-${MARK}-1.0-${randomBytes(32).toString('hex')}:latest`,
  otherImage: `${MARK}/fabric-peer:1.4.12`,
  /** Made from an image of ours, whose labels it inherits. */
  derived: `${MARK}/app:1`,
  /** A container of that image, which inherits the labels too. */
  ofOurImage: `${MARK}-app`,
};

let wizard: Wizard;
let proof: EndedRun;

async function makeDecoys(): Promise<void> {
  const tar = packTar([{ name: 'decoy', content: MARK }]);
  const options = { repo: `${MARK}/fabric-peer`, tag: '1.4.12', changes: ['CMD ["none"]'] };
  const imported = await engine.importImage(tar, options);
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(imported, (error) => (error ? reject(error) : resolve()));
  });
  const [repo = '', tag = ''] = decoys.chaincodeImage.split(':');
  await engine.getImage(decoys.otherImage).tag({ repo, tag });
  await engine.createNetwork({ Name: decoys.network });
  await engine.createVolume({ Name: decoys.volume });
  for (const name of [decoys.chaincode, decoys.longerProject, decoys.container]) {
    await engine.createContainer({
      name,
      Image: decoys.otherImage,
      HostConfig: { NetworkMode: decoys.network, Binds: [`${decoys.volume}:/data`] },
    });
  }
  const derived = await engine.buildImage(
    packTar([
      { name: 'Dockerfile', content: `FROM ${wizard.dockerNs}/fabric-peer:1.4.12\nCOPY decoy /\n` },
      { name: 'decoy', content: MARK },
    ]),
    { t: decoys.derived },
  );
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(derived, (error) => (error ? reject(error) : resolve()));
  });
  await engine.createContainer({
    name: decoys.ofOurImage,
    Image: decoys.derived,
    Labels: { 'com.docker.compose.project': MARK },
  });
}

/** Whatever of them is there: after a failure some may be gone, or never made. */
async function removeDecoys(): Promise<void> {
  const containers = [decoys.chaincode, decoys.longerProject, decoys.container, decoys.ofOurImage];
  await Promise.allSettled(containers.map((name) => engine.getContainer(name).remove({ force: true })));
  const images = [decoys.chaincodeImage, decoys.otherImage, decoys.derived];
  await Promise.allSettled([
    engine.getNetwork(decoys.network).remove(),
    engine.getVolume(decoys.volume).remove(),
    ...images.map((name) => engine.getImage(name).remove({ force: true })),
  ]);
}

/** Names of the decoys that are still there. */
async function survivors(): Promise<string[]> {
  const there = new Set([
    ...(await containerNames()),
    ...(await imageNames()),
    ...(await networkNames()),
    ...(await volumeNames()),
  ]);
  return Object.values(decoys).filter((name) => there.has(name));
}

interface Ours {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly chaincodeImages: readonly string[];
  /** The images that were built, by every name. */
  readonly images: readonly string[];
}

/** What of this project is on the engine, by our labels and names, without the decoys. */
async function ours(): Promise<Ours> {
  const mine = (names: readonly string[]) =>
    names.filter((name) => name.startsWith(PROJECT) && !name.includes(MARK)).sort();
  const images = await imageNames();
  return {
    containers: mine(await containerNames()),
    networks: mine(await networkNames()),
    volumes: mine(await volumeNames()),
    chaincodeImages: mine(images).filter((name) => name.startsWith(`${PROJECT}-peer`)),
    images: mine(images).filter((name) => name.startsWith(`${wizard.dockerNs}/`)),
  };
}

async function up(): Promise<EndedRun> {
  return (await wizard.events('up', '--yes')).wentWell();
}

beforeAll(async () => {
  wizard = await wizardWith({
    project: PROJECT,
    'port-base': 17050,
    source: 'sample',
    orgs: 1,
    peers: 1,
  });
  proof = await up();
  await makeDecoys();
});

afterAll(async () => {
  await removeDecoys();
  await wizard?.dispose();
});

describe('before anything is removed', () => {
  it('there are containers, volumes and images of this project and of others', async () => {
    expect(await survivors()).toEqual(Object.values(decoys));
    const there = await ours();
    expect(there.containers).toHaveLength(NODES.length + 1);
    expect(there.networks).toEqual([PROJECT]);
    expect(there.volumes).toHaveLength(4);
    expect(there.volumes).toEqual(expect.arrayContaining([SOCKET, PROGRAMS]));
    expect(there.chaincodeImages).toHaveLength(1);
    expect(there.images.length).toBeGreaterThan(12);
  });

  it('--dry-run lists and removes nothing', async () => {
    const before = await ours();
    for (const command of ['down', 'clean']) {
      const { stdout } = await wizard.ok(command, '--dry-run', '--yes');
      expect(stdout).toContain(`${PROJECT}-${PEER}`);
      expect(stdout).toContain('nothing was removed');
      expect(stdout).not.toContain(MARK);
    }
    const listed = (await wizard.json('clean', '--images', '--dry-run')) as { removed: boolean };
    expect(listed.removed).toBe(false);
    expect(await ours()).toEqual(before);
  });

  it('clean without --yes and without a terminal lists, refuses and removes nothing', async () => {
    const before = await ours();
    const { exitCode, stdout, stderr } = await wizard.run('clean');
    expect(exitCode).toBe(2);
    expect(stdout).toContain(`${PROJECT}-${PEER}`);
    expect(stderr).toContain('--yes');
    expect(await ours()).toEqual(before);
  });
});

describe('snapshots', () => {
  const balance = async () => {
    const name = proof.one('smoke-result').chaincode;
    return (await wizard.ok('chaincode', 'query', name, 'query', 'a')).stdout.trim();
  };

  it('bring back ledgers and chaincode, after which `up` has nothing to do', async () => {
    const before = { balance: await balance(), there: await ours() };
    await wizard.ok('snapshot', 'save', 'base');
    await wizard.ok('chaincode', 'invoke', proof.one('smoke-result').chaincode, 'invoke', 'a', 'b', '10');
    expect(await balance()).not.toBe(before.balance);
    await wizard.ok('snapshot', 'restore', 'base', '--discard', '--yes');
    expect(await balance()).toBe(before.balance);
    const { stages } = (await wizard.json('up', '--dry-run')) as { stages: { id: string; action: string }[] };
    expect(stages.filter(({ action }) => action === 'run').map(({ id }) => id)).toEqual(['source', 'smoke']);
    // The ledgers in place, and those of the snapshot.
    expect((await ours()).volumes).toHaveLength(before.there.volumes.length + 2);
  });

  it('are listed, are named by clean, and go with a confirmation', async () => {
    const listed = await wizard.json('snapshot', 'list');
    expect(listed).toMatchObject({
      snapshots: [{ name: 'base', kind: 'snapshot', version: '1.4.12', channels: [{ name: 'mychannel' }] }],
    });
    expect((await wizard.ok('clean', '--dry-run')).stdout).toContain(join('snapshots', 'base'));
    expect((await wizard.run('snapshot', 'remove', 'base')).exitCode).toBe(2);
    const before = await ours();
    await wizard.ok('snapshot', 'remove', 'base', '--yes');
    expect(await wizard.json('snapshot', 'list')).toMatchObject({ snapshots: [] });
    expect((await ours()).volumes).toHaveLength(before.volumes.length - 2);
  });
});

/** Runs with these hooks in fabric-wizard.yaml. */
async function withHooks<T>(hooks: string, work: () => Promise<T>): Promise<T> {
  const file = join(wizard.dir, 'fabric-wizard.yaml');
  const before = await readFile(file, 'utf8');
  await writeFile(file, `${before}hooks:\n${hooks}`);
  try {
    return await work();
  } finally {
    await writeFile(file, before);
  }
}

describe('down', () => {
  it('removes nothing if a command of before-down fails, which --dry-run lists', async () => {
    const before = await ours();
    await withHooks('  before-down: echo $FABRIC_WIZARD_PROJECT; exit 3\n', async () => {
      expect((await wizard.ok('down', '--dry-run')).stdout).toContain('hooks.before-down: echo');
      const { exitCode, stderr } = await wizard.run('down');
      expect(exitCode).toBe(1);
      expect(stderr).toContain(PROJECT);
      expect(stderr).toMatch(/hooks\.before-down ended with exit code 3[\s\S]*fabric-wizard\.yaml:\d+:16/);
    });
    expect(await ours()).toEqual(before);
  });

  it('removes containers and network, keeps ledgers and images', async () => {
    const before = await ours();
    const { stdout } = await wizard.ok('down');
    for (const name of before.containers) expect(stdout).toContain(name);
    const volumes = before.volumes.filter((name) => name !== SOCKET);
    expect(await ours()).toEqual({ ...before, volumes, containers: [], networks: [] });
    expect(await survivors()).toEqual(Object.values(decoys));
  });

  it('has nothing to do a second time', async () => {
    const { stdout } = await wizard.ok('down');
    expect(stdout).not.toContain('removed ');
  });

  it.each([['down'], ['clean', '--all']])(
    '%s removes nothing if another engine is selected',
    async (...args) => {
      const file = join(wizard.dir, '.fabric-wizard', 'state.json');
      const state = await readFile(file, 'utf8');
      // The network was started on an engine with another data root, at another address.
      const other = state
        .replace(/"rootDir": ".*?"/, '"rootDir": "/elsewhere"')
        .replace(/"endpoint": ".*?"/, '"endpoint": "unix:///elsewhere/docker.sock"');
      expect(other).not.toBe(state);
      await writeFile(file, other);
      const { exitCode, stderr } = await wizard.run(...args, '--yes');
      await writeFile(file, state);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('DOCKER_HOST=unix:///elsewhere/docker.sock');
    },
  );

  it('the next run continues with the ledger that was kept', async () => {
    const hooks = `  after-start: echo started
  after-proof:
    - test -f "$CONNECTION_PROFILE"
    - fabric-wizard status --format mermaid
`;
    const run = await withHooks(hooks, up);
    expect(run.causeOf('after-start')).toBe('runs from fabric-wizard.yaml: echo started');
    expect(run.built).toEqual(expect.arrayContaining(['after-start', 'after-proof']));
    const said = run.of('stage-log').filter(({ stage }) => stage.startsWith('after-'));
    expect(said.map(({ line }) => line)).toEqual(
      expect.arrayContaining(['started', 'flowchart TB', `    n0["${PEER}"]`]),
    );
    expect(run.causeOf('start')).toMatch(/^not running: /);
    expect(run.built.filter((stage) => /^(image|crypto|compile|channel|join)/.test(stage))).toEqual([]);
    expect(run.one('smoke-result').chaincode).not.toBe(proof.one('smoke-result').chaincode);
  });

  it('an orderer without its ledger is named at once, and the ledgers of the peers are kept', async () => {
    await wizard.ok('down');
    const ledger = (await ours()).volumes.find((name) => name.includes('orderer'));
    await engine.getVolume(ledger ?? '').remove();
    const run = await wizard.events('up', '--yes');
    expect(run.ended.exitCode).toBe(1);
    const { stage, failure, described } = run.one('stage-failed');
    expect(stage).toBe('channel');
    expect(failure).toMatchObject({ kind: 'orderer-behind', channel: 'mychannel', blocks: 0, peer: PEER });
    expect(described?.next[0]).toMatch(/^mv \S+\/network /);
  });

  it('removes the ledgers with --volumes after a confirmation', async () => {
    expect((await wizard.run('down', '--volumes')).exitCode).toBe(2);
    expect((await ours()).volumes).toHaveLength(4);
    await wizard.ok('down', '--volumes', '--yes');
    // The compiled chaincode stays, as its images do.
    expect(await ours()).toMatchObject({ containers: [], networks: [], volumes: [PROGRAMS] });
    expect((await ours()).images).not.toEqual([]);
    expect(await survivors()).toEqual(Object.values(decoys));
  });
});

describe('clean', () => {
  it('removes chaincode images, and with --images the built images; the next run builds them again', async () => {
    expect((await ours()).chaincodeImages).not.toEqual([]);
    await wizard.ok('clean', '--yes');
    expect(await ours()).toMatchObject({ containers: [], networks: [], volumes: [], chaincodeImages: [] });
    expect((await ours()).images).not.toEqual([]);

    await wizard.ok('clean', '--images', '--yes');
    expect(Object.values(await ours()).flat()).toEqual([]);
    expect(await survivors()).toEqual(Object.values(decoys));

    const again = (await wizard.events('build', 'peer', '--yes')).wentWell();
    expect(again.causeOf('image.peer')).toBe('peer image is missing');
    expect(again.built).toContain('verify');
    expect(again.built).not.toContain('compile');
    expect(await imageId(`${wizard.dockerNs}/fabric-peer:1.4`)).toBeDefined();
  });

  it('leaves the base images, which other projects use', async () => {
    const { runtime } = proof.one('smoke-result').peers[0] ?? {};
    await wizard.ok('clean', '--images', '--yes');
    expect(await imageId(runtime?.ref ?? '')).toBe(runtime?.id);
    expect(Object.values(await ours()).flat()).toEqual([]);
    expect(await survivors()).toEqual(Object.values(decoys));
  });

  it('leaves images that the network of another project needs, unless --force is given', async () => {
    await wizard.ok('build', '--yes');
    const other = await wizardWith({
      project: `${PROJECT}-other`,
      'docker-ns': wizard.dockerNs,
      'port-base': 17550,
      source: 'sample',
      orgs: 1,
      peers: 1,
    });
    try {
      const run = (await other.events('up', '--yes')).wentWell();
      expect(run.built.filter((stage) => stage.startsWith('image.'))).toEqual([]);
      const before = (await ours()).images;
      const { stdout } = await wizard.ok('clean', '--images', '--yes');
      expect(stdout).toContain(`project ${PROJECT}-other (its network runs)`);
      expect((await ours()).images).toEqual(before);
      await other.ok('down');
      await wizard.ok('clean', '--images', '--force', '--yes');
      expect((await ours()).images).toEqual([]);
    } finally {
      await other.dispose();
    }
  });
});
