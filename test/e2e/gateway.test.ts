/**
 * The gateway: its own Go tests in the builder image, and a network whose peers use the engine through it. Then what `down`
 * and `clean` leave of that network: the list first, then what is ours, and nothing of anybody else's.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { currentDocker } from '../../src/pipeline/engine/current-docker.ts';
import { packTar } from '../../src/pipeline/engine/tar-context.ts';
import { goCacheName } from '../../src/pipeline/images/go-cache.ts';
import {
  containerNames,
  engine,
  goArch,
  imageId,
  imageNames,
  labelsOf,
  networkNames,
  runIn,
  volumeNames,
} from '../support/engine.ts';
import { type EndedRun, PACKAGE, type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-gateway';
const PEERS = ['peer0.org1.example.com', 'peer1.org1.example.com'];
const [PEER = ''] = PEERS;
const GATEWAY = `${PROJECT}-gateway`;
const CHOICES = { project: PROJECT, 'port-base': 33050, source: 'sample', orgs: 1, peers: 2 };
const NODES = ['orderer.example.com', ...PEERS, 'gateway', 'cli'];
/** Contain the sockets of the gateway for the peers, and no data. */
const SOCKETS = PEERS.map((peer) => `${PROJECT}-gateway-${peer}`);
const PROGRAMS = `${PROJECT}-gateway-programs`;

let wizard: Wizard;
let first: EndedRun;
/** The last `up` of the tests of the gateway, whose chaincode stays. */
let proof: EndedRun;

beforeAll(async () => {
  wizard = await wizardWith(CHOICES);
  first = (await wizard.events('up', '--yes')).wentWell();
});

afterAll(async () => {
  await wizard.dispose();
});

/** Replaces the choices of fabric-wizard.yaml. */
async function choose(choices: Readonly<Record<string, unknown>>): Promise<void> {
  const text = stringify({ 'docker-ns': wizard.dockerNs, ...choices });
  await writeFile(join(wizard.dir, 'fabric-wizard.yaml'), text);
}

/** Paths on the host of the engine's sockets that a peer has. */
async function enginesSockets(peer: string): Promise<string[]> {
  const { Mounts } = await engine.getContainer(`${PROJECT}-${peer}`).inspect();
  return Mounts.map(({ Source }) => Source).filter((source) => source.endsWith('docker.sock'));
}

/** Runs a command in the builder image on the gateway's files; returns what it printed, with its exit code at the end. */
async function inBuilder(command: string): Promise<string> {
  const builder = await imageId(`hyperledger/fabric-baseimage:${await goArch()}-0.4.22`);
  if (builder === undefined) throw new Error('no builder image');
  const folder = join(PACKAGE, 'gateway');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.go'));
  const inputs = await Promise.all(
    names.map(async (name) => ({ name: `gateway/${name}`, content: await readFile(join(folder, name)) })),
  );
  const lines: string[] = [];
  const docker = await currentDocker();
  await docker.runToEnd(
    {
      image: builder,
      cmd: ['sh', '-c', command],
      env: { CGO_ENABLED: '0', GO111MODULE: 'off', GOFLAGS: '', GOCACHE: '/cache/go-build' },
      binds: [`${goCacheName(builder)}:/cache`],
      workdir: '/gateway',
      networkMode: 'none',
      labels: {},
      inputs,
      signal: new AbortController().signal,
      onLine: (line) => lines.push(line),
    },
    async ({ exitCode }) => lines.push(`exit code ${exitCode}`),
  );
  await docker.settled();
  return lines.join('\n');
}

it('has no findings of go vet, and passes its Go tests', async () => {
  expect(await inBuilder('gofmt -l . && go vet')).toBe('exit code 0');
  expect(await inBuilder('go test 2>&1')).toMatch(/^ok\b[\s\S]*exit code 0$/m);
});

it('is compiled beside Fabric, and its image belongs to no project', async () => {
  // Another test's network may have compiled it.
  expect(first.plan.find(({ id }) => id === 'gateway')?.needs).not.toContain('compile');
  const { Config } = await engine.getImage((await engine.getContainer(GATEWAY).inspect()).Image).inspect();
  expect(Config.Entrypoint).toEqual(['/gateway']);
  const labels = await labelsOf((await engine.getContainer(GATEWAY).inspect()).Image);
  expect(labels['io.fabric-wizard.origin']).toBe('gateway');
  expect(labels['io.fabric-wizard.project']).toBeUndefined();
});

it("is there by default, proves every peer, and no peer has the engine's socket", async () => {
  expect(first.one('smoke-result').peers.map(({ peer, ok }) => [peer, ok])).toEqual(
    PEERS.map((peer) => [peer, true]),
  );
  for (const peer of PEERS) {
    expect(await enginesSockets(peer)).toEqual([]);
    expect(await runIn(`${PROJECT}-${peer}`, 'ls', '/host/var/run')).toContain('docker.sock');
  }
});

it('lets resolve find the images of a peer behind it', async () => {
  expect(await wizard.json('resolve')).toMatchObject({ ok: true, problems: [] });
});

it('writes a log that can be read', async () => {
  const { stdout } = await wizard.ok('logs', 'gateway');
  expect(stdout).toMatch(/ UTC INFO serving peer0\.org1\.example\.com, peer1\.org1\.example\.com$/m);
  expect(stdout).not.toContain('"type"');
});

/** Sends a request to the engine from inside a peer, as an attacker would. @returns status and body */
async function fromPeer(method: string, path: string, body?: object): Promise<string> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const head = [
    `${method} ${path} HTTP/1.1`,
    ...['Host: engine', 'Connection: close', 'Content-Type: application/json'],
    `Content-Length: ${text.length}`,
  ];
  const script =
    'my $s = IO::Socket::UNIX->new("/host/var/run/docker.sock") or die $!; print $s $ARGV[0]; print while <$s>';
  const request = `${head.join('\r\n')}\r\n\r\n${text}`;
  const peer = `${PROJECT}-${PEERS[0]}`;
  return runIn(peer, 'perl', '-MIO::Socket::UNIX', '-e', script, request);
}

const refused: string[] = [];

const creates = (HostConfig: object): [string, string, object] => [
  'POST',
  '/containers/create',
  { Image: `${wizard.dockerNs}/fabric-ccenv:1.4`, Cmd: ['true'], HostConfig },
];

it.each<[string, () => [string, string, object?]]>([
  ['to mount the root folder', () => creates({ Binds: ['/:/host'] })],
  ['to mount it in another way', () => creates({ Mounts: [{ Type: 'bind', Source: '/', Target: '/host' }] })],
  ['to run with all privileges', () => creates({ Privileged: true })],
  ['to see the processes of the host', () => creates({ PidMode: 'host' })],
  ["to read another container's files", () => ['GET', `/containers/${PROJECT}-cli/archive?path=/etc`]],
  ["to read another network's container", () => ['GET', '/containers/fw-e2e-other/json']],
  [
    'to run a command in another container',
    () => ['POST', `/containers/${PROJECT}-cli/exec`, { Cmd: ['sh'] }],
  ],
  ['to remove an image', () => ['DELETE', `/images/${wizard.dockerNs}/fabric-ccenv:1.4`]],
  ['to pull an image', () => ['POST', '/images/create?fromImage=alpine&tag=latest']],
])('refuses a peer that wants %s', async (_, request) => {
  const [method, path, body] = request();
  const answer = await fromPeer(method, path, body);
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  expect(answer).toContain('fabric-wizard gateway: ');
  refused.push(`WARN refused ${PEERS[0]} ${method} ${path.split('?')[0]}: `);
});

it('names each of these requests in its log', async () => {
  const { stdout } = await wizard.ok('logs', 'gateway');
  expect(refused.filter((line) => !stdout.includes(line))).toEqual([]);
});

/** What chaincode has on the engine, by name. */
async function ofChaincode(): Promise<string[]> {
  const names = [...(await containerNames()), ...(await imageNames())];
  return names.filter((name) => /-smoke-\w+-1\.0/.test(name) && name.startsWith(`${PROJECT}-peer`)).sort();
}

it('lets every peer compile with --prove-every-peer, and leaves no image of it under any name', async () => {
  const before = await ofChaincode();
  expect(before).toHaveLength(2 * PEERS.length);
  expect(compiled(await wizard.events('smoke', '--prove-every-peer'))).toEqual([true, true]);
  expect(await ofChaincode()).toEqual(before);
});

it('shows a refusal while a run watches', async () => {
  let ended = false;
  const smoke = wizard.events('smoke', '--fresh', '--yes').finally(() => {
    ended = true;
  });
  while (!ended)
    await fromPeer('POST', '/containers/create', { Image: 'x', HostConfig: { Privileged: true } });
  const run = await smoke;
  // That every peer compiles is not inherited from the run before.
  expect(compiled(run)).toEqual([true, false]);
  const [warning] = run.of('stage-warning');
  expect(warning).toMatchObject({
    stage: 'smoke',
    code: 'gateway-refused',
    message: expect.stringMatching(
      /^the gateway refused POST \/containers\/create of peer0\.org1\.example\.com: /,
    ),
  });
});

/** Resolves when a peer's builder runs. */
async function compiling(): Promise<void> {
  const found = new AbortController();
  const follow = (await currentDocker()).followLog(GATEWAY, {
    tail: 0,
    signal: found.signal,
    onLine: (line) => line.includes('"type":"compile"') && found.abort(),
  });
  await follow.catch(() => undefined);
  expect(found.signal.aborted).toBe(true);
}

it('is named when it stops during a compile, and up starts it again', async () => {
  const [smoke] = await Promise.all([
    wizard.events('smoke', '--fresh', '--yes'),
    compiling().then(() => engine.getContainer(GATEWAY).kill()),
  ]);
  expect(smoke.ended.exitCode).toBe(1);
  expect(smoke.one('stage-failed').diagnosis).toMatchObject({ symptom: 'gateway-gone' });
  const status = await wizard.run('status');
  expect(status.exitCode).not.toBe(0);
  expect(status.stdout).toMatch(/gateway +Exited \(137\)/);
  const again = (await wizard.events('up', '--yes')).wentWell();
  expect(again.causeOf('start')).toBe('not running: gateway');
  expect(again.causeOf('gateway')).toMatch(/^fabric-wizard\/gateway:\w+ exists$/);
  // It has kept what the builder image compiled in the first run.
  const builder = first.one('smoke-result').peers[0]?.builder;
  const { peers } = again.one('smoke-result');
  const record = expect.stringMatching(/^[0-9a-f]{12}$/);
  const earlier = { at: expect.any(String), record };
  expect(peers).toEqual(
    PEERS.map(() => expect.objectContaining({ ok: true, built: false, earlier, builder })),
  );
});

/** Whether each peer has compiled the chaincode of a proof that went well. */
function compiled(run: EndedRun): boolean[] {
  const { ok, peers } = run.wentWell().one('smoke-result');
  expect(ok).toBe(true);
  return peers.map(({ built }) => built);
}

it('can be taken away, and a network without it gets it with a rebuild; ledgers and chaincode stay', async () => {
  const ledgers = async () => {
    const names = (await volumeNames()).filter((name) => name.startsWith(`${PROJECT}-`));
    return names.filter((name) => !SOCKETS.includes(name)).sort();
  };
  const before = await ledgers();
  await choose({ ...CHOICES, gateway: false });
  proof = await wizard.events('up', '--yes');
  // Nothing shares a build then.
  expect(compiled(proof)).toEqual([true, true]);
  expect(await containerNames()).not.toContain(GATEWAY);
  for (const peer of PEERS)
    expect(await enginesSockets(peer)).toEqual([expect.stringMatching(/\/docker\.sock$/)]);

  // As the network of a version that knew no gateway: nobody has chosen to do without it.
  await choose(CHOICES);
  await wizard.ok('status');
  expect(compiled(await wizard.events('smoke'))).toEqual([true, true]);
  expect(await containerNames()).not.toContain(GATEWAY);
  (await wizard.events('rebuild')).wentWell();
  expect(await containerNames()).toContain(GATEWAY);
  expect(await ledgers()).toEqual(before);
  const { chaincode } = proof.one('smoke-result');
  const query = ['-C', 'mychannel', '-n', chaincode, '-c', '{"Args":["query","a"]}'];
  for (const [index, peer] of PEERS.entries()) {
    expect(await enginesSockets(peer)).toEqual([]);
    const address = `CORE_PEER_ADDRESS=${peer}:${CHOICES['port-base'] + 1 + 1000 * index}`;
    const answer = await runIn(`${PROJECT}-cli`, 'env', address, 'peer', 'chaincode', 'query', ...query);
    expect(answer.trim(), peer).toMatch(/90$/);
  }
});

/** Volumes with a ledger. */
const LEDGERS = 1 + PEERS.length;
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

describe('what is removed, and what stays', () => {
  beforeAll(makeDecoys);
  afterAll(removeDecoys);

  describe('before anything is removed', () => {
    it('there are containers, volumes and images of this project and of others', async () => {
      expect(await survivors()).toEqual(Object.values(decoys));
      const there = await ours();
      expect(there.containers).toHaveLength(NODES.length + PEERS.length);
      expect(there.networks).toEqual([PROJECT]);
      expect(there.volumes).toHaveLength(LEDGERS + SOCKETS.length + 1);
      expect(there.volumes).toEqual(expect.arrayContaining([...SOCKETS, PROGRAMS]));
      expect(there.chaincodeImages).toHaveLength(PEERS.length);
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
      const { stages } = (await wizard.json('up', '--dry-run')) as {
        stages: { id: string; action: string }[];
      };
      expect(stages.filter(({ action }) => action === 'run').map(({ id }) => id)).toEqual([
        'source',
        'smoke',
      ]);
      // The ledgers in place, and those of the snapshot.
      expect((await ours()).volumes).toHaveLength(before.there.volumes.length + LEDGERS);
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
      expect((await ours()).volumes).toHaveLength(before.volumes.length - LEDGERS);
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

    it('removes containers, network and sockets, asks nothing because nothing is lost, and keeps ledgers and images', async () => {
      const before = await ours();
      const { stdout } = await wizard.ok('down');
      for (const name of before.containers) expect(stdout).toContain(name);
      const volumes = before.volumes.filter((name) => !SOCKETS.includes(name));
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
      expect((await ours()).volumes).toHaveLength(LEDGERS + SOCKETS.length + 1);
      await wizard.ok('down', '--volumes', '--yes');
      // The compiled chaincode stays, as its images do.
      expect(await ours()).toMatchObject({ containers: [], networks: [], volumes: [PROGRAMS] });
      expect((await ours()).images).not.toEqual([]);
      expect(await survivors()).toEqual(Object.values(decoys));
    });
  });

  describe('clean', () => {
    it('removes chaincode images, and leaves the built images', async () => {
      expect((await ours()).chaincodeImages).not.toEqual([]);
      await wizard.ok('clean', '--yes');
      expect(await ours()).toMatchObject({ containers: [], networks: [], volumes: [], chaincodeImages: [] });
      expect((await ours()).images).not.toEqual([]);
    });

    it('leaves images that the network of another project needs, unless --force is given', async () => {
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
      expect(Object.values(await ours()).flat()).toEqual([]);
      expect(await survivors()).toEqual(Object.values(decoys));
    });

    it('removes with --images what the next run has built again, and leaves the base images, which other projects use', async () => {
      const again = (await wizard.events('build', 'peer', '--yes')).wentWell();
      expect(again.causeOf('image.peer')).toBe('peer image is missing');
      expect(again.built).toContain('verify');
      expect(again.built).not.toContain('compile');
      expect(await imageId(`${wizard.dockerNs}/fabric-peer:1.4`)).toBeDefined();

      const { runtime } = proof.one('smoke-result').peers[0] ?? {};
      await wizard.ok('clean', '--images', '--yes');
      expect(await imageId(runtime?.ref ?? '')).toBe(runtime?.id);
      expect(Object.values(await ours()).flat()).toEqual([]);
      expect(await survivors()).toEqual(Object.values(decoys));
    });
  });
});
